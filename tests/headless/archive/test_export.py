"""Which deliveries an export takes, and that it reports what it removes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import OWN, SECRET, received, record
from tests.factories import NOW
from webhook_tui.domain.errors import ProblemError
from webhook_tui.domain.filtering.filter import parse
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.export.destination import Destination
from webhook_tui.export.formats import FORMATS
from webhook_tui.headless.archive.export import Choice, run
from webhook_tui.places import Places


def exported(history: Path, output: Path, choice: Choice, form: str = "jsonl", **options: bool) -> list[str]:
    """Export to `output`; returns the text for people."""
    said: list[str] = []
    run(
        FORMATS[form],
        history=history,
        choice=choice,
        now=NOW,
        secrets=[Secret("canary")],
        destination=Destination(),
        output=output,
        say=said.append,
        accounts=Places.of_user().accounts,
        **options,
    )
    return said


@pytest.mark.parametrize(
    ("choice", "seqs"),
    [
        (Choice(), [1, 2, 3, 4]),
        (Choice(seqs=(3, 1, 1)), [1, 3]),
        (Choice(filter=parse("event:image_result")), [1, 2]),
        (Choice(seqs=(1, 4), filter=parse("event:image_result")), [1]),
    ],
)
def test_what_is_chosen(history: Path, tmp_path: Path, choice: Choice, seqs: list[int]) -> None:
    """Oldest first, each once."""
    said = exported(history, tmp_path / "out", choice)

    found = [json.loads(line)["seq"] for line in (tmp_path / "out").read_text().splitlines()]
    assert found == seqs
    assert said[-1].startswith(f"{len(seqs)} deliver")


def test_a_directory_gets_a_file_for_each(history: Path, tmp_path: Path) -> None:
    place = tmp_path / "place"
    place.mkdir()
    exported(history, place, Choice(seqs=(1, 2)), "payload")

    assert sorted(path.name for path in place.iterdir()) == ["delivery-1.json", "delivery-2.json"]


@pytest.mark.parametrize(
    ("choice", "form"), [(Choice(seqs=(9,)), "jsonl"), (Choice(marked=True), "jsonl"), (Choice(), "payload")]
)
def test_what_cannot_be_exported(history: Path, tmp_path: Path, choice: Choice, form: str) -> None:
    """A number that is not there, none that is marked, several in a format of one."""
    with pytest.raises(ProblemError):
        exported(history, tmp_path / "out", choice, form)


def test_what_is_removed_is_said(tmp_path: Path) -> None:
    """A secret that was given, and signatures of links unless they are kept."""
    path = tmp_path / "deliveries.db"
    body = b'{"x": "canary", "url": "https://cdn.example/a?Signature=abc"}'
    record(path, (OWN, received(body, b"ping")))

    said = exported(path, tmp_path / "out", Choice())
    kept = exported(path, tmp_path / "kept", Choice(), keep_links=True)

    assert said[:2] == [
        "A secret was removed from one body, which no longer match their signatures.",
        "Signatures in links were blanked in one body. Use --keep-links for the signed bytes.",
    ]
    assert b"canary" not in (tmp_path / "out").read_bytes()
    assert len(kept) == 2
    assert b"Signature=abc" in (tmp_path / "kept").read_bytes()


def test_a_page_explains_by_the_secrets_of_the_account(history: Path, tmp_path: Path) -> None:
    exported(history, tmp_path / "out.html", Choice(seqs=(2,)), "html")

    page = (tmp_path / "out.html").read_text()
    assert "A newline was added at the end of the body after signing." in page
    assert SECRET not in page
