"""Keeps contracts in a file beside the history, so that a large history is read once.

The file holds nothing that cannot be read again from the history: it may be deleted, and is only trusted while the
deliveries in it are those of the history.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import tempfile
from pathlib import Path

import msgspec

from webhook_tui.storage.contracts.scan import ContractScan, ScanState, Selection

WORTHWHILE = 1_000
"""After so many deliveries were read, the contract is kept."""
_FORMAT = 1
_MOST_KEPT = 4
_FIRST_RUN = "SELECT coalesce(min(started_at), 0) FROM runs"


class _Kept(msgspec.Struct):
    format: int
    history: int
    """When the first run in the history began: another history has another."""
    states: list[tuple[Selection, bytes]]


def cache_path(history: Path) -> Path:
    """Return where the contracts of a history are kept."""
    return history.with_name(f"{history.name}-contracts")


def load(history: Path, connection: sqlite3.Connection, selection: Selection) -> ContractScan:
    """Return the scan of a selection from the file, unless it is outdated; else one that has read nothing."""
    kept = _read(history, connection)
    for known, state in kept.states:
        if known == selection:
            with contextlib.suppress(msgspec.MsgspecError, ValueError):
                scan = ContractScan(selection, msgspec.msgpack.decode(state, type=ScanState))
                if not scan.is_outdated(connection):
                    return scan
    return ContractScan(selection)


def save(history: Path, connection: sqlite3.Connection, selection: Selection, scan: ContractScan) -> None:
    """Keep what was read in place of what was kept before, unless the file cannot be written.

    It is readable by its owner alone. What is quickly read again is not kept; the file goes with the last contract.
    """
    kept = _read(history, connection)
    others = [(known, state) for known, state in kept.states if known != selection]
    own = [(selection, msgspec.msgpack.encode(scan.state))] if scan.state.count >= WORTHWHILE else []
    kept.states = [*own, *others][:_MOST_KEPT]
    path = cache_path(history)
    with contextlib.suppress(OSError):
        if not kept.states:
            path.unlink(missing_ok=True)
            return
        handle, name = tempfile.mkstemp(prefix=f"{path.name}.", dir=path.parent)  # 0600
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(msgspec.msgpack.encode(kept))
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise


def _read(history: Path, connection: sqlite3.Connection) -> _Kept:
    (first_run,) = connection.execute(_FIRST_RUN).fetchone()
    with contextlib.suppress(OSError, msgspec.MsgspecError, ValueError):
        kept = msgspec.msgpack.decode(cache_path(history).read_bytes(), type=_Kept)
        if (kept.format, kept.history) == (_FORMAT, first_run):
            return kept
    return _Kept(_FORMAT, first_run, [])
