"""The query of the payload that is on: its expression stays while the deliveries change, its result is of one."""

from __future__ import annotations

from msgspec import Struct

from webhook_tui.domain.delivery.text import visible
from webhook_tui.domain.payload.query import QueryResult
from webhook_tui.ui.widgets.documents import Document


class PayloadQuery(Struct):
    """At most one is on."""

    expression: str = ""
    """"" for none."""
    seq: int | None = None
    """The delivery whose payload `document` is about."""
    result: QueryResult | None = None
    """The newest answer, a mistake or not; None: it is awaited."""
    document: Document | None = None
    """The last result that there was."""
    content: bytes = b""
    """The same as JSON text."""

    @property
    def is_on(self) -> bool:
        """Whether the payload's place is the query's."""
        return bool(self.expression)

    def begin(self, expression: str) -> None:
        """Another expression; what is shown stays until its result is there."""
        self.expression, self.result = expression, None

    def take(self, seq: int, result: QueryResult, document: Document | None) -> None:
        """An answer; a mistake leaves what was found before, if it was found in the same payload."""
        self.result = result
        if document is not None or seq != self.seq:
            self.seq, self.document, self.content = seq, document, result.content

    def found_in(self, seq: int | None) -> bytes:
        """The result as JSON text, if it is of that delivery; b"" for none."""
        return self.content if self.is_on and seq == self.seq else b""

    def words(self, path: str) -> str:
        """`Q data.output  $.full_size`, or why there is nothing."""
        said = visible(self.expression)
        if self.result is not None and self.result.mistake is not None:
            return f"Q {said}: {self.result.mistake.sentence}"
        return f"Q {said}  {path}"
