"""The input of the filter, in place of the buttons; posts its text 80 ms and 1 s after the last key.

It does not parse the filter: counts, completions and mistakes are given to it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import ClassVar, TypeAlias

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Input, Static

PAUSE_SECONDS = 0.08
"""After the last key."""
REST_SECONDS = 1.0
"""After the last key; an incomplete term is an error from then on."""
MOST_COMPLETIONS = 6

Completer: TypeAlias = Callable[[str, int], Sequence[tuple[int, str]]]
"""Text and cursor to what may stand from a start up to the cursor, best first."""


class FilterInput(Input):
    """The text of the filter."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "keep", "Keep", key_display="enter", id="filter.keep", tooltip="keep the filter"),
        Binding("escape", "clear", "Clear", key_display="esc", id="filter.clear", tooltip="clear it, show all"),
        Binding("tab", "complete", "Complete", key_display="tab", id="filter.complete", tooltip="complete the word"),
        Binding("up", "earlier(1)", "Earlier", key_display="↑", id="filter.earlier", tooltip="an earlier filter"),
        Binding("down", "earlier(-1)", "Later", show=False, id="filter.later", tooltip="a later filter"),
        Binding("ctrl+c", "app.leave", "Leave", show=False, system=True, id="filter.leave", tooltip="leave"),
    ]
    DEFAULT_CSS = """
    FilterInput, FilterInput:focus {
        width: 1fr; height: 1; border: none; padding: 0; background: $panel; color: $foreground;
    }
    """

    class Kept(Message):
        """The user keeps the filter."""

    class Cleared(Message):
        """The user clears the filter."""

    class CursorMoved(Message):
        """The cursor or the text changed."""

    def __init__(self) -> None:
        super().__init__(select_on_focus=False, compact=True)
        self.complete: Completer = lambda _text, _cursor: ()
        self.history: Sequence[str] = ()
        """Earlier filters, oldest first."""
        self._back = 0
        self._draft = ""

    def start(self, text: str, history: Sequence[str]) -> None:
        """Start with a text, the cursor at its end."""
        self.history, self._back, self._draft = history, 0, text
        self.value = text
        self.cursor_position = len(text)

    def completions(self) -> list[tuple[int, str]]:
        """Completions at the cursor."""
        return list(self.complete(self.value, self.cursor_position))[:MOST_COMPLETIONS]

    def action_keep(self) -> None:
        """Keep the filter, without a completion."""
        self.post_message(self.Kept())

    def action_clear(self) -> None:
        """Post the text."""
        self.post_message(self.Cleared())

    def action_complete(self) -> None:
        """Accept the first completion, if there is one."""
        found = self.completions()
        if found:
            start, word = found[0]
            rest = self.value[self.cursor_position :]
            self.value = f"{self.value[:start]}{word}{rest}"
            self.cursor_position = start + len(word)

    def action_earlier(self, step: int) -> None:
        """Show an earlier filter, or go back towards the typed one."""
        back = min(max(self._back + step, 0), len(self.history))
        if back == self._back:
            return
        if self._back == 0:
            self._draft = self.value
        self._back = back
        self.value = self.history[-back] if back else self._draft
        self.cursor_position = len(self.value)

    def watch_selection(self) -> None:
        """Post that the cursor moved."""
        self.post_message(self.CursorMoved())


class FilterBar(Horizontal):
    """` / ` and the input; at the right how many match."""

    DEFAULT_CSS = """
    FilterBar { height: 1; background: $panel; padding: 0 1; display: none; }
    FilterBar #filter-sign { width: 2; height: 1; color: $accent-text; text-style: bold; }
    FilterBar #filter-count { width: auto; height: 1; margin: 0 0 0 2; color: $muted; }
    """

    class Typed(Message):
        """Nothing was typed for a moment."""

        def __init__(self, text: str, *, rests: bool) -> None:
            super().__init__()
            self.text = text
            self.rests = rests
            """Whether nothing was typed for a second."""

    def __init__(self) -> None:
        super().__init__()
        self._pauses: list[Timer] = []

    def compose(self) -> ComposeResult:
        """Prompt, input, count."""
        yield Static(Content("/"), id="filter-sign")
        yield FilterInput()
        yield Static(id="filter-count", markup=False)

    @property
    def input(self) -> FilterInput:
        """The input."""
        return self.query_one(FilterInput)

    def show_count(self, text: str) -> None:
        """Show how many match."""
        self.query_one("#filter-count", Static).update(Content(text))

    def on_input_changed(self, event: Input.Changed) -> None:
        """Post the text after the pauses."""
        event.stop()
        for timer in self._pauses:
            timer.stop()
        self._pauses = [
            self.set_timer(seconds, partial(self._tell, rests=rests))
            for seconds, rests in ((PAUSE_SECONDS, False), (REST_SECONDS, True))
        ]

    def _tell(self, *, rests: bool) -> None:
        self.post_message(self.Typed(self.input.value, rests=rests))


class Completions(Static):
    """Completions: at most six lines above the input, over the table."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    Completions {
        display: none; layer: above; dock: bottom; width: auto; max-width: 60; height: auto;
        background: $panel; color: $foreground; padding: 0 1;
    }
    """

    def __init__(self) -> None:
        super().__init__(markup=False)
        self.completions: tuple[str, ...] = ()

    def show(self, completions: Sequence[str], column: int) -> None:
        """Show completions at a column; tab accepts the first, which is highlighted."""
        self.completions = tuple(completions)
        self.display = bool(completions)
        first = [Content.assemble((completions[0], "bold $primary"), ("  tab", "$muted"))] if completions else []
        # The last line stands just above the input, which is above the footer.
        self.styles.offset = (max(0, column), -2)
        self.update(Content("\n").join([*first, *(Content(completion) for completion in completions[1:])]))


class MistakeLine(Static):
    """Marks a mistake, in the line of the footer."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    MistakeLine { display: none; height: 1; background: $panel; color: $bad; text-wrap: nowrap; }
    """

    def __init__(self) -> None:
        super().__init__(markup=False)

    def point_at(self, box: Input, start: int, end: int, sentence: str) -> None:
        """Show carets below the characters from `start` to `end` of an input, and the sentence where there is room."""
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
