"""The footer: the keys that work where the focus is, at most seven, fewer where it is narrow."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.screen import Screen
from textual.widgets import Footer
from textual.widgets._footer import FooterKey

_MOST = 7
_FIRST_TO_GO = ("answers", "app.command_palette", "copy", "copy_tab", "copy_url", "show_secret", "screen.zoom")
"""Actions that go below 72 columns."""
_NOT_IN_DETAIL = frozenset(
    {"why", "replay(False)", "answers", "filter", "copy", "stream", "copy_url", "show_secret", "app.command_palette"}
)
"""Actions that work in the detail, too, but have no room in its footer."""
_TYPING = ("keep", "clear", "complete", "earlier(1)")
"""All that the footer says while a filter is typed."""


class KeyBar(Footer):
    """Textual's footer with a limit, made anew only when it says something else."""

    DEFAULT_CSS = """
    KeyBar { height: 1; }
    KeyBar FooterKey:hover { background: $panel; color: $primary; }
    """

    def __init__(self) -> None:
        super().__init__(show_command_palette=False)
        self._said: list[tuple[Binding, bool, str]] = []

    def bindings_changed(self, screen: Screen[object]) -> None:
        """Every move of the focus says so, mostly twice."""
        if not (self.is_attached and screen is self.screen and screen.app.app_focus):
            return
        said = [(binding, is_enabled, tooltip) for _, binding, is_enabled, tooltip in screen.active_bindings.values()]
        if said != self._said:
            self._said = said
            super().bindings_changed(screen)

    def compose(self) -> ComposeResult:
        """The footer's own keys, the most important of them."""
        keys = [widget for widget in super().compose() if isinstance(widget, FooterKey)]
        if any(key.action == "keep" for key in keys):
            typing = [key for key in keys if key.action in _TYPING]
            keys = sorted(typing, key=lambda key: _TYPING.index(key.action))
        if keys and keys[0].action == "screen.back":
            keys = [key for key in keys if key.action not in _NOT_IN_DETAIL]
        last = keys[-2:] if len(keys) > _MOST else []
        for key in (*keys[: _MOST - len(last)], *last):
            if key.action in _FIRST_TO_GO:
                key.add_class("-first-to-go")
            key.set_reactive(FooterKey.compact, self.compact)  # as it will be bound: no change, so no restyling
            yield key
