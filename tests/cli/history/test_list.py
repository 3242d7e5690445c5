"""`webhook-tui list`, run as a shell runs it."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.conftest import OWN, TOKEN, received, record
from tests.factories import NOW
from tests.fork_server import run
from webhook_tui.storage.history import DeliveryStore


def _seqs(*arguments: str) -> list[int]:
    done = run("list", "--format", "json", *arguments)
    assert done.returncode == 0, done.stderr
    return [json.loads(line)["seq"] for line in done.stdout.splitlines()]


def test_text_fits_and_cannot_act_on_a_terminal(history: Path) -> None:
    """A table of at most 80 cells without colour, newest last."""
    done = run("list")

    lines = done.stdout.decode().splitlines()
    assert (done.returncode, done.stderr) == (0, b"")
    assert lines[0].split() == ["#", "time", "verdict", "event", "job", "status", "result"]
    number, *_day, glyph, verdict, event, job, status = lines[1].split()
    assert [number, glyph, verdict, event, job, status] == ["1", "✓", "valid", "image_result", "ec536688", "completed"]
    assert [line.split()[0] for line in lines[1:]] == ["1", "2", "3", "4"]
    assert max(map(len, lines)) <= 80
    assert b"\x1b" not in done.stdout


def test_json_holds_the_whole_delivery(history: Path) -> None:
    """The object of `listen`; `json` is the decoded body, or null."""
    done = run("list", "--format", "json")

    first, *_, last = map(json.loads, done.stdout.splitlines())
    assert first["type"] == "delivery"
    assert first["json"]["data"]["job_id"] == "job_ec536688"
    assert last["json"] is None
    assert last["body_b64"] == "G1szMW3/"


@pytest.mark.parametrize(
    ("arguments", "seqs"),
    [
        (["--limit", "2"], [3, 4]),
        (["--filter", "image_result"], [1, 2]),
        (["--filter", "image_result", "--limit", "1"], [2]),
        (["--token", TOKEN], [1, 2, 3]),
        (["--token", TOKEN, "--filter", "!verdict:valid"], [2, 3]),
        (["--api-url", "http://127.0.0.1:8080"], [4]),
        (["--token", "unknown"], []),
    ],
)
def test_what_is_listed(history: Path, arguments: list[str], seqs: list[int]) -> None:
    """All accounts unless one is named; the newest of those that pass."""
    assert _seqs(*arguments) == seqs


def test_a_token_in_the_environment_hides_nothing(history: Path) -> None:
    """It is for PiktID, and may be another account's."""
    assert len(run("list", PIKTID_TOKEN="another").stdout.splitlines()) == 5


def test_the_last_50_by_default(tmp_path: Path) -> None:
    """In both formats; text says that there are more."""
    path = tmp_path / "h.db"
    record(path, *[(OWN, received(b"{}", b"ping"))] * 52)

    text = run("list", "--db", str(path))
    assert len(text.stdout.splitlines()) == 51
    assert text.stderr == b"50 of 52 deliveries (newest last). --limit 0 lists all.\n"
    assert _seqs("--db", str(path)) == list(range(3, 53))
    assert len(_seqs("--db", str(path), "--limit", "0")) == 52


def test_while_a_session_writes(history: Path) -> None:
    """Reading takes no lock that a writer waits for."""
    with closing(DeliveryStore.open(history, started_at=NOW)):
        assert _seqs() == [1, 2, 3, 4]


def test_a_missing_history_and_a_wrong_filter_are_one_line(history: Path, tmp_path: Path) -> None:
    """Exit codes 1 and 2; nothing is made."""
    missing = run("list", "--db", str(tmp_path / "none.db"))
    wrong = run("list", "--filter", "event:")

    assert (missing.returncode, wrong.returncode) == (1, 2)
    assert missing.stderr.startswith(b"webhook-tui: There is no history at ")
    assert wrong.stderr.startswith(b'webhook-tui: The filter is invalid at "event:": event needs a name')
    assert missing.stderr.count(b"\n") == wrong.stderr.count(b"\n") == 1
    assert not (tmp_path / "none.db").exists()


def test_another_programs_file_is_refused(tmp_path: Path) -> None:
    """One line, no traceback."""
    (tmp_path / "x.db").write_bytes(b"not a database" * 100)

    done = run("list", "--db", str(tmp_path / "x.db"))

    assert (done.returncode, done.stderr.count(b"\n")) == (1, 1)


def test_ascii_where_the_locale_is_not_utf8(history: Path) -> None:
    """Glyphs become symbols of the same width."""
    done = run("list", LC_ALL="C", LANG="C")

    assert b"+ valid  " in done.stdout
    assert b"- missing" in done.stdout
