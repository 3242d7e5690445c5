"""The headline of the detail: verdict, event, number, and the reason in one sentence."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from textual import events
from textual.content import Content
from textual.widget import Widget

from webhook_tui.domain.comparison.compared_event import DifferingDelivery
from webhook_tui.domain.delivery.delivery import DeliveryRow
from webhook_tui.ui.actions import screen_action
from webhook_tui.ui.format.delivery.headline import headline, sentence
from webhook_tui.ui.widgets.keys.key_button import types


class Headline(Widget):
    """Two lines; a click on the second opens the Signature tab."""

    DEFAULT_CSS = "Headline { height: 2; width: 1fr; }"

    def __init__(self, *, now: Callable[[], datetime], in_ascii: bool = False) -> None:
        super().__init__()
        self._now = now
        self._in_ascii = in_ascii
        self._row: DeliveryRow | None = None
        self._text = ""
        self._with_key = True
        self._differing: Mapping[int, DifferingDelivery] = {}

    def show(self, row: DeliveryRow, *, text: str = "", with_key: bool = True) -> None:
        """Show a row; `text` replaces the reason."""
        if (row, text, with_key) != (self._row, self._text, self._with_key):
            self._row, self._text, self._with_key = row, text, with_key
            self.refresh()

    def show_number(self, seq: int) -> None:
        """Show the number alone, of a delivery that could not be read."""
        self._row, self._text, self._with_key = None, f"#{seq}", False
        self.refresh()

    def show_differing(self, differing: Mapping[int, DifferingDelivery]) -> None:
        """Deliveries by number that differ from what the event stream brought; the sentence says so."""
        if differing != self._differing:
            self._differing = differing
            self.refresh()

    def render(self) -> Content:
        if self._row is None:
            return Content.assemble((self._text, "$muted"))
        width = self.content_size.width
        plain = self.app.no_color or self.app.native_ansi_color
        first = headline(self._row, width, self._now(), in_ascii=self._in_ascii, without_colour=plain)
        text = Content(self._text)
        second = text if self._text else self._sentence(self._row, width)
        return Content("\n").join([first, second])

    def _sentence(self, row: DeliveryRow, width: int) -> Content:
        with_key = self._with_key and not types(self.screen.focused, "w")
        return sentence(row, width, with_key=with_key, differing=self._differing.get(row.seq))

    def on_mount(self) -> None:
        """Watch the focus: in an input the key is a letter of its text."""
        self.watch(self.screen, "focused", self._focus_moved, init=False)

    def _focus_moved(self) -> None:
        self.refresh()

    async def on_click(self, event: events.Click) -> None:
        event.stop()
        if event.y == 1 and self._row is not None:
            await self.run_action(screen_action("delivery.why"))
