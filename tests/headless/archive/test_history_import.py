"""What is taken out of a file, and how it is summed up."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import OWN, SECRET
from tests.export.odd_deliveries import stored, written
from tests.factories import INVALID, NOW, row
from webhook_tui.domain.delivery.delivery import Delivery
from webhook_tui.domain.errors import ExitCode, ProblemError
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.domain.signature.secret_ring import SecretRing
from webhook_tui.headless.archive.history_import import ImportReport, import_file
from webhook_tui.storage.database.errors import DISK_FULL
from webhook_tui.storage.history import DeliveryStore
from webhook_tui.storage.history_query import HistoryQuery

RING = SecretRing().registered(Secret(SECRET), NOW)


@pytest.mark.parametrize("form", ["jsonl", "har"])
def test_a_file_is_imported_once(tmp_path: Path, capsys: pytest.CaptureFixture[str], form: str) -> None:
    """Each delivery is verified here, whatever the file claims; a second time none is added."""
    path, content = tmp_path / "deliveries.db", written(form, [stored(), stored(b"{}")])

    assert import_file("a.file", content, path, OWN, RING) is ExitCode.OK
    assert import_file("a.file", content, path, OWN, RING) is ExitCode.OK

    printed = capsys.readouterr()
    assert printed.out.splitlines() == ["2 deliveries imported as #1 to #2: 2 invalid.", "0 deliveries imported."]
    assert "not imported: 2  already in the history (" in printed.err
    with HistoryQuery(path) as history:
        (first, _) = history.deliveries([1, 2])
        assert (first.row.imported, first.row.comment) == (True, "imported from a.file")


def test_a_file_without_a_delivery_is_a_problem(tmp_path: Path) -> None:
    """And no history is made for it."""
    for content in (b"", b"{}", b'{"log": {"entries": [1]}}', b'{"type": "ready"}\n'):
        with pytest.raises(ProblemError, match="x"):
            import_file("x", content, tmp_path / "deliveries.db", OWN, RING)
    assert not (tmp_path / "deliveries.db").exists()


def test_a_report_counts_by_reason() -> None:
    """The most frequent first, a few places of each."""
    report = ImportReport([row(5), row(6, verification=INVALID)])
    report.skipped["not JSON"] += ["line 1"]
    report.skipped["no\x1b"] += [f"line {number}" for number in range(2, 9)]

    assert report.summary() == "2 deliveries imported as #5 to #6: 1 valid, 1 invalid."
    assert list(report.lines()) == [
        "not imported: 7  no␛ (line 2, line 3, line 4, line 5, line 6, …)",
        "not imported: 1  not JSON (line 1)",
    ]
    assert ImportReport().exit_code is ExitCode.FAILURE


def test_what_was_stored_beside_a_failure_is_reported(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is marked as imported, too."""
    path, content = tmp_path / "deliveries.db", written("jsonl", [stored(b"{}"), stored()])
    record = DeliveryStore.record

    def record_or_fail(store: DeliveryStore, sent: Delivery, *args: Any, **options: Any) -> Any:
        if sent.body == b"{}":
            raise ProblemError(DISK_FULL)
        return record(store, sent, *args, **options)

    monkeypatch.setattr(DeliveryStore, "record", record_or_fail)
    with pytest.raises(ProblemError):
        import_file("a.file", content, path, OWN, RING)

    assert capsys.readouterr().out == "1 delivery imported as #1: 1 invalid.\n"
    with HistoryQuery(path) as history:
        assert history.stored(1).row.imported


def test_ctrl_c_keeps_what_was_imported_and_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rest comes with the next import of the same file."""
    path, content = tmp_path / "deliveries.db", written("jsonl", [stored(), stored(b"{}")])
    record = DeliveryStore.record

    def record_or_stop(store: DeliveryStore, sent: Delivery, *args: Any, **options: Any) -> Any:
        if sent.body == b"{}":
            signal.raise_signal(signal.SIGINT)
        return record(store, sent, *args, **options)

    monkeypatch.setattr("webhook_tui.headless.archive.history_import._BATCH", 1)
    monkeypatch.setattr(DeliveryStore, "record", record_or_stop)
    inherited = signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs ignore it
    with pytest.raises(KeyboardInterrupt):
        import_file("a.file", content, path, OWN, RING)
    signal.signal(signal.SIGINT, inherited)
    monkeypatch.setattr(DeliveryStore, "record", record)

    printed = capsys.readouterr()
    assert printed.err.startswith("Stopped. Import the file again for the rest")
    assert printed.out == "1 delivery imported as #1: 1 invalid.\n"
    assert import_file("a.file", content, path, OWN, RING) is ExitCode.OK
