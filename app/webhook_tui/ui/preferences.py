"""How the user left the screen, kept for the next run in a small file of their own."""

from __future__ import annotations

import logging
import os
from pathlib import Path

import msgspec
from msgspec import Struct

from webhook_tui.ui.widgets.split_pane import Split

_log = logging.getLogger(__name__)


class Preferences(Struct, frozen=True, omit_defaults=True):
    """What is kept; "" is the default. Fields that a later version adds are ignored."""

    theme: str = ""
    tab: str = ""
    """Of the detail."""
    filter: str = ""
    """Of the table."""
    split: Split = Split()
    """Of table and detail."""
    image_hosts: tuple[str, ...] = ()
    """From which images are loaded without a question."""
    has_seen_tips: bool = False
    """Those of the first minute."""


class PreferencesFile:
    """Reads and writes preferences as JSON, readable by the owner alone. Errors end in the log: nothing depends on it.

    A file is written only for preferences that differ from those of the last call.
    """

    def __init__(self, path: Path | None) -> None:
        """`path`: None keeps nothing."""
        self._path = path
        self._known = Preferences()

    def read(self) -> Preferences:
        """Return what is kept; the defaults where there is no file, or a broken one."""
        if self._path is None:
            return self._known
        try:
            self._known = msgspec.json.decode(self._path.read_bytes(), type=Preferences)
        except FileNotFoundError:
            pass
        except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
            _log.warning("the kept preferences could not be read (%s): starting with the defaults", error)
        return self._known

    def write(self, preferences: Preferences) -> None:
        """Keep these. The file is replaced in one step."""
        if self._path is None or preferences == self._known:
            return
        self._known = preferences
        new = self._path.with_name(f"{self._path.name}.{os.getpid()}")
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with os.fdopen(os.open(new, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb") as file:
                file.write(msgspec.json.encode(preferences))
            new.replace(self._path)
        except OSError as error:
            _log.warning("the preferences could not be kept (%s)", error)
