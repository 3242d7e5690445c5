"""A history in figures."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import JOB, OWN, received, record
from tests.factories import NOW
from webhook_tui.domain.errors import ProblemError
from webhook_tui.domain.signature.verdict import Verdict
from webhook_tui.storage.history_summary import summarize_history


def test_counts_times_and_size(tmp_path: Path) -> None:
    """By verdict, the good ones first; nothing where there is no file, and an error where it is another program's."""
    path = tmp_path / "h.db"
    assert summarize_history(path) is None
    record(path)
    empty = summarize_history(path)
    assert empty is not None
    assert (empty.deliveries, empty.last_seq, empty.newest) == (0, 0, None)
    record(path, (OWN, received(b"{}", b"ping", b"")), (OWN, received(JOB % 1, b"image_result")))

    summary = summarize_history(path)

    assert summary is not None
    assert list(summary.counts.items()) == [(Verdict.VALID, 1), (Verdict.MISSING, 1)]
    assert (summary.deliveries, summary.last_seq, summary.oldest, summary.newest) == (2, 2, NOW, NOW)
    assert summary.size >= path.stat().st_size
    (tmp_path / "x.db").write_bytes(b"no database" * 100)
    with pytest.raises(ProblemError):
        summarize_history(tmp_path / "x.db")
