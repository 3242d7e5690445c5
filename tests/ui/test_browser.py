"""A link opens in the user's browser, which inherits neither the token nor a secret."""

from __future__ import annotations

import asyncio
import os
import shlex
import sys
from pathlib import Path

from tests.tunnels.watching import until
from webhook_tui.ui.browser import open_in_browser

URL = "https://example.com/a?b=c&d='%20;id"


async def test_a_link_opens_without_the_token(tmp_path: Path) -> None:
    """The link comes as it is, as one argument, and the browser's words go nowhere."""
    seen = tmp_path / "seen"
    browser = tmp_path / "browser"
    code = "import os, sys; print(repr((sys.argv[1:], dict(os.environ))), file=open(sys.argv[0] + '.seen', 'w'))"
    browser.write_text(f"#!{sys.executable}\n{code}\nos.rename(sys.argv[0] + '.seen', {os.fspath(seen)!r})\n")
    browser.chmod(0o700)
    given = {"PIKTID_TOKEN": "canary", "NGROK_AUTHTOKEN": "canary", "WEBHOOK_TUI_SECRET": "canary"}

    await asyncio.to_thread(
        open_in_browser, URL, environ={**os.environ, **given, "BROWSER": f"{shlex.quote(str(browser))} %s"}
    )

    await until(seen.exists)
    assert repr([URL]) in seen.read_text()
    assert "canary" not in seen.read_text()
