"""The log of tunnel programs."""

from __future__ import annotations

import stat
from pathlib import Path

from webhook_tui.tunnels.process.output import TunnelLog


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
