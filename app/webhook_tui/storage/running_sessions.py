"""Sessions announce themselves in the lock file that each holds beside its history; other programs read it there.

The file is this user's alone (0600) and ends with its session, also when that is killed.
"""

from __future__ import annotations

import glob
import os
from collections.abc import Sequence
from pathlib import Path

import msgspec

from webhook_tui.domain.running_session import RunningSession
from webhook_tui.storage.database.locks import ALIVE, ProcessLock, is_held

_LONGEST = 65_536


def announce(lock: ProcessLock, session: RunningSession) -> None:
    """Write what is announced in place of what was. Ignore write errors: the session does not depend on it."""
    lock.write(msgspec.json.encode(session))


def running_sessions(database: Path) -> Sequence[RunningSession]:
    """Return the sessions that write the history at `database` now, the last one started at the end.

    One that has only just begun to write it is not among them. Raises OSError.
    """
    files = database.parent.glob(f"{glob.escape(database.name)}.*{ALIVE}")
    found = [session for file in files if is_held(file) and (session := _read(file)) is not None]
    return sorted(found, key=lambda session: session.started_at)


def _read(file: Path) -> RunningSession | None:
    try:
        descriptor = os.open(file, os.O_RDONLY)
    except OSError:  # its session has ended meanwhile
        return None
    try:
        return msgspec.json.decode(os.read(descriptor, _LONGEST), type=RunningSession)
    except (OSError, msgspec.DecodeError):
        return None
    finally:
        os.close(descriptor)
