"""Fields of dialogs: a label with its widget, a URL, and what is wrong with an entry."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, Static

from webhook_tui.domain.delivery.text import visible
from webhook_tui.domain.url import UrlError, normalized_url

EXAMPLE = "http://127.0.0.1:3000/webhook"


class Field(Horizontal):
    """A label and the widget that it names."""

    DEFAULT_CSS = """
    Field { height: auto; width: 1fr; }
    Field > .label { width: 6; color: $muted; }
    """

    def __init__(self, label: str, widget: Widget, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(Static(Content(label), classes="label"), widget, id=id)


class Mistake(Static):
    """A line that says what is wrong with an entry; hidden until then."""

    DEFAULT_CSS = "Mistake { height: auto; width: 1fr; color: $bad; display: none; }"

    def __init__(self, text: str = "", *, id: str = "mistake") -> None:  # noqa: A002 - Textual's name
        super().__init__(Content(text), id=id, markup=False)

    def show(self, text: str) -> None:
        """Say what is wrong."""
        self.update(Content(text))
        self.display = True


class UrlField(Vertical):
    """Asks for a URL. A URL that is there is selected when it gets the focus, so that typing replaces it."""

    DEFAULT_CSS = "UrlField { height: auto; width: 1fr; }"

    def __init__(self, url: str, label: str = "to", *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._url = url
        self._label = label

    def compose(self) -> ComposeResult:
        yield Field(self._label, Input(self._url, placeholder=EXAMPLE, id="url", select_on_focus=True))
        yield Mistake()

    @property
    def input(self) -> Input:
        """The input."""
        return self.query_one(Input)

    def url(self) -> str | None:
        """Return the normalized URL; if it is none, say why, focus the field and return None."""
        try:
            return normalized_url(self.input.value)
        except UrlError as error:
            text = visible(str(error))
            self.query_one(Mistake).show(f"{text[:1].upper()}{text[1:]}.")
            self.input.focus()
            return None

    def on_input_changed(self) -> None:
        self.query_one(Mistake).display = False
