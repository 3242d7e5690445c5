"""Which tabs of a delivery are shown: one, or with room two beside each other, each half with tabs of its own."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from webhook_tui.ui.views.detail.shown_delivery import IMAGE, PAYLOAD, RAW, SIGNATURE

LEAST_COLUMNS = 96
"""From so many cells on, two pages are shown: each line of a payload then has 46 of them."""
_RIGHT = (IMAGE, SIGNATURE)
"""The tabs of the right half; of those that were not chosen the first one is shown."""


class Page(Struct, frozen=True):
    """One half, or the whole."""

    tabs: tuple[str, ...]
    shown: str


class Pages:
    """The active tab, and what is shown beside it."""

    def __init__(self) -> None:
        self.tab = PAYLOAD
        """The active one: it has the focus, or had it last."""
        self.is_double = False
        self._left, self._right = PAYLOAD, ""

    def fit(self, width: int, *, is_zoomed: bool) -> bool:
        """Show one page or two in so many cells; return whether that changes anything."""
        was_double, self.is_double = self.is_double, width >= LEAST_COLUMNS and not is_zoomed
        return self.is_double is not was_double

    def choose(self, tab: str) -> None:
        """Show this tab, in its half if there are two."""
        self.tab = tab
        if tab in _RIGHT:
            self._right = tab
        else:
            self._left = tab

    def of(self, tabs: Sequence[str]) -> tuple[Page, ...]:
        """The pages of a delivery that has these tabs: one, or left and right."""
        if not self.is_double:
            return (Page(tuple(tabs), self.tab if self.tab in tabs else PAYLOAD),)
        left = tuple(tab for tab in tabs if tab not in _RIGHT)
        right = tuple(tab for tab in _RIGHT if tab in tabs)
        return (
            Page(left, self._left if self._left in left else PAYLOAD),
            Page(right, self._right if self._right in right else right[0]),
        )

    def shown(self, tabs: Sequence[str]) -> tuple[str, ...]:
        """The tabs that are shown of these."""
        return tuple(page.shown for page in self.of(tabs))

    def text_tab(self, tabs: Sequence[str]) -> str:
        """The one that shows the body as text, Payload or Raw; "" when none does."""
        return next((tab for tab in self.shown(tabs) if tab in (PAYLOAD, RAW)), "")

    def step(self, tabs: Sequence[str], by: int) -> str:
        """The tab after the active one, or before it, in its half and round its ends."""
        names = next((page.tabs for page in self.of(tabs) if self.tab in page.tabs), tuple(tabs))
        place = names.index(self.tab) if self.tab in names else 0
        return names[(place + by) % len(names)]
