"""The contract: what the payloads of each event hold; live while it is open."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from webhook_tui.domain.contract.declarations import typed_dict, typescript
from webhook_tui.domain.contract.event_contract import ContractSnapshot
from webhook_tui.domain.contract.json_schema import json_schema
from webhook_tui.domain.contract.outline import FieldLine, outline
from webhook_tui.domain.errors import Problem
from webhook_tui.domain.queries import GetContract
from webhook_tui.ui.dialogs.dialog import Dialog, ask
from webhook_tui.ui.dialogs.live_query import LiveQuery
from webhook_tui.ui.format.contract import BAR, as_text, contract_note, event_tabs, field_cell, field_page, filter_text
from webhook_tui.ui.messages import CopyRequested
from webhook_tui.ui.symbols import glyphs
from webhook_tui.ui.widgets.detail.tab_strip import TabStrip
from webhook_tui.ui.widgets.keys.key_button import KeyButton
from webhook_tui.ui.widgets.menu import Item, Menu
from webhook_tui.ui.widgets.table.list_table import Cell, ListColumn, ListTable, TableSpec
from webhook_tui.ui.widgets.table.table import Table

_PAGE_WIDTH = 60
_SHARE, _PRESENT = 6, BAR + 7
_MOST_TYPE, _LEAST_VALUES = 24, 20


class CopyContractDialog(Dialog[str]):
    """In which form the contract of an event is copied."""

    AUTO_FOCUS = "Menu"
    TITLE_TEXT = "Copy the contract"

    def body(self) -> ComposeResult:
        yield Menu(
            [
                Item("text", "t", "Text", "the table"),
                Item("json-schema", "j", "JSON Schema", "2020-12, for contract check"),
                Item("typescript", "s", "TypeScript", "an interface"),
                Item("python", "p", "Python", "TypedDict"),
            ]
        )

    def buttons(self) -> ComposeResult:
        yield KeyButton("Close", "esc", id="safe")

    def on_menu_chosen(self, event: Menu.Chosen) -> None:
        event.stop()
        self.dismiss(event.name)


class ContractDialog(Dialog[str]):
    """The tree of an event's fields, and the one under the cursor; the answer is a filter to use."""

    AUTO_FOCUS = "Table"
    TITLE_TEXT = "Contract"
    WAY = ("Deliveries",)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("C", "safe", "Close", show=False, id="contract.close", tooltip="close the contract"),
        Binding("exclamation_mark", "lack", "Lack it", show=False, id="contract.lack", tooltip="show those without it"),
        Binding("d", "departing", "Departing", show=False, id="contract.departing", tooltip="show those that depart"),
        Binding(
            "left_square_bracket", "event(-1)", "Event", show=False, id="contract.previous", tooltip="event before"
        ),
        Binding("right_square_bracket", "event(1)", "Event", show=False, id="contract.next", tooltip="next event"),
        Binding("y", "copy", "Copy as", show=False, id="contract.copy", tooltip="copy: text, JSON Schema, types"),
        Binding("a", "all", "All verdicts", show=False, id="contract.all", tooltip="all verdicts, or valid ones"),
        Binding("x", "stop", "Stop", show=False, id="contract.stop", tooltip="stop reading deliveries, or go on"),
        Binding("Z", "fold", "Fold", show=False, id="contract.fold", tooltip="fold to a level"),
    ]
    DEFAULT_CSS = """
    ContractDialog #note { margin: 0 0 1 0; text-wrap: nowrap; text-overflow: ellipsis; }
    ContractDialog #title { margin: 0; }
    ContractDialog #contract { height: 1fr; layout: vertical; }
    ContractDialog Table { height: 2fr; }
    ContractDialog #page { height: 1fr; border-top: solid $line; scrollbar-size-vertical: 1; }
    ContractDialog.-wide #contract { layout: horizontal; }
    ContractDialog.-wide Table { height: 1fr; width: 1fr; }
    ContractDialog.-wide #page { height: 1fr; width: 54; border-top: none; border-left: vkey $line; padding: 0 1; }
    """

    def __init__(self, *, now: Callable[[], datetime], event: str | None = None, in_ascii: bool = False) -> None:
        """`event`: the one that is shown first; None: that with most deliveries."""
        super().__init__()
        self._now = now
        self._glyphs = glyphs(plain=in_ascii)
        self._query = GetContract(event)
        spec: TableSpec[FieldLine] = TableSpec(self._columns, self._cell, key=lambda line: (line.path, line.depth))
        self._table = ListTable(spec, id="fields", in_ascii=in_ascii)
        self._live = LiveQuery(self, self._query, self._show, self._show_problem)
        self._snapshot: ContractSnapshot | None = None
        self._lines: Sequence[FieldLine] = ()
        self._tabs: dict[str, str] = {}
        self._levels: int | None = None
        """Only fields above this depth are shown; None: all."""

    def body(self) -> ComposeResult:
        """The events; the tree; the page about a field."""
        yield TabStrip(("",))
        yield Static(contract_note(None, self._now(), of_all=False), id="note", markup=False)
        with Container(id="contract"):
            yield self._table.widget
            with VerticalScroll(id="page", can_focus=False):
                yield Static(id="about", markup=False)

    def buttons(self) -> ComposeResult:
        yield KeyButton("Back", "esc", id="safe")
        yield KeyButton("Have it", "enter", id="have")
        yield KeyButton("Lack it", "!", id="lack")
        yield KeyButton("Departing", "d", id="departing")
        yield KeyButton("Copy as", "y", id="copy")
        yield KeyButton("Event", "]", id="next")
        yield KeyButton("All verdicts", "a", id="all")

    def on_mount(self) -> None:
        self._live.start()

    def on_resize(self) -> None:
        self.call_after_refresh(self._fill)

    def _show(self, snapshot: ContractSnapshot) -> bool:
        self._snapshot = snapshot
        self._fill()
        return snapshot.is_done

    def _show_problem(self, _problem: Problem) -> None:
        note = "The contract could not be read; it is rebuilt when C opens."
        self.query_one("#note", Static).update(Content.assemble((note, "$warn")))

    def _fill(self) -> None:
        snapshot = self._snapshot
        of_all = self._query.all_verdicts
        note = contract_note(snapshot, self._now(), of_all=of_all, is_stopped=self._live.is_stopped)
        self.query_one("#note", Static).update(note)
        if snapshot is None:
            return
        contract = snapshot.chosen
        strip = self.query_one(TabStrip)
        if contract is None:
            strip.show(("",), "")
            lines: Sequence[FieldLine] = ()
        else:
            self._tabs = event_tabs(snapshot, contract.name, max(20, strip.size.width), self._glyphs)
            active = next((label for label, name in self._tabs.items() if name == contract.name), "")
            strip.show(tuple(self._tabs), active)
            lines = [line for line in outline(contract) if self._levels is None or line.depth < self._levels]
        if lines != self._lines:
            is_other = [line.path for line in lines[:1]] != [line.path for line in self._lines[:1]] or not self._lines
            self._lines = lines
            self._table.show(lines)
            if is_other:
                self._table.widget.move_to_place(0)
        self._fill_page()

    def _fill_page(self) -> None:
        line, contract = self._table.chosen, None if self._snapshot is None else self._snapshot.chosen
        about = self.query_one("#about", Static)
        if line is None or contract is None:
            about.update(Content.empty())
            return
        width = max(20, self.query_one("#page").scrollable_content_region.width)
        about.update(field_page(contract, line, min(width, _PAGE_WIDTH), self._now(), self._glyphs))

    def on_table_cursor_moved(self, event: Table.CursorMoved) -> None:
        event.stop()
        self._fill_page()
        self.query_one("#page").scroll_home(animate=False)

    def on_table_row_opened(self, event: Table.RowOpened) -> None:
        event.stop()
        self.action_have()

    def on_tab_strip_picked(self, event: TabStrip.Picked) -> None:
        event.stop()
        if (name := self._tabs.get(event.name)) is not None:
            self._choose(name)

    # Actions

    def action_have(self) -> None:
        """The deliveries that have the field under the cursor, in the table."""
        self._filter("has:", lambda line: line.present)

    def action_lack(self) -> None:
        self._filter("!has:", lambda line: line.deliveries - line.present)

    def action_departing(self) -> None:
        self._filter("departs:", lambda line: len(line.departing))

    def action_next(self) -> None:
        self.action_event(1)

    def action_event(self, step: int) -> None:
        if self._snapshot is None or self._snapshot.chosen is None:
            return
        names = [name for name, _ in self._snapshot.events]
        self._choose(names[(names.index(self._snapshot.chosen.name) + step) % len(names)])

    def action_all(self) -> None:
        self._ask(GetContract(self._query.event, not self._query.all_verdicts))

    def action_stop(self) -> None:
        if self._live.is_stopped or not (self._snapshot is not None and self._snapshot.is_done):
            self._live.toggle()
            self._fill()

    def action_fold(self) -> None:
        """One level less, and all of them after the last one."""
        deepest = 1 + max((line.depth for line in self._lines), default=0)
        self._levels = deepest - 1 if self._levels is None else self._levels - 1
        if self._levels < 1:
            self._levels = None
        self._fill()

    def action_copy(self) -> None:
        """Ask in which form."""
        if self._snapshot is not None and self._snapshot.chosen is not None:
            ask(self.app, CopyContractDialog(), self._copy)

    def _copy(self, form: str) -> None:
        contract = None if self._snapshot is None else self._snapshot.chosen
        if contract is None:
            return
        match form:
            case "json-schema":
                text = json_schema([contract])
            case "typescript":
                text = typescript([contract])
            case "python":
                text = typed_dict([contract])
            case _:
                text = as_text(contract)
        self.post_message(CopyRequested(text, "the contract"))

    def _choose(self, event: str) -> None:
        self._ask(GetContract(event, self._query.all_verdicts))

    def _ask(self, query: GetContract) -> None:
        self._query = query
        self._live.use(query)

    def _filter(self, term: str, count: Callable[[FieldLine], int]) -> None:
        """Leave for the deliveries of which the term is true at the field under the cursor, if there are any."""
        line, contract = self._table.chosen, None if self._snapshot is None else self._snapshot.chosen
        if line is None or contract is None or not count(line):
            return
        text = filter_text(contract.name, line.path, term)
        if text is not None:
            self.dismiss(text)

    def _columns(self, width: int) -> Sequence[ListColumn]:
        """Below 100 cells of the screen the values go, below 72 the bars."""
        screen = self.size.width
        longest = max((len(line.types) for line in self._lines), default=4)
        kind = ListColumn("type", "  type", min(_MOST_TYPE, 2 + max(8, longest)))
        present = (
            ListColumn("present", "present", _PRESENT)
            if screen >= 72
            else ListColumn("share", "present", _SHARE + 1, is_right=True)
        )
        rest = width - kind.width - present.width - 4
        names = max((2 * line.depth + len(line.name) for line in self._lines), default=5)
        if screen < 100:
            return [ListColumn("field", "field", max(8, rest)), kind, present]
        name = max(8, min(names, rest - _LEAST_VALUES))
        values = ListColumn("values", "values", max(0, rest - name - 2))
        return [ListColumn("field", "field", name), kind, present, values]

    def _cell(self, line: FieldLine, column: str) -> Cell:
        contract = None if self._snapshot is None else self._snapshot.chosen
        is_reliable = contract is not None and contract.is_reliable
        return field_cell(line, column, self._glyphs, is_reliable=is_reliable)
