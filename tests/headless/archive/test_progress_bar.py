"""The bar of an export or an import: on a terminal only, and never in the way of the output."""

from __future__ import annotations

import io
import sys

import pytest

from webhook_tui.headless.archive.progress_bar import DeliveryBar


class Terminal(io.StringIO):
    """Standard error of a terminal."""

    def isatty(self) -> bool:
        """Always."""
        return True


@pytest.mark.parametrize(
    ("stderr", "is_shown", "has_bar"),
    [(Terminal(), True, True), (Terminal(), False, False), (io.StringIO(), True, False)],
    ids=["terminal", "its output is there, too", "pipe"],
)
def test_how_far_it_is(monkeypatch: pytest.MonkeyPatch, stderr: io.StringIO, is_shown: bool, has_bar: bool) -> None:
    monkeypatch.setattr(sys, "stderr", stderr)
    monkeypatch.setenv("TERM", "xterm")
    with DeliveryBar(1200, is_shown=is_shown) as bar:
        for _ in range(1100):
            bar.advance()
    assert ("1,100 of 1,200 deliveries" in stderr.getvalue()) is has_bar
    assert bool(stderr.getvalue()) is has_bar
