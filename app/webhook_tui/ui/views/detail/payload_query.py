"""The query of the payload: its expression applies to every delivery shown, its result to one."""

from __future__ import annotations

from msgspec import Struct

from webhook_tui.domain.delivery.text import visible
from webhook_tui.domain.payload.query import QueryResult
from webhook_tui.ui.widgets.payload.document import Document


class PayloadQuery(Struct):
    """An expression and the newest result."""

    expression: str = ""
    """"" for none."""
    seq: int | None = None
    """The delivery whose payload `document` is about."""
    result: QueryResult | None = None
    """The newest answer, a mistake or not; None while there is none yet."""
    document: Document | None = None
    """The last result without a mistake."""
    content: bytes = b""
    """The same result as JSON text."""

    @property
    def is_on(self) -> bool:
        """Whether there is a query."""
        return bool(self.expression)

    def begin(self, expression: str) -> None:
        """Set another expression; the last result stays until the next one."""
        self.expression, self.result = expression, None

    def take(self, seq: int, result: QueryResult, document: Document | None) -> None:
        """Set the answer; a mistake leaves the last result of the same payload."""
        self.result = result
        if document is not None or seq != self.seq:
            self.seq, self.document, self.content = seq, document, result.content

    def found_in(self, seq: int | None) -> bytes:
        """Return the result as JSON text if it is of that delivery, else b""."""
        return self.content if self.is_on and seq == self.seq else b""

    def label(self, path: str) -> str:
        """`Q data.output  $.full_size`, or why there is nothing."""
        text = visible(self.expression)
        if self.result is not None and self.result.mistake is not None:
            return f"Q {text}: {self.result.mistake.sentence}"
        return f"Q {text}  {path}"
