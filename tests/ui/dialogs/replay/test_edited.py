"""Key R: a body in the user's editor, and what is sent of it."""

from __future__ import annotations

import pytest

from tests.ui.forwards import APP, JSON_BODY, editing
from tests.ui.stage import STACKED, stage
from webhook_tui.domain.commands import ReplayDeliveries

RETITLED = b'{"id": 1, "data": {"status": "failed"}}'


async def test_json_is_indented_for_the_editor_and_sent_in_its_own_spacing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The difference is shown by JSON path first; it is signed with the current secret."""
    seen: list[bytes] = []

    def retitle(text: bytes, _seq: int | None) -> bytes:
        seen.append(text)
        return text.replace(b"completed", b"failed") + b"\n"

    async with stage(editing(monkeypatch, JSON_BODY), size=STACKED) as played:
        played.main.controllers.editor.run_editor = retitle
        await played.press("R")
        await played.until("Replay #13 with your changes?")
        assert seen == [b'{\n  "id": 1,\n  "data": {\n    "status": "completed"\n  }\n}\n']
        text = played.text()
        assert '≠ $.data.status  "completed"  →  "failed"' in text
        assert "1 change · 42 → 39 bytes · spacing and key order kept" in text
        await played.press("enter")
        await played.requested(ReplayDeliveries((13,), APP, re_sign=True, body=RETITLED))


async def test_the_signature_can_be_kept_and_the_body_edited_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Then the editor gets the exact bytes of what was edited so far."""
    seen: list[bytes] = []

    def retitle(text: bytes, _seq: int | None) -> bytes:
        seen.append(text)
        return text.replace(b"completed", b"failed").replace(b'"failed"}}', b'"failed" }}')

    async with stage(editing(monkeypatch, JSON_BODY), size=STACKED) as played:
        played.main.controllers.editor.run_editor = retitle
        await played.press("R")
        await played.until("k keeps it")
        await played.press("k")
        await played.until("Keeps the original signature")
        await played.press("e")
        await played.until("key order kept")
        assert seen[1] == RETITLED
        await played.until("spacing changed, key order kept")
        await played.press("s")
        kept = RETITLED.replace(b'"}}', b'" }}')
        await played.requested(ReplayDeliveries((13,), APP, re_sign=False, body=kept))


async def test_without_a_secret_the_editor_gets_the_exact_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The signature is kept, for there is none to make; y shows the whole difference."""
    async with stage(editing(monkeypatch, JSON_BODY, has_secret=False), size=STACKED) as played:
        played.main.controllers.editor.run_editor = lambda text, _seq: text + b"{\x1b"
        await played.press("R")
        await played.until("It is not JSON any more.")
        await played.until("There is no current secret to sign with")
        assert "}{␛" in played.text()
        await played.press("k", "y")
        await played.until("#13 and your changes")
        await played.press("escape")
        await played.until("with your changes?")
        await played.press("s")
        await played.requested(ReplayDeliveries((13,), APP, re_sign=False, body=JSON_BODY + b"{\x1b"))
