"""Parts of a line in the colours of a theme."""

from __future__ import annotations

import pytest
from rich.style import Style

from tests.ui.widgets.stage import Clock, Stage
from webhook_tui.ui.theme import WEBHOOK_LIGHT
from webhook_tui.ui.widgets.looks import Look, Looks
from webhook_tui.ui.widgets.table.delivery_table import DeliveryTable

VARIABLES = {"bad": "#ff0000", "bad-bg": "#200000", "muted": "#808080", "line": "ansi_default"}
LOOKS = Looks(
    usual={"bar": Look("muted"), "bad": Look("bad", "bad-bg", "bold")},
    focused={"bar": Look("bad")},
    plain={"bad": Look("bad", text_style="bold reverse")},
)


@pytest.mark.parametrize(
    ("look", "style"),
    [
        (Look(), Style()),
        (Look("muted"), Style(color="#808080")),
        (Look(background="bad-bg"), Style(bgcolor="#200000")),
        (Look("bad", "bad-bg", "bold italic"), Style(color="#ff0000", bgcolor="#200000", bold=True, italic=True)),
        (Look("line"), Style(color="default")),
    ],
)
def test_a_look_has_the_colours_of_its_roles(look: Look, style: Style) -> None:
    assert look.style(VARIABLES) == style


@pytest.mark.parametrize(
    ("part", "has_focus", "is_plain", "look"),
    [
        ("bar", False, True, Look("muted")),
        ("bar", True, False, Look("bad")),
        ("bad", True, False, Look("bad", "bad-bg", "bold")),
        ("bad", True, True, Look("bad", text_style="bold reverse")),
    ],
)
def test_focus_and_plain_terminals_have_looks_of_their_own(
    part: str, has_focus: bool, is_plain: bool, look: Look
) -> None:
    assert LOOKS.of(part, has_focus=has_focus, is_plain=is_plain) == look


def test_later_looks_replace_those_of_the_same_part() -> None:
    both = LOOKS | Looks(usual={"bar": Look("line")}, plain={"bar": Look(text_style="bold")})
    assert both.of("bar", has_focus=False, is_plain=False) == Look("line")
    assert both.of("bar", has_focus=True, is_plain=False) == Look("bad")
    assert both.of("bar", has_focus=True, is_plain=True) == Look(text_style="bold")


async def test_styles_follow_the_focus_and_the_theme() -> None:
    table = DeliveryTable(now=Clock())
    app = Stage(table.widget)
    async with app.run_test() as pilot:
        app.set_focus(None)
        await pilot.pause()
        styles = [table.widget.part("header")]
        table.widget.focus()
        await pilot.pause()
        styles.append(table.widget.part("header"))
        app.theme = WEBHOOK_LIGHT.name
        await pilot.pause()
        styles.append(table.widget.part("header"))

    assert len({style.color for style in styles}) == 3
    assert [style.bold for style in styles] == [None, True, True]
