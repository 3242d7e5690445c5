"""What the parts of a drawn line look like: roles of the theme by name, never values.

Textual's component classes do the same by the style sheet, which it then applies once for each of them whenever a view
gets the focus, changes a class or is mounted: more than half of all that it styled.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct
from rich.color import Color as RichColor
from rich.style import Style
from textual.color import Color
from textual.widget import Widget


class Look(Struct, frozen=True):
    """The roles of text and background, "" to keep what is below, and Rich's words for the text, such as `bold`."""

    color: str = ""
    background: str = ""
    text_style: str = ""

    def style(self, variables: Mapping[str, str]) -> Style:
        """Return it in the colours of a theme's variables, as `App.theme_variables` has them."""
        colors = Style(color=_color(self.color, variables), bgcolor=_color(self.background, variables))
        return colors + Style.parse(self.text_style)


class Looks(Struct, frozen=True):
    """Looks by the name of the part; those of `focused` and of `plain` replace others."""

    usual: Mapping[str, Look]
    focused: Mapping[str, Look] = {}
    """While the view has the focus."""
    plain: Mapping[str, Look] = {}
    """Where the terminal has its own sixteen colours, or none, and a background cannot mark anything."""

    def of(self, part: str, *, has_focus: bool, is_plain: bool) -> Look:
        """Return the look of a part; KeyError: there is none of that name."""
        if is_plain and part in self.plain:
            return self.plain[part]
        if has_focus and part in self.focused:
            return self.focused[part]
        return self.usual[part]

    def __or__(self, other: Looks) -> Looks:
        """Return these with the others, which replace those of the same part."""
        return Looks({**self.usual, **other.usual}, {**self.focused, **other.focused}, {**self.plain, **other.plain})


class PartStyles:
    """The styles of the parts of a view, each computed once for a theme and a focus."""

    def __init__(self, view: Widget, looks: Looks) -> None:
        self._view = view
        self._looks = looks
        self._styles: dict[str, Style] = {}
        self._variables: Mapping[str, str] = {}
        self._has_focus = False

    def of(self, part: str) -> Style:
        """Return the style of a part, to be put over that of the view."""
        view, app = self._view, self._view.app
        if app.theme_variables is not self._variables or view.has_focus is not self._has_focus:
            self._variables, self._has_focus = app.theme_variables, view.has_focus
            self._styles.clear()
        if part not in self._styles:
            is_plain = app.native_ansi_color or app.no_color
            look = self._looks.of(part, has_focus=view.has_focus, is_plain=is_plain)
            self._styles[part] = look.style(app.theme_variables)
        return self._styles[part]


def _color(role: str, variables: Mapping[str, str]) -> RichColor | None:
    color = Color.parse(variables[role]) if role else None
    return color.rich_color if color is not None and color.a else None
