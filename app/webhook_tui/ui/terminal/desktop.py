"""The user's desktop: its clipboard and its browser, each by its own command.

Over ssh both would be those of another machine. The commands inherit neither the token nor a secret.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence

from webhook_tui.environment import child_environment

TERMINAL_BYTES = 75_000
"""Most terminals drop an OSC 52 sequence of more than 100,000 characters of base64."""
_SECONDS = 2.0


def clipboard_command(
    environ: Mapping[str, str] = os.environ,
    *,
    platform: str = sys.platform,
    which: Callable[[str], str | None] = shutil.which,
) -> Sequence[str] | None:
    """Return the command that puts standard input on the user's clipboard, or None where there is none."""
    if environ.get("SSH_CONNECTION") or environ.get("SSH_TTY"):
        return None
    commands = (
        (platform == "darwin", ["pbcopy"]),
        (platform == "win32" or "WSL_DISTRO_NAME" in environ, ["clip.exe"]),
        ("WAYLAND_DISPLAY" in environ, ["wl-copy", "--type", "text/plain"]),
        ("DISPLAY" in environ, ["xclip", "-selection", "clipboard"]),
    )
    return next((command for is_here, command in commands if is_here and which(command[0])), None)


def copy_by_command(command: Sequence[str], text: str, environ: Mapping[str, str] = os.environ) -> bool:
    """Put a text on the clipboard; return whether the command did it."""
    environment = child_environment(environ)
    if command[0] == "pbcopy":
        environment["LC_ALL"] = "en_US.UTF-8"  # what it takes its input for
    try:
        done = subprocess.run(  # noqa: S603 -- one of ours
            command,
            input=text.encode("utf-16-le" if command[0] == "clip.exe" else "utf-8"),
            # What owns an X or Wayland selection stays: it must hold neither our output nor our terminal.
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=environment,
            start_new_session=True,
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def open_in_browser(url: str, *, new_tab: bool = True, environ: Mapping[str, str] | None = None) -> None:
    """Open a URL in the user's browser, found by `webbrowser`; does not wait. `url`: http or https."""
    opening = subprocess.Popen(  # noqa: S603 -- this Python, and a link that the user saw in full
        [sys.executable, "-m", "webbrowser", "-t" if new_tab else "-n", url],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=child_environment(os.environ if environ is None else environ),
        start_new_session=True,
    )
    threading.Thread(target=opening.wait, name="browser", daemon=True).start()
