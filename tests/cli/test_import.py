"""`webhook-tui import`, run as a shell runs it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import SECRET
from tests.fork_server import run


def _listed(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in run("list", "--format", "json", "--db", str(path)).stdout.splitlines()]


@pytest.mark.parametrize("form", ["jsonl", "har"])
def test_what_was_exported_is_imported_to_the_last_byte(history: Path, tmp_path: Path, form: str) -> None:
    """Times, paths, headers, bodies and answers; verified by the secrets given here; a second time nothing."""
    file, new = tmp_path / "file", tmp_path / "new.db"
    file.write_bytes(run("export", "--format", form).stdout)

    done = run("import", str(file), "--db", str(new), "--secret", SECRET)
    again = run("import", str(file), "--db", str(new))

    assert done.returncode == 0, done.stderr
    assert done.stdout == b"4 deliveries imported as #1 to #4: 2 valid, 1 invalid, 1 missing.\n"
    fields = ("received_at", "method", "path", "body_b64", "event", "event_id", "answered", "json")
    before, after = ([[one[field] for field in fields] for one in _listed(path)] for path in (history, new))
    assert before == after
    assert again.returncode == 0
    assert again.stdout == b"0 deliveries imported.\n"
    assert b"not imported: 4  already in the history (" in again.stderr


def test_they_are_marked_and_change_nothing(history: Path, tmp_path: Path) -> None:
    """They come after what is there; a file's own verdict counts for nothing."""
    before = _listed(history)
    line = {**before[0], "received_at": "2026-11-24T00:00:00.000Z", "verdict": "valid"}
    file = tmp_path / "lines.ndjson"
    file.write_text('{"type":"ready"}\nnonsense\n{"type":"delivery"}\n' + json.dumps(line) + "\n" + json.dumps(line))

    done = run("import", str(file), PIKTID_TOKEN="someone-elses")
    marked = run("list", "--filter", "comment:imported is:imported", "--format", "json")

    assert done.returncode == 0, done.stderr
    assert _listed(history)[:4] == before
    (imported,) = map(json.loads, marked.stdout.splitlines())
    assert (imported["seq"], imported["verdict"]) == (5, "pending")
    for reason in ("not a delivery (line 1)", "not JSON (line 2)", "headers is missing (line 3)", "history (line 5)"):
        assert reason in done.stderr.decode()


def test_a_foreign_har_gives_its_deliveries(tmp_path: Path) -> None:
    """Of a proxy's archive, those requests that are webhooks, if their bodies are whole."""

    def entry(method: str, text: str | None, *, size: int = -1) -> dict[str, object]:
        headers = [{"name": ":authority", "value": "x"}, {"name": "X-A", "value": "ü→"}]
        request = {"method": method, "url": "https://h.example/hook?a=1", "headers": headers, "bodySize": size}
        if text is not None:
            request["postData"] = {"mimeType": "application/json", "text": text}
        return {"startedDateTime": "2026-11-24T01:00:00+01:00", "request": request, "response": {"status": 204}}

    event = '{"id": 1, "name": "ping"}'
    entries = [entry("GET", None), entry("POST", event), entry("POST", event, size=99), {"request": 1}]
    file = tmp_path / "proxy.har"
    file.write_text(json.dumps({"log": {"entries": entries}}, indent=2))

    done = run("import", str(file))

    assert done.stdout == b"1 delivery imported as #1: 1 missing.\n", done.stderr
    for reason in ("not a webhook delivery (entry 1)", "25 of 99 bytes (entry 3)", "not an entry of a HAR (entry 4)"):
        assert reason in done.stderr.decode()
    (one,) = map(json.loads, run("list", "--format", "json").stdout.splitlines())
    assert (one["path"], one["received_at"], one["answered"]) == ("/hook?a=1", "2026-11-24T00:00:00.000Z", 204)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"nonsense", b" (line 1: not JSON)"),
        (b'{"type": "delivery"}', b" (line 1: headers is missing)"),
        (b'{"type": "ready"}', b" (line 1: not a delivery)"),
        (b"", b""),
    ],
)
def test_a_file_without_deliveries_names_the_first_reason(tmp_path: Path, content: bytes, reason: bytes) -> None:
    """Nothing more where the file is empty."""
    (tmp_path / "none").write_bytes(content)
    done = run("import", str(tmp_path / "none"))

    assert done.stderr.startswith(b"webhook-tui: none contains no delivery%s. " % reason)


@pytest.mark.parametrize("content", [b"", b"nonsense", b"\x00\xff", b"[]", b'{"log": 1}', b'{"type": "ready"}'])
def test_a_file_without_deliveries_is_one_line(tmp_path: Path, content: bytes) -> None:
    """Exit code 1, and 2 with a file that is not there; no history is made."""
    file = tmp_path / "none"
    file.write_bytes(content)

    for name, code in ((str(file), 1), (str(tmp_path / "absent"), 2)):
        done = run("import", name, "--db", str(tmp_path / "new.db"))
        assert (done.returncode, done.stderr.count(b"\n")) == (code, 1), done.stderr
    assert not (tmp_path / "new.db").exists()
