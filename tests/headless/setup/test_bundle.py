"""The report for a bug report identifies no user."""

from __future__ import annotations

from pathlib import Path

import pytest

from webhook_tui.domain.signature.secret import Secret
from webhook_tui.headless.setup.bundle import anonymizer, bundle
from webhook_tui.headless.setup.doctor import Check, CheckState


@pytest.mark.parametrize(
    ("line", "clean"),
    [
        ("token canary here", "token [redacted] here"),
        ("/home/me/.config/x", "~/.config/x"),
        ("https://abc123.lhr.life/h/0123456789abcdef0123456789abcdef", "https://*.lhr.life/h/..."),
        ("https://me:pw@hooks.company.example/x?token=t", "https://REDACTED@<host>/x?token=REDACTED"),
        ("ssh nokey@localhost.run", "ssh nokey@localhost.run"),
        ("from 203.0.113.9 to 127.0.0.1:9876", "from <address> to 127.0.0.1:9876"),
        ("https://v2.api.piktid.com#0123456789ab", "https://*.piktid.com#..."),
        ("Python 3.11.7, httpx 0.28.1", "Python 3.11.7, httpx 0.28.1"),
    ],
)
def test_what_identifies_is_taken_out(line: str, clean: str) -> None:
    """Secrets, the home directory, hosts, addresses and the hook's path; versions stay."""
    assert anonymizer([Secret("canary")], "/home/me")(line) == clean


def test_the_report_has_the_checks_the_options_and_the_ends_of_the_logs(tmp_path: Path) -> None:
    """A log that is not there is empty; a control character is none any more."""
    log = tmp_path / "webhook-tui.log"
    log.write_text("".join(f"line {number}\n" for number in range(200)) + "\x1b[31m```canary\n")
    checks = [Check("port", CheckState.MISSING, "It is taken.", "Choose another.")]

    text = bundle(checks, [("port", "99", "option")], [log, tmp_path / "none.log"], [Secret("canary")])

    assert "x missing port        It is taken.\n                      Choose another.\nOne thing is missing.\n" in text
    assert "port = 99  (option)" in text
    assert "line 199" in text
    assert "line 50\n" not in text
    assert "\x1b" not in text
    assert "canary" not in text
    assert text.count("```") % 2 == 0
    assert "## none.log\n\n```text\n(empty)\n```" in text
