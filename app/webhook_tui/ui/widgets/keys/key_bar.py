"""The footer: the keys that work where the focus is, at most seven, fewer if it is narrow."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct
from textual.app import ComposeResult
from textual.screen import Screen
from textual.widgets import Footer
from textual.widgets._footer import FooterKey

_MOST = 7
_FIRST_TO_GO = frozenset(
    {
        *("receiver.answers", "screen.commands", "delivery.copy_as", "delivery.copy", "stream.copy"),
        *("piktid.copy_url", "piktid.secret", "detail.zoom"),
    }
)
"""Actions that go below 72 columns."""
_NARROW = 90
_ONLY_WIDE = "filter.save"
"""Goes below 90 columns."""
_ONLY_EMPTY = "filter.drop"
"""Is shown where nothing matches a filter."""
_NOT_IN_DETAIL = frozenset(
    {
        *("delivery.why", "delivery.replay", "receiver.answers", "table.filter", "delivery.copy_as", "stream.show"),
        *("piktid.copy_url", "piktid.secret", "screen.commands"),
    }
)
"""Actions that work in the detail, too, but have no room in its footer."""
_WORK = ("work.stop", "work.pause")
"""Actions that come second wherever the focus is: they are available only while long work is under way."""
_TYPING = (
    "filter.drop",
    "filter.list",
    "filter.complete",
    "filter.earlier",
    "filter.take",
    "filter.save_name",
    "filter.keep",
    "filter.save",
    "find.find",
    "query.keep",
    "filter.back",
    "filter.clear",
    "find.back",
    "query.end",
)
"""All that the footer shows while a filter, a query or what to find is typed."""


class _Key(Struct, frozen=True):
    """What the footer shows of a binding."""

    id: str
    key: str
    display: str
    description: str
    action: str
    disabled: bool
    tooltip: str


class KeyBar(Footer):
    """Textual's footer with a limit; mounts widgets again only when the keys change.

    Textual's own binds each key's widget to the footer, which then holds it for ever: some more with every delivery.
    """

    DEFAULT_CSS = """
    KeyBar { height: 1; }
    KeyBar.-hidden { display: none; }
    KeyBar FooterKey:hover { background: $panel; color: $primary; }
    """

    def __init__(self) -> None:
        super().__init__(show_command_palette=False)
        self.can_drop_term = False
        """Whether nothing matches the filter that is typed."""
        self.labels: Mapping[str, str] = {}
        """Labels in place of the bindings' own, by the id of the action."""
        self._shown: list[_Key] = []

    def compose(self) -> ComposeResult:
        self._shown = self._chosen() if self._bindings_ready else []
        for key in self._shown:
            shown = FooterKey(key.key, key.display, key.description, key.action, key.disabled, key.tooltip)
            shown.set_reactive(FooterKey.compact, False)
            if key.id in _FIRST_TO_GO:
                shown.add_class("-first-to-go")
            yield shown

    def bindings_changed(self, screen: Screen[Any]) -> None:
        """Called by the screen when its bindings may have changed."""
        self._bindings_ready = True
        if screen.app.app_focus and self.is_attached and screen is self.screen:
            self.call_after_refresh(self._show)

    async def _show(self) -> None:
        if self.is_attached and self._chosen() != self._shown:
            await self.recompose()

    def _chosen(self) -> list[_Key]:
        keys = list(self._all().values())
        typing = [key for key in keys if key.id in _TYPING]
        if typing:
            typing = [key for key in typing if key.id != _ONLY_WIDE or self.screen.size.width >= _NARROW]
            typing = [key for key in typing if key.id != _ONLY_EMPTY or self.can_drop_term]
            keys = sorted(typing, key=lambda key: _TYPING.index(key.id))
        if keys and keys[0].id == "detail.back":
            keys = [key for key in keys if key.id not in _NOT_IN_DETAIL]
        work = [key for key in keys[1:] if key.id in _WORK]
        keys = [*keys[:1], *work, *(key for key in keys[1:] if key.id not in _WORK)]
        last = keys[-2:] if len(keys) > _MOST else []
        return [*keys[: _MOST - len(last)], *last]

    def _all(self) -> dict[str, _Key]:
        """Return the first key of each action; the focused widget may have `key_labels` for some ids."""
        labels: Mapping[str, str] = {**self.labels, **getattr(self.screen.focused, "key_labels", {})}
        found: dict[str, _Key] = {}
        for _, binding, enabled, tooltip in self.screen.active_bindings.values():
            if binding.show and binding.action not in found:
                found[binding.action] = _Key(
                    binding.id or "",
                    binding.key,
                    self.app.get_key_display(binding),
                    labels.get(binding.id or "", binding.description),
                    binding.action,
                    not enabled,
                    tooltip,
                )
        return found
