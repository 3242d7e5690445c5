"""The two themes of the program, and readable colours for every other theme.

The stylesheets name roles (`$valid`, `$muted`, `$row-cursor`), never colours; here each role gets its colour, for our
themes by hand and for all others mixed from what they have, so that text keeps a contrast of 4.5 : 1 (WCAG 2, level
AA) wherever the theme's own foreground has it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from textual.cache import LRUCache
from textual.color import Color
from textual.css.stylesheet import Stylesheet
from textual.theme import Theme

if TYPE_CHECKING:
    from textual.app import App

LEAST_CONTRAST = 4.5
_MOST_SOURCES = 512

_DARK_ROLES = {
    "valid": "#8cf0c0",
    "older": "#67c7e6",
    "muted": "#8d99ae",
    "row-cursor": "#1e2838",
    "row-cursor-blurred": "#18202c",
    "line": "#2b3547",
    "button": "#2b3649",
    "json-key": "#a9bcff",
    "json-string": "#d9c8a4",
    "json-number": "#7fd0ea",
    "json-literal": "#c9a6f7",
    "json-punct": "#8793a9",
    "on-error": "#1a0409",
    "on-warning": "#201002",
    "bad": "#ff8c9f",
    "bad-bg": "#3d1824",
    "warn": "#f7b777",
    "warn-bg": "#3a2815",
}

_LIGHT_ROLES = {
    "valid": "#07774c",
    "older": "#0a6580",
    "muted": "#5c6270",
    "row-cursor": "#e6e9f8",
    "row-cursor-blurred": "#f2efe9",
    "line": "#d6d1c5",
    "button": "#dfdbd1",
    "json-key": "#3444ad",
    "json-string": "#6b5420",
    "json-number": "#0a6580",
    "json-literal": "#7a3ea8",
    "json-punct": "#626773",
    "on-error": "#ffffff",
    "on-warning": "#ffffff",
    "bad": "#7a0022",
    "bad-bg": "#f8dde1",
    "warn": "#7a3d00",
    "warn-bg": "#f8e6cd",
}

_READABLE = ("primary", "secondary", "accent", "success", "warning", "error")
"""Colours that are text, too: `$warning-text` is `$warning` made readable; in our themes they are the same."""


def _theme(name: str, *, dark: bool, colours: Mapping[str, str], roles: Mapping[str, str]) -> Theme:
    panel, background, muted = colours["panel"], colours["background"], roles["muted"]
    own = {
        "footer-background": panel,
        "footer-item-background": panel,
        "footer-key-background": panel,
        "footer-description-background": panel,
        "footer-key-foreground": colours["primary"],
        "footer-foreground": muted,
        "footer-description-foreground": muted,
        "scrollbar": roles["line"],
        "scrollbar-hover": muted,
        "scrollbar-active": colours["primary"],
        "scrollbar-background": background,
        "scrollbar-background-hover": background,
        "scrollbar-background-active": background,
        "scrollbar-corner-color": background,
        "border": colours["primary"],
        "border-blurred": roles["line"],
        "block-cursor-background": colours["primary"],
        "block-cursor-foreground": background,
    }
    readable = {f"{role}-text": colours[role] for role in _READABLE}
    return Theme(
        name=name,
        dark=dark,
        text_alpha=1.0,
        variables={**roles, **own, **readable},
        primary=colours["primary"],
        secondary=colours["secondary"],
        accent=colours["accent"],
        foreground=colours["foreground"],
        background=background,
        surface=colours["surface"],
        panel=panel,
        success=colours["success"],
        warning=colours["warning"],
        error=colours["error"],
    )


WEBHOOK_DARK = _theme(
    "webhook-dark",
    dark=True,
    colours={
        "primary": "#93a8ff",
        "secondary": "#67c7e6",
        "accent": "#f2d16b",
        "foreground": "#d8deea",
        "background": "#0e1219",
        "surface": "#141a24",
        "panel": "#1c2432",
        "success": "#8cf0c0",
        "warning": "#f2a65a",
        "error": "#f25c74",
    },
    roles=_DARK_ROLES,
)

WEBHOOK_LIGHT = _theme(
    "webhook-light",
    dark=False,
    colours={
        "primary": "#3d4fc4",
        "secondary": "#0a6580",
        "accent": "#7a5600",
        "foreground": "#22262f",
        "background": "#fcfbf8",
        "surface": "#f7f5f1",
        "panel": "#f0ede6",
        "success": "#07774c",
        "warning": "#8f4700",
        "error": "#7a0022",
    },
    roles=_LIGHT_ROLES,
)

DEFAULT_THEME = WEBHOOK_DARK.name


def register(app: App[Any]) -> None:
    """Register both themes and choose the dark one; call it before the stylesheet is read."""
    app.register_theme(WEBHOOK_DARK)
    app.register_theme(WEBHOOK_LIGHT)
    app.theme = DEFAULT_THEME


def variable_defaults(theme: Theme) -> dict[str, str]:
    """Return our roles that a theme does not define, for `App.get_theme_variable_defaults`."""
    if theme in (WEBHOOK_DARK, WEBHOOK_LIGHT):
        return {}
    return _ansi_roles() if theme.ansi else _mixed_roles(theme)


def contrast(text: Color, background: Color) -> float:
    """Return the WCAG 2 contrast ratio of two opaque colours, 1 to 21."""
    lighter, darker = sorted((_luminance(text), _luminance(background)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def readable(colour: Color, foreground: Color, backgrounds: Iterable[Color]) -> Color:
    """Return `colour`, moved towards the foreground until it is readable on all the backgrounds."""
    grounds = tuple(backgrounds)
    for tenths in range(10):
        mixed = colour.blend(foreground, tenths / 10, alpha=1.0)
        if all(contrast(mixed, ground) >= LEAST_CONTRAST for ground in grounds):
            return mixed
    return foreground


def _ansi_roles() -> dict[str, str]:
    roles = dict.fromkeys(_DARK_ROLES, "ansi_default")
    roles |= {"valid": "ansi_green", "older": "ansi_cyan", "bad": "ansi_red", "warn": "ansi_yellow"}
    roles |= {
        "primary-text": "ansi_blue",
        "secondary-text": "ansi_cyan",
        "accent-text": "ansi_magenta",
        "success-text": "ansi_green",
        "warning-text": "ansi_yellow",
        "error-text": "ansi_red",
    }
    return roles


def _mixed_roles(theme: Theme) -> dict[str, str]:
    system = theme.to_color_system().generate()
    background = Color.parse(system["background"])
    named = {name: background + Color.parse(system[name]) for name in (*_READABLE, "foreground", "surface", "panel")}
    foreground, surface, panel = named["foreground"], named["surface"], named["panel"]

    def tinted(name: str, share: float, ground: Color = background) -> Color:
        return ground.blend(named[name], share, alpha=1.0)

    row, blurred = tinted("primary", 0.18), tinted("foreground", 0.08)
    bad_block, warn_block = tinted("error", 0.15), tinted("warning", 0.15)
    rows = (background, row, blurred)
    panes = (background, surface, panel)
    muted = readable(tinted("foreground", 0.7), foreground, (*panes, row, blurred))
    payload = (background, surface, row, blurred)
    roles = {
        "valid": readable(named["success"], foreground, rows),
        "older": readable(named["secondary"], foreground, rows),
        "bad": readable(named["error"], foreground, (bad_block,)),
        "warn": readable(named["warning"], foreground, (warn_block,)),
        "bad-bg": bad_block,
        "warn-bg": warn_block,
        "muted": muted,
        "line": tinted("foreground", 0.18),
        "row-cursor": row,
        "row-cursor-blurred": blurred,
        "button": tinted("foreground", 0.15, panel),
        "on-error": _black_or_white(named["error"]),
        "on-warning": _black_or_white(named["warning"]),
        "json-key": readable(named["primary"], foreground, payload),
        "json-string": foreground,
        "json-number": readable(named["secondary"], foreground, payload),
        "json-literal": readable(named["accent"], foreground, payload),
        "json-punct": muted,
    }
    roles |= {f"{name}-text": readable(named[name], foreground, (*panes, row)) for name in _READABLE}
    return {name: colour.hex for name, colour in roles.items()}


def _black_or_white(ground: Color) -> Color:
    black, white = Color(0, 0, 0), Color(255, 255, 255)
    return black if contrast(black, ground) >= contrast(white, ground) else white


def _luminance(colour: Color) -> float:
    red, green, blue = (_linear(part / 255) for part in colour.rgb)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)


class CachedStylesheet(Stylesheet):
    """Textual's, which at the start parses app.tcss twice because the theme is announced, although nothing changed.

    And its cache holds 64 sources, while screen and dialogs have more: then each new widget has all parsed again.
    """

    def __init__(self, *, variables: dict[str, str] | None = None) -> None:
        super().__init__(variables=variables)
        self._parse_cache = LRUCache(_MOST_SOURCES)

    def set_variables(self, variables: dict[str, str]) -> None:
        """Set the variables; the cache is valid as long as they are the same."""
        if variables != self._variables:
            super().set_variables(variables)

    def reparse(self) -> None:
        """Parse what is not in the cache."""
        self.parse()
