"""Edits a body in the user's editor, which gets the terminal while it runs."""

from __future__ import annotations

from collections.abc import Callable

from textual.app import SuspendNotSupported

from webhook_tui.domain.errors import ProblemError
from webhook_tui.editor import edit
from webhook_tui.ui.controllers.context import AppContext
from webhook_tui.ui.controllers.notices import NoticeController
from webhook_tui.ui.edited_body import EditableBody
from webhook_tui.ui.notice_texts import NO_TERMINAL


class EditorController:
    """Edits bodies. The session keeps running in its own process."""

    def __init__(self, context: AppContext, notices: NoticeController) -> None:
        self._context = context
        self._notices = notices
        self.run_editor: Callable[[bytes, int | None], bytes] = edit
        """Gets the text and the number of its delivery, if any; returns the edited text or raises ProblemError."""

    def edit(self, body: bytes, seq: int | None, *, indented: bool) -> bytes | None:
        """Return the edited body; show a notice and return None if it cannot be edited.

        `seq`: the delivery that it belongs to, if any; it names the temporary file.
        `indented`: show JSON indented, and restore its layout afterwards.
        """
        editable = EditableBody.of(body, indented=indented)
        try:
            with self._context.app.suspend():
                return editable.edited(self.run_editor(editable.text, seq))
        except ProblemError as error:
            self._notices.show(error.problem)
        except SuspendNotSupported:
            self._notices.show(NO_TERMINAL)
        return None
