"""Lists the runs in the history; choosing one filters by it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from textual.app import ComposeResult

from webhook_tui.domain import units
from webhook_tui.domain.statistics.counts import Run
from webhook_tui.ui.dialogs.dialog import Dialog
from webhook_tui.ui.widgets.keys.key_button import KeyButton
from webhook_tui.ui.widgets.menu import Item, Menu


class RunsDialog(Dialog[int]):
    """Returns the number of a run; the newest is first."""

    AUTO_FOCUS = "Menu"
    TITLE_TEXT = "Runs"
    DEFAULT_CSS = "RunsDialog > #sheet { width: 84; }"

    def __init__(self, runs: Sequence[Run], *, now: Callable[[], datetime]) -> None:
        at = now()
        super().__init__()
        self._items = [Item(str(run.number), "", _when(run, at), _what(run)) for run in reversed(runs)]

    def body(self) -> ComposeResult:
        yield Menu(self._items)

    def buttons(self) -> ComposeResult:
        yield KeyButton("Show it", "enter", id="take")
        yield KeyButton("Close", "esc", id="safe")

    def small_print(self) -> ComposeResult:
        yield self.paragraph("enter shows its deliveries: the filter run:3 does the same", classes="small-print")

    def on_menu_chosen(self, event: Menu.Chosen) -> None:
        event.stop()
        self.dismiss(int(event.name))


def _when(run: Run, now: datetime) -> str:
    began = run.started_at.astimezone(now.tzinfo)
    lasted = "not ended" if run.ended_at is None else units.age((run.ended_at - run.started_at).total_seconds())
    return f"{run.number:>4}  {began.day:>2} {began:%b %Y, %H:%M}  {lasted:<9}"


def _what(run: Run) -> str:
    if not run.deliveries:
        return "nothing stored"
    counts = "  ".join(f"{verdict.glyph} {units.count(number)}" for verdict, number in run.counts.items())
    return f"{units.count(run.deliveries)} stored  {counts}"
