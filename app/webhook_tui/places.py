"""Where the program's files lie. Light, because the session's process is started with it before anything else."""

from __future__ import annotations

import sys
from pathlib import Path

from msgspec import Struct
from platformdirs.unix import Unix

NAME = "webhook-tui"


class Places(Struct, frozen=True):
    """Where files lie: the XDG directories, also on macOS, where command line tools use ~/.config."""

    config: Path
    state: Path
    profile: str | None = None
    """Of --profile: everything but config.toml lies in a directory of its own."""

    def of_profile(self, name: str) -> Places:
        """Return the places of a profile: its history, its ring and its logs are its own."""
        return Places(self.config, self.state / "profiles" / name, name)

    @classmethod
    def of_user(cls) -> Places:
        """This user's places; nothing is made."""
        if sys.platform == "win32":
            from platformdirs.windows import Windows  # noqa: PLC0415 -- loads ctypes

            windows = Windows(NAME, appauthor=False)
            return cls(windows.user_config_path, windows.user_state_path)
        unix = Unix(NAME)
        return cls(unix.user_config_path, unix.user_state_path)

    @property
    def config_file(self) -> Path:
        """Settings and keymap, written by the user."""
        return self.config / "config.toml"

    @property
    def deliveries(self) -> Path:
        """The history."""
        return self.state / "deliveries.db"

    @property
    def accounts(self) -> Path:
        """Signing secrets and registrations; for this user's eyes only."""
        return self.state / "accounts.db"

    @property
    def preferences(self) -> Path:
        """How the screen was left: theme, tab, filter."""
        return self.state / "screen.json"

    @property
    def log(self) -> Path:
        """The program's own log."""
        return self.state / "webhook-tui.log"

    @property
    def session_log(self) -> Path:
        """The log of the session's process."""
        return self.state / "webhook-tui-session.log"

    @property
    def session_errors(self) -> Path:
        """What the session's process wrote to standard error: crashes of the interpreter itself."""
        return self.state / "webhook-tui-session.err"

    @property
    def tunnel_log(self) -> Path:
        """The output of the tunnel's program."""
        return self.state / "tunnel.log"

    @property
    def known_hosts(self) -> Path:
        """The ssh host keys seen so far."""
        return self.state / "known_hosts"
