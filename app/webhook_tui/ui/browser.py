"""Opens a link in the user's browser: in a process of its own, which inherits neither token nor secret nor terminal."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Mapping

from webhook_tui.environment import child_environment


def open_in_browser(url: str, *, new_tab: bool = True, environ: Mapping[str, str] | None = None) -> None:
    """Let the standard library find the browser; does not wait for it. `url`: begins with http:// or https://."""
    opening = subprocess.Popen(  # noqa: S603 -- this Python, and a link that the user saw in full
        [sys.executable, "-m", "webbrowser", "-t" if new_tab else "-n", url],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=child_environment(os.environ if environ is None else environ),
        start_new_session=True,
    )
    threading.Thread(target=opening.wait, name="browser", daemon=True).start()
