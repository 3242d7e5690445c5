"""`webhook-tui contract` and `contract check`, run as a shell runs them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.cli.conftest import OTHER, OWN, TOKEN, received, record
from tests.fork_server import run


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """25 image results, of which the last two depart; a ping; one that is not valid; one of another account."""
    history = tmp_path / "h.db"
    bodies = [
        b'{"id": %d, "name": "image_result", "data": {"job_id": "job_%d", "score": %s}}' % (seq, seq, score)
        for seq, score in enumerate([b"0.5"] * 23 + [b'"high"'] * 2, 1)
    ]
    invalid = received(b'{"name": "image_result", "data": {"forged": "\\u001b[31m"}}', b"image_result", b"other")
    other = received(b'{"name": "other", "data": {}}', b"other", b"")
    record(
        history,
        *((OWN, received(body, b"image_result")) for body in bodies),
        (OWN, received(b'{"id": 26, "name": "ping", "data": {}}', b"ping")),
        (OWN, invalid),
        (OTHER, other),
    )
    return history


def test_text_shows_each_event(path: Path) -> None:
    """What is valid; With n also the attempt, and what changed; nothing controls a terminal or is wider than it."""
    done = run("contract", "--db", str(path))

    lines = [re.sub("(deliver(?:y|ies), ).+", r"\1DAY", line) for line in done.stdout.decode().splitlines()]
    assert done.returncode == 0, done.stderr
    assert lines == [
        "image_result   25 valid deliveries, DAY",
        "field         type             present  values",
        "data          object             100 %",
        "data.job_id   string             100 %  25 values  job_25",
        'data.score  ≠ number | string    100 %  0.5 · "high" 2',
        "id            integer            100 %  1 to 25",
        "",
        "ping   1 valid delivery, DAY",
        "n = 1: too few to rely on.",
        "field   type     present  values",
        "data    object     100 %",
        "id      integer    100 %  26",
    ]
    note = done.stderr.decode()
    assert re.fullmatch(r"≠ changed since [^.]+\.  As code: --format typescript, python or json-schema\.\n", note), note


def test_every_verdict_and_another_account(path: Path) -> None:
    """Only when asked for."""
    of_all = run("contract", "image_result", "--all", "--db", str(path))
    own = run("contract", "--all", "--token", TOKEN, "--db", str(path))
    everyone = run("contract", "--all", "--db", str(path))

    assert b"image_result   26 deliveries of any verdict" in of_all.stdout
    assert "data.forged" in of_all.stdout.decode()
    assert b"\x1b" not in of_all.stdout
    assert b"other " not in own.stdout
    assert b"\nother " in everyone.stdout


def test_a_schema_accepts_the_deliveries_that_it_was_made_of(path: Path, tmp_path: Path) -> None:
    """And refuses those that break a rule that was changed by hand."""
    schema = tmp_path / "image_result.schema.json"
    schema.write_bytes(run("contract", "image_result", "--format", "json-schema", "--db", str(path)).stdout)
    good = run("contract", "check", str(schema), "--db", str(path))
    changed = json.loads(schema.read_text())
    changed["properties"]["data"]["properties"]["score"]["type"] = "number"
    schema.write_text(json.dumps(changed))
    bad = run("contract", "check", str(schema), "--db", str(path))

    assert (good.returncode, good.stdout) == (0, b"25 checked: all match.\n")
    assert bad.returncode == 1
    assert bad.stdout.decode().splitlines() == [
        '✗ #24  $.data.score            "high" is not of type number',
        '✗ #25  $.data.score            "high" is not of type number',
        "25 checked: 23 match, 2 do not.",
    ]


@pytest.mark.parametrize(("form", "start"), [("python", b'"""The events'), ("typescript", b"/** image_result:")])
def test_types_go_to_standard_output(path: Path, form: str, start: bytes) -> None:
    """And nothing else."""
    done = run("contract", "--format", form, "--db", str(path))

    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.startswith(start)


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["none"], 1, "There is no valid delivery of none. Events with valid deliveries: image_result, ping."),
        (["--token", "unknown"], 1, "There is no valid delivery with an event."),
        (["--format", "yaml"], 2, "'yaml' is not one of"),
        (["check", "absent.json"], 2, "absent.json cannot be read: No such file"),
        (["check"], 2, "Missing argument 'FILE'"),
    ],
)
def test_what_cannot_be_done(path: Path, arguments: list[str], code: int, said: str) -> None:
    """One clear line, and the exit code that it should have."""
    done = run("contract", *arguments, "--db", str(path))

    assert done.returncode == code
    assert said in done.stderr.decode()


def test_without_a_history_it_fails(tmp_path: Path) -> None:
    """With 1."""
    assert run("contract", "--db", str(tmp_path / "none.db")).returncode == 1


def test_deliveries_that_have_a_field_or_depart_are_listed(path: Path) -> None:
    """By the filter of every command."""

    def seqs(text: str) -> list[int]:
        done = run("list", "--filter", text, "--format", "json", "--db", str(path))
        return [json.loads(line)["seq"] for line in done.stdout.splitlines()]

    assert seqs("departs:data.score") == [24, 25, 27]
    assert seqs("event:image_result !has:data.score") == [27]
    page = run("show", "24", "--db", str(path)).stdout.decode()
    assert "departs    $.data.score: a number in 23 deliveries, text here\n" in page
