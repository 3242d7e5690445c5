"""The output of a tunnel's program: its lines, and the log."""

from __future__ import annotations

import stat
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from webhook_tui.tunnels.process.output import LineSplitter, TunnelLog


@given(st.binary(max_size=400), st.integers(1, 7))
def test_lines_do_not_depend_on_how_bytes_were_cut(data: bytes, size: int) -> None:
    """Seven bytes at a time give what all at once give."""
    whole, pieces = LineSplitter(), LineSplitter()
    expected = whole.feed(data) + whole.rest()
    got: list[str] = []
    for start in range(0, len(data), size):
        got += pieces.feed(data[start : start + size])
    assert got + pieces.rest() == expected


def test_lines_are_plain_and_bounded() -> None:
    """No ANSI, no empty line, and none that eats the memory."""
    splitter = LineSplitter(most_bytes=20)
    assert splitter.feed(b"\x1b[32mhi\x1b[0m\r\n\n\x1b]0;title\x07there\rlong" + b"x" * 100 + b"\nend") == [
        "hi",
        "there",
        "long" + "x" * 16,
    ]
    assert splitter.rest() == ["end"]


def test_the_log_is_private_bounded_and_harmless(tmp_path: Path) -> None:
    """Secrets are dots, controls are pictures, and a full file makes way for the next."""
    path = tmp_path / "state" / "tunnel.log"
    log = TunnelLog(path, hidden=["s3cret-token"], most_bytes=2_000)
    log.write("ssh", "it is s3cret-token \x1b[31mred\x07")
    text = path.read_text()
    assert "s3cret-token" not in text
    assert text.rstrip("\n").isprintable()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    for number in range(200):
        log.write("ssh", f"line {number}")
    assert path.stat().st_size <= 2_000
    assert path.with_name("tunnel.log.1").stat().st_size <= 2_000
    assert path.read_text().endswith("line 199\n")


def test_a_log_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    """A tunnel does not end because its words cannot be kept."""
    (tmp_path / "file").write_text("")
    TunnelLog(tmp_path / "file" / "tunnel.log").write("ssh", "words")
