"""The headline of the detail: what the delivery is, how it was judged, and why in one sentence."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from textual import events
from textual.content import Content
from textual.widget import Widget

from webhook_tui.domain.delivery.delivery import DeliveryRow
from webhook_tui.ui.actions import screen_action
from webhook_tui.ui.format.delivery.headline import headline, sentence
from webhook_tui.ui.widgets.keys.key_button import types


class Headline(Widget):
    """Two lines; a click on the second asks why."""

    DEFAULT_CSS = "Headline { height: 2; width: 1fr; }"

    def __init__(self, *, now: Callable[[], datetime], in_ascii: bool = False) -> None:
        super().__init__()
        self._now = now
        self._in_ascii = in_ascii
        self._row: DeliveryRow | None = None
        self._said = ""
        self._with_key = True

    def show(self, row: DeliveryRow, *, said: str = "", with_key: bool = True) -> None:
        """Show a row; `said` takes the place of the verdict's sentence."""
        if (row, said, with_key) != (self._row, self._said, self._with_key):
            self._row, self._said, self._with_key = row, said, with_key
            self.refresh()

    def render(self) -> Content:
        """Both lines for the present width."""
        if self._row is None:
            return Content.empty()
        width = self.content_size.width
        plain = self.app.no_color or self.app.native_ansi_color
        first = headline(self._row, width, self._now(), in_ascii=self._in_ascii, without_colour=plain)
        said = Content(self._said)
        with_key = self._with_key and not types(self.screen.focused, "w")
        second = said if self._said else sentence(self._row, width, with_key=with_key)
        return Content("\n").join([first, second])

    def on_mount(self) -> None:
        """The key may become a letter of a text, and a key again."""
        self.watch(self.screen, "focused", self._focus_moved, init=False)

    def _focus_moved(self) -> None:
        self.refresh()

    def on_resize(self) -> None:
        """Another width may have room for the long form."""
        self.refresh()

    async def on_click(self, event: events.Click) -> None:
        """The second line leads to the Signature tab."""
        event.stop()
        if event.y == 1 and self._row is not None:
            await self.run_action(screen_action("delivery.why"))
