"""The input of the filter, in place of the buttons; posts its text 80 ms and 1 s after the last key.

It does not parse the filter: counts, suggestions and mistakes are given to it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Input, Static

from webhook_tui.domain.delivery.text import visible
from webhook_tui.domain.filtering.completion import EXAMPLE, Kind, Suggestion
from webhook_tui.domain.filtering.tokens import without_last
from webhook_tui.ui.frame_budget import call_after
from webhook_tui.ui.widgets.keys.key_bar import KeyBar
from webhook_tui.ui.widgets.suggestion_list import SuggestionList

PAUSE_SECONDS = 0.08
"""After the last key."""
REST_SECONDS = 1.0
"""After the last key; an incomplete term is an error from then on."""
_LONGEST_LABEL = 24


class FilterInput(Input):
    """The text of the filter, or for a moment the name that it is saved by; moves the bar of the suggestions."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "earlier(-1)", "Later", show=False, id="filter.later", tooltip="a later filter"),
        Binding("down", "list(1)", "List", key_display="↓", id="filter.list", tooltip="into the list, or down in it"),
        Binding("tab", "complete", "Complete", key_display="tab", id="filter.complete", tooltip="complete the word"),
        Binding("up", "list(-1)", "Up", show=False, id="filter.list_up", tooltip="up in the list"),
        Binding("up", "earlier(1)", "Earlier", key_display="↑", id="filter.earlier", tooltip="an earlier filter"),
        Binding("enter", "take", "Take", key_display="enter", id="filter.take", tooltip="take the line of the list"),
        Binding("enter", "save_name", "Save", key_display="enter", id="filter.save_name", tooltip="save by this name"),
        Binding("enter", "keep", "Keep", key_display="enter", id="filter.keep", tooltip="keep the filter"),
        Binding(
            "ctrl+s",
            "save",
            "Save as @name",
            key_display="ctrl+s",
            id="filter.save",
            tooltip="save by a name",
        ),
        Binding("ctrl+w", "drop", "Drop last", key_display="ctrl+w", id="filter.drop", tooltip="drop the last term"),
        Binding("delete", "remove", "Remove", show=False, id="filter.remove", tooltip="remove the named filter"),
        Binding("escape", "back", "Back", key_display="esc", id="filter.back", tooltip="out of the list or the name"),
        Binding("escape", "clear", "Clear", key_display="esc", id="filter.clear", tooltip="clear it, show all"),
        Binding("ctrl+c", "app.leave", "Leave", show=False, system=True, id="filter.leave", tooltip="leave"),
    ]
    DEFAULT_CSS = """
    FilterInput, FilterInput:focus {
        width: 1fr; height: 1; border: none; padding: 0; background: $panel; color: $foreground;
    }
    FilterInput > .input--placeholder { color: $muted; }
    """

    class Kept(Message):
        """The user keeps the filter."""

    class Cleared(Message):
        """The user clears the filter."""

    class CursorMoved(Message):
        """The cursor or the text changed."""

    class Named(Message):
        """The user gives the filter a name."""

        def __init__(self, name: str, text: str) -> None:
            super().__init__()
            self.name = name
            self.text = text

    class NameRemoved(Message):
        """The user removes a named filter."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    class NamingChanged(Message):
        """The line asks for a name now, or does not any more."""

    def __init__(self, suggestions: SuggestionList) -> None:
        super().__init__(placeholder=EXAMPLE, select_on_focus=False, compact=True)
        self._suggestions = suggestions
        self.history: Sequence[str] = ()
        """Earlier filters, oldest first."""
        self._back = 0
        self._unnamed: str | None = None
        """The filter whose name is typed."""

    @property
    def is_naming(self) -> bool:
        """Whether a name is typed."""
        return self._unnamed is not None

    @property
    def key_labels(self) -> Mapping[str, str]:
        """What the footer says in place of `Complete`: the text that tab writes for the word at the cursor."""
        best = self._suggestions.best
        if best is None or best.kind is Kind.TEXT or best.start >= self.cursor_position:
            return {}
        label = visible(best.text.strip())
        return {"filter.complete": label} if len(label) <= _LONGEST_LABEL else {}

    def start(self, text: str, history: Sequence[str]) -> None:
        """Start with a text, the cursor at its end."""
        self.history, self._back = history, 0
        self._set_naming(None)
        self.value = text
        self.cursor_position = len(text)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Return whether an action is available: most depend on whether the list was entered or a name is typed."""
        in_list = self._suggestions.entered is not None
        match action, parameters:
            case "earlier", (1,):
                return not in_list and not self.is_naming and bool(self.history) and (not self.value or self._back > 0)
            case "earlier", _:
                return not in_list and self._back > 0
            case "list", (1,):
                return bool(self._suggestions.suggestions) and self._back == 0
            case ("list", _) | ("take", _):
                return in_list
            case "save_name", _:
                return self.is_naming
            case "back", _:
                return in_list or self.is_naming
            case "complete", _:
                return not self.is_naming
            case ("save", _) | ("drop", _):
                return not self.is_naming and bool(self.value)
            case ("keep", _) | ("clear", _):
                return not in_list and not self.is_naming
            case _:
                return super().check_action(action, parameters)

    def action_keep(self) -> None:
        """Keep the filter, without a completion."""
        self.post_message(self.Kept())

    def action_clear(self) -> None:
        self.post_message(self.Cleared())

    def action_list(self, step: int) -> None:
        self._suggestions.move(step)
        self.refresh_bindings()

    def action_take(self) -> None:
        self.action_complete()

    def action_complete(self) -> None:
        """Write the best suggestion, if there is one."""
        if (best := self._suggestions.best) is not None:
            self.accept(best)

    def accept(self, suggestion: Suggestion) -> None:
        """Write a suggestion in the place of the word at the cursor."""
        before, rest = self.value[: suggestion.start], self.value[self.cursor_position :]
        text = suggestion.text.rstrip() if rest.startswith(" ") else suggestion.text
        self._suggestions.leave()
        self.value = f"{before}{text}{rest}"
        self.cursor_position = len(before) + len(text)

    def action_earlier(self, step: int) -> None:
        back = min(max(self._back + step, 0), len(self.history))
        if back != self._back:
            self._back = back
            self.value = self.history[-back] if back else ""
            self.cursor_position = len(self.value)
            self.refresh_bindings()

    def action_drop(self) -> None:
        rest, _ = without_last(self.value)
        self.value = rest
        self.cursor_position = len(rest)

    def action_back(self) -> None:
        if self._suggestions.entered is not None:
            self._suggestions.leave()
            self.refresh_bindings()
        elif self._unnamed is not None:
            self.start(self._unnamed, self.history)

    def action_remove(self) -> None:
        """Remove the named filter of the list's line; in the text, the character under the cursor."""
        best = self._suggestions.best
        if self._suggestions.entered is not None and best is not None and best.name:
            self.post_message(self.NameRemoved(best.name))
        else:
            self.action_delete_right()

    def action_save(self) -> None:
        text = self.value.strip()
        self._set_naming(text)
        self.value = text[1:] if text.startswith("@") and " " not in text else ""
        self.cursor_position = len(self.value)

    def action_save_name(self) -> None:
        if self._unnamed is not None and self.value:
            self.post_message(self.Named(self.value.removeprefix("@"), self._unnamed))

    def _set_naming(self, text: str | None) -> None:
        if text != self._unnamed:
            self._unnamed = text
            self.placeholder = EXAMPLE if text is None else "name"
            self.post_message(self.NamingChanged())
            self.refresh_bindings()

    def watch_selection(self) -> None:
        self.post_message(self.CursorMoved())


