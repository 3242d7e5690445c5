"""The row of buttons, and a note about the newest delivery."""

from __future__ import annotations

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from webhook_tui.domain import units
from webhook_tui.domain.delivery.text import visible
from webhook_tui.domain.status import ReceiverState, SessionStatus
from webhook_tui.ui.actions import screen_action
from webhook_tui.ui.widgets.keys.key_button import KeyButton, types

_KEY = "f"
"""Follows."""


class FollowNote(Static):
    """`4 below · f follow the newest`; a click does what f does."""

    ALLOW_SELECT = False
    DEFAULT_CSS = "FollowNote { width: 1fr; height: 1; text-align: right; text-wrap: nowrap; color: $muted; }"

    def __init__(self) -> None:
        super().__init__(markup=False)
        self._following, self._waits, self._below = True, False, 0
        self._is_used = False
        self._has_key = True
        self._filter, self._found = "", ""

    def show_filter(self, text: str, found: str) -> None:
        """Show the filter and how many match; "" without a filter."""
        if (text, found) != (self._filter, self._found):
            self._filter, self._found = text, found
            self.refresh()

    def show(self, *, following: bool, waits: bool, below: int, is_used: bool) -> None:
        """Show whether the cursor follows, or how many rows are below it."""
        shown = (following, waits, below, is_used)
        if shown != (self._following, self._waits, self._below, self._is_used):
            self._following, self._waits, self._below, self._is_used = shown
            self.refresh()

    def on_mount(self) -> None:
        """Watch the focus: in an input the key is a letter of its text."""
        self.watch(self.screen, "focused", self._show_key)

    def _show_key(self, focused: Widget | None) -> None:
        self._has_key = not types(focused, _KEY)
        self.refresh()

    def render(self) -> Content:
        forms = self._forms()
        width = self.content_size.width
        if self._filter and self._is_used:
            return self._filter_form(forms, width)
        return next((form for form in forms if form.cell_length <= width), Content.empty())

    def _filter_form(self, forms: list[Content], width: int) -> Content:
        """The filter with as much of the note as fits, else the filter cut."""
        shown = Content.assemble((f"{self._found}  ", "$muted"), (f"/ {visible(self._filter)}", "$accent-text"))
        with_rest = (Content.assemble(shown, "   ", form) for form in forms)
        return next((form for form in with_rest if form.cell_length <= width), shown.truncate(width, ellipsis=True))

    def _forms(self) -> list[Content]:
        if not self._is_used:
            return [Content.empty()]
        if self._following and not self._waits:
            return [Content("following the newest"), Content("following")]
        if self._following and not self._below:
            return [Content("following waits"), Content("waits")]
        key, rest = (_KEY, "bold $primary"), (" follow the newest", "$muted")
        below = Content.assemble((f"{units.count(self._below)} below", "$foreground"))
        if not self._has_key:
            return [below]
        below = Content.assemble(below, (" · ", "$muted")) if self._below else Content.empty()
        return [
            Content.assemble(below, key, rest),
            Content.assemble(below, key, (" follow", "$muted")),
            Content.assemble(key, (" follow", "$muted")),
        ]

    async def on_click(self, event: events.Click) -> None:
        event.stop()
        await self.run_action(screen_action("table.follow"))


class ActionBar(Horizontal):
    """Test ping, Register, Delete, and the note."""

    DEFAULT_CSS = """
    ActionBar { height: 1; background: $panel; padding: 0 2 0 1; }
    """

    def compose(self) -> ComposeResult:
        for button in (
            KeyButton("Test ping", "t", id="ping"),
            KeyButton("Register", "u", id="register"),
            KeyButton("Delete", "X", id="delete", danger=True),
        ):
            button.disabled = True  # as in the first status; once mounted each change is another styling
            yield button
        yield FollowNote()

    def show(self, status: SessionStatus) -> None:
        """Enable what the session can do now; after its end that is to be restarted."""
        is_starting = status.receiver.state is ReceiverState.STARTING
        register = self.query_one("#register", KeyButton)
        register.name_it("Register" if status.end is None else "Restart")
        register.disabled = is_starting if status.end is None else status.end.restarting_since is not None
        for name in ("#ping", "#delete"):
            self.query_one(name, KeyButton).disabled = is_starting or status.end is not None

    async def on_button_pressed(self, event: KeyButton.Pressed) -> None:
        event.stop()
        await self.run_action(screen_action(f"piktid.{event.button.id}"))
