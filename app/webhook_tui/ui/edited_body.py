"""Bodies in the editor: their text, the body of an edited text, and a payload from a file."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
from msgspec import Struct

from webhook_tui.domain.comparison.diff import LARGEST_COMPARED
from webhook_tui.domain.errors import ProblemError
from webhook_tui.ui.notice_texts import payload_too_large, unreadable_payload
from webhook_tui.ui.widgets.payload.json_document import JsonDocument
from webhook_tui.ui.widgets.payload.loader import document_for

LARGEST_PAYLOAD = 10 * 1024 * 1024
"""Bytes; more is answered 413."""
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_FIRST_INDENT = re.compile(rb"[\[{]\n( {1,8})(?! )")
_MOST_LAID_OUT = 8 * 1024 * 1024
"""Lines times brackets of a body whose layout is looked for; nested deeply it would become gigabytes of blanks."""


class EditableBody(Struct, frozen=True):
    """A body and its text in the editor: indented JSON, or the same bytes."""

    body: bytes
    text: bytes

    @classmethod
    def of(cls, body: bytes, *, indented: bool) -> EditableBody:
        """`indented`: the text is indented JSON; otherwise, or if it is not JSON, the body itself."""
        if indented and len(body) <= LARGEST_COMPARED:
            document = document_for(body)
            if isinstance(document, JsonDocument):
                return cls(body, document.lines.body + b"\n")
        return cls(body, body)

    def edited(self, text: bytes) -> bytes:
        """Return the body of an edited text, in the spacing of the original; the editor's own newline is left out."""
        if self.text is not self.body and text.rstrip() == self.text.rstrip():
            return self.body
        if not self.body.endswith(b"\n"):
            text = text.removesuffix(b"\n")
        return text if self.text is self.body else self._respaced(text)

    def _respaced(self, text: bytes) -> bytes:
        indent = indent_of(self.body)
        mark = _BYTE_ORDER_MARK if self.body.startswith(_BYTE_ORDER_MARK) else b""
        if indent is None:
            return mark + text
        try:
            tail = self.body[len(self.body.rstrip()) :]
            return mark + msgspec.json.format(text, indent=indent) + tail
        except (ValueError, RecursionError, MemoryError):
            return text


def indent_of(body: bytes) -> int | None:
    """Return the layout of a JSON body as msgspec counts it: -1 compact, 0 in one line, else blanks a level.

    None for another layout, or if it is not JSON.
    """
    content = body.removeprefix(_BYTE_ORDER_MARK).rstrip()
    lines = content.count(b"\n")
    if lines * (content.count(b"{") + content.count(b"[")) > _MOST_LAID_OUT:
        return None
    first = _FIRST_INDENT.match(content)
    try:
        for indent in (-1, 0) if first is None else (len(first[1]),):
            if msgspec.json.format(content, indent=indent) == content:
                return indent
    except (ValueError, RecursionError, MemoryError):
        return None
    return None


def read_payload(name: str) -> bytes:
    """Return the bytes of a file, `~` being the home directory; raise ProblemError if it is unreadable or too large."""
    try:
        with Path(name).expanduser().open("rb") as file:
            content = file.read(LARGEST_PAYLOAD + 1)
    except (OSError, RuntimeError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "there is no such file"
        raise ProblemError(unreadable_payload(name, reason)) from error
    if len(content) > LARGEST_PAYLOAD:
        raise ProblemError(payload_too_large(name))
    return content
