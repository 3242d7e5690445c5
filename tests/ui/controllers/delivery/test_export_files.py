"""What leaves the screen: a file is for others, a copy is for the user."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import cast

import pytest

from tests.cli.conftest import OWN, received, record
from tests.factories import NOW
from webhook_tui.domain.delivery.rows import DeliveryRows
from webhook_tui.domain.errors import ProblemError
from webhook_tui.domain.session_port import SessionPort
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.export.destination import Destination
from webhook_tui.storage.rows import open_history
from webhook_tui.ui.controllers.delivery.export_files import Exports
from webhook_tui.ui.dialogs.export import Share
from webhook_tui.ui.long_work import LongWork
from webhook_tui.ui.selection import Selection

BODY = b'{"id": 1, "url": "https://d1.example/a.jpg?Signature=canary", "x": "whsec_known"}'


class _History:
    """The part of a session that exports need."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def open_rows(self) -> DeliveryRows:
        return open_history(self._path)

    def known_secrets(self) -> tuple[Secret, ...]:
        return (Secret("whsec_known"),)


async def test_signatures_in_links_stay_in_a_copy_and_not_in_a_file(tmp_path: Path) -> None:
    """A copied command is to work; secrets are in neither, and the notice says what was taken out."""
    path = tmp_path / "h.db"
    await asyncio.to_thread(record, path, (OWN, received(BODY, b"image_result")))
    exports = Exports(cast("SessionPort", _History(path)), Destination(), lambda: NOW)
    this = Selection("this one", seq=1)

    copied = exports.copy(Share("curl", this)).text
    exported = exports.export(Share("curl", this, tmp_path / "x.sh"))

    written = (tmp_path / "x.sh").read_text()
    assert "Signature=canary" in copied
    assert "Signature=REDACTED" in written
    assert "canary" not in written
    assert "whsec_known" not in copied + written
    assert exported.sentence.endswith("; a secret or a link's signature was taken out")


async def test_a_stopped_export_leaves_whole_files_only(tmp_path: Path) -> None:
    """One file of all is not there; of a file each those that were whole stay."""
    path = tmp_path / "h.db"
    await asyncio.to_thread(record, path, (OWN, received(BODY, b"image_result")), (OWN, received(BODY, b"ping")))
    exports = Exports(cast("SessionPort", _History(path)), Destination(), lambda: NOW)
    every = Selection("all", count=2)

    for form, left in (("har", "Nothing was written."), ("payload", "1 file is written.")):
        work = _StopsAtTheSecond("export", 2)
        target = tmp_path / form
        with pytest.raises(ProblemError, match=f"Export stopped. {left}"):
            exports.export(Share(form, every, target), work)
        assert work.done == 2
        assert len(list(target.iterdir()) if target.is_dir() else []) == int(form == "payload")
        assert not target.is_file()


class _StopsAtTheSecond(LongWork):
    def advance(self) -> None:
        if self.done == 1:
            self.stop()
        super().advance()
