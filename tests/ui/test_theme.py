"""The themes: ours as it was drawn, and that every other one can be read, too."""

from __future__ import annotations

import pytest
from textual.color import Color
from textual.theme import BUILTIN_THEMES, Theme

from tests.ui.fake_session import NOW, FakeSession
from webhook_tui.ui import theme as theme_module
from webhook_tui.ui.app import WebhookTuiApp
from webhook_tui.ui.theme import (
    LEAST_CONTRAST,
    WEBHOOK_DARK,
    WEBHOOK_LIGHT,
    CachedStylesheet,
    contrast,
    readable,
    variable_defaults,
)

OURS = [WEBHOOK_DARK, WEBHOOK_LIGHT]
COLOURED = [theme for theme in BUILTIN_THEMES.values() if not theme.ansi]
ANSI = [theme for theme in BUILTIN_THEMES.values() if theme.ansi]
ON_ROWS = ("valid", "older", "muted", "warning-text", "primary-text", "error-text", "success-text", "accent-text")
IN_PAYLOAD = ("json-key", "json-string", "json-number", "json-literal", "json-punct", "foreground")
ROWS = ("background", "row-cursor")
PANES = ("background", "surface", "panel")
ROLES = set(variable_defaults(BUILTIN_THEMES["textual-dark"]))
BLOCKS = [("bad", "bad-bg"), ("warn", "warn-bg")]


def all_variables(theme: Theme) -> dict[str, Color]:
    """The colours that a stylesheet gets with this theme."""
    texts = {**variable_defaults(theme), **theme.to_color_system().generate(), **theme.variables}
    wanted = {*ROLES, "foreground", "background", "surface", "panel", "error", "warning", "button"}
    background = Color.parse(texts["background"])
    return {name: background + Color.parse(texts[name]) for name in wanted}


def check(colours: dict[str, Color], text: str, ground: str) -> None:
    """Enough contrast, or as much as the theme's own foreground has there."""
    most = contrast(colours["foreground"], colours[ground])
    got = contrast(colours[text], colours[ground])
    assert got >= min(LEAST_CONTRAST, most) - 0.01, f"{text} on {ground}: {got:.2f}"


@pytest.mark.parametrize("theme", [*OURS, *COLOURED], ids=lambda theme: str(theme.name))
def test_every_text_can_be_read_where_it_stands(theme: Theme) -> None:
    """Rows, payload and panes have 4.5 : 1 in every theme, or as much as its foreground has."""
    colours = all_variables(theme)
    for text in (*ON_ROWS, *IN_PAYLOAD):
        for ground in ROWS:
            check(colours, text, ground)
    for text in IN_PAYLOAD:
        check(colours, text, "surface")
    for ground in PANES:
        for text in ("muted", "foreground", "warning-text", "primary-text"):
            check(colours, text, ground)
    for text, ground in BLOCKS:
        check(colours, text, ground)


@pytest.mark.parametrize("theme", OURS, ids=lambda theme: str(theme.name))
def test_our_own_have_the_whole_contrast(theme: Theme) -> None:
    """In ours nothing is excused by the foreground, on the blurred row and on solid pills neither."""
    colours = all_variables(theme)
    for text in (*ON_ROWS, *IN_PAYLOAD):
        for ground in ("background", "surface", "panel", "row-cursor", "row-cursor-blurred"):
            assert contrast(colours[text], colours[ground]) >= LEAST_CONTRAST, (text, ground)
    pairs = [*BLOCKS, ("on-error", "error"), ("on-warning", "warning"), ("foreground", "button"), ("bad", "button")]
    for text, ground in pairs:
        assert contrast(colours[text], colours[ground]) >= LEAST_CONTRAST, (text, ground)


@pytest.mark.parametrize("theme", [*OURS, *COLOURED, *ANSI], ids=lambda theme: str(theme.name))
def test_every_role_has_a_colour_in_every_theme(theme: Theme) -> None:
    """A stylesheet that names a role is never refused."""
    variables = {**variable_defaults(theme), **theme.variables}
    for role in ROLES:
        Color.parse(variables[role])


@pytest.mark.parametrize("theme", ANSI, ids=lambda theme: str(theme.name))
def test_the_terminals_own_colours_are_not_mixed(theme: Theme) -> None:
    """With the terminal's palette verdicts have its colours and everything else its default."""
    roles = variable_defaults(theme)
    assert (roles["valid"], roles["older"], roles["bad"], roles["warn"]) == (
        "ansi_green",
        "ansi_cyan",
        "ansi_red",
        "ansi_yellow",
    )
    assert all(value.startswith("ansi_") for value in roles.values())
    assert roles["row-cursor"] == roles["bad-bg"] == "ansi_default"


def test_hand_made_roles_win_over_mixed_ones() -> None:
    """What the drawings say of our themes is what the stylesheet gets."""
    assert all_variables(WEBHOOK_DARK)["bad-bg"].hex.lower() == "#3d1824"
    assert all_variables(WEBHOOK_LIGHT)["muted"].hex.lower() == "#5c6270"


def test_contrast_is_that_of_wcag() -> None:
    """Black on white is 21 : 1, and the order of the two does not matter."""
    black, white = Color(0, 0, 0), Color(255, 255, 255)
    assert contrast(black, white) == pytest.approx(21)
    assert contrast(white, black) == pytest.approx(21)
    assert contrast(Color.parse("#767676"), white) == pytest.approx(4.54, abs=0.01)


def test_a_colour_that_cannot_be_made_readable_becomes_the_foreground() -> None:
    """A theme whose own text is faint gets that text, not something fainter."""
    grey = Color.parse("#777777")
    assert readable(Color.parse("#888888"), grey, [Color.parse("#808080")]) == grey


def test_the_stylesheet_parses_again_only_what_changed() -> None:
    """Not when the theme is announced at the start, and not because there are many sources; another theme counts."""
    stylesheet = CachedStylesheet(variables={"ground": "#000000"})
    for number in range(100):
        stylesheet.add_source(f"#w{number} {{ background: $ground; }}", (f"{number}", ""))
    stylesheet.parse()
    first = list(stylesheet.rules)

    stylesheet.set_variables({"ground": "#000000"})
    stylesheet.reparse()
    assert [id(rule) for rule in stylesheet.rules] == [id(rule) for rule in first]

    stylesheet.set_variables({"ground": "#ffffff"})
    stylesheet.reparse()
    assert {rule.styles.background for rule in stylesheet.rules} == {Color.parse("#ffffff")}


def test_an_app_with_our_own_theme_mixes_no_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also not for the theme with which Textual makes an app: that would delay the first frame."""
    monkeypatch.setattr(theme_module, "_mixed_roles", lambda _theme: pytest.fail("colours were mixed"))
    app = WebhookTuiApp(FakeSession(), now=lambda: NOW)

    assert app.get_css_variables()["valid"] == WEBHOOK_DARK.variables["valid"]