class FilterBar(Horizontal):
    """` / ` and the input; at the right how many match."""

    DEFAULT_CSS = """
    FilterBar { height: 1; background: $panel; padding: 0 1; display: none; }
    FilterBar.-shown { display: block; }
    FilterBar #filter-sign { width: auto; height: 1; color: $accent-text; text-style: bold; }
    FilterBar #filter-count { width: auto; height: 1; margin: 0 0 0 2; color: $muted; }
    """

    class Typed(Message):
        """Nothing was typed for a moment."""

        def __init__(self, text: str, *, rests: bool) -> None:
            super().__init__()
            self.text = text
            self.rests = rests
            """Whether nothing was typed for a second."""

    def __init__(self, suggestions: SuggestionList) -> None:
        """`suggestions`: the list whose bar the input moves."""
        super().__init__()
        self._suggestions = suggestions
        self._pauses: list[Timer] = []

    def compose(self) -> ComposeResult:
        yield Static(Content("/ "), id="filter-sign")
        yield FilterInput(self._suggestions)
        yield Static(id="filter-count", markup=False)

    @property
    def input(self) -> FilterInput:
        """The input."""
        return self.query_one(FilterInput)

    def show_count(self, text: str) -> None:
        """Show how many match."""
        self.query_one("#filter-count", Static).update(Content(text))

    def on_filter_input_naming_changed(self, event: FilterInput.NamingChanged) -> None:
        event.stop()
        self.query_one("#filter-sign", Static).update(Content("save as @" if self.input.is_naming else "/ "))

    def on_input_changed(self, event: Input.Changed) -> None:
        """Post the text after the pauses."""
        event.stop()
        if self.input.is_naming:
            return
        for timer in self._pauses:
            timer.stop()
        self._pauses = [
            call_after(self, seconds, partial(self._tell, rests=rests))
            for seconds, rests in ((PAUSE_SECONDS, False), (REST_SECONDS, True))
        ]

    def _tell(self, *, rests: bool) -> None:
        if self.input.is_naming:
            return
        self.post_message(self.Typed(self.input.value, rests=rests))


class MistakeLine(Static):
    """Marks a mistake, in the line of the footer."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    MistakeLine { display: none; height: 1; background: $panel; color: $bad; text-wrap: nowrap; }
    MistakeLine.-shown { display: block; }
    """

    def __init__(self) -> None:
        super().__init__(markup=False)

    def point_at(self, box: Input, start: int, end: int, sentence: str) -> None:
        """Show carets below the cells `start` to `end` of an input's text, and the sentence where there is room."""
        width, shift = self.screen.size.width, box.content_region.x - round(box.scroll_offset.x)
        start, end = start + shift, end + shift
        start = min(max(start, 0), width - 1)
        carets = "^" * max(1, min(end, width) - start)
        if start + len(carets) + 1 + len(sentence) <= width:
            line = f"{' ' * start}{carets} {sentence}"
        elif len(sentence) + 1 <= start:
            line = f"{' ' * (start - len(sentence) - 1)}{sentence} {carets}"
        else:
            line = f" {sentence}"
        self.update(Content(line))
        self._replace_keys(True)

    def close(self) -> None:
        """Show the footer again."""
        self._replace_keys(False)

    def _replace_keys(self, is_shown: bool) -> None:
        self.set_class(is_shown, "-shown")
        self.screen.query_one(KeyBar).set_class(is_shown, "-hidden")
