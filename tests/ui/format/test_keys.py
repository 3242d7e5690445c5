"""The lines of help, made of the bindings that are live."""

from __future__ import annotations

import pytest
from textual.binding import Binding

from webhook_tui.ui.format.keys import HelpRow, help_rows, key_name


def bound(key: str, name: str, tooltip: str = "Does it") -> Binding:
    """A binding with its id."""
    return Binding(key, name, "Label", id=name, tooltip=tooltip)


@pytest.mark.parametrize(
    ("key", "name"), [("up", "↑"), ("left_square_bracket", "["), ("f1", "F1"), ("ctrl+p", "ctrl+p"), ("R", "R")]
)
def test_the_name_of_a_key(key: str, name: str) -> None:
    assert key_name(key) == name


def test_related_keys_share_a_line() -> None:
    """First keys, then second keys; only the shorter ones where both do not fit."""
    live = [bound("up", "table.up"), bound("k", "table.up"), bound("down", "table.down"), bound("j", "table.down")]
    pages = [bound("pageup", "table.page_up"), bound("ctrl+u", "table.page_up"), bound("pagedown", "table.page_down")]

    rows = help_rows([*live, *pages], detail_first=False)

    assert rows[0] == HelpRow("Deliveries", "↑ ↓  k j", "move", "up")
    assert rows[1].keys == "ctrl+u"


def test_a_key_whose_related_keys_are_not_live_has_its_own_text() -> None:
    """In the detail, y copies the tab: e alone does not copy."""
    (row,) = help_rows([bound("e", "delivery.export", "export into a file")], detail_first=True)

    assert row == HelpRow("This delivery", "e", "export into a file", "e")


def test_a_binding_that_is_not_named_has_its_tooltip() -> None:
    (row,) = help_rows([bound("x", "piktid.new", "Do something new")], detail_first=False)

    assert row == HelpRow("PiktID", "x", "do something new", "x")


def test_the_group_of_the_focused_pane_comes_first() -> None:
    live = [bound("w", "delivery.why"), bound("f", "table.follow"), bound("q", "screen.leave")]

    assert [row.group for row in help_rows(live, detail_first=True)] == ["This delivery", "Deliveries", "Screen"]
    assert [row.group for row in help_rows(live, detail_first=False)] == ["Deliveries", "This delivery", "Screen"]


def test_silent_and_system_bindings_have_no_line() -> None:
    hidden = Binding("x", "x", show=False, system=True, id="app.x")

    assert help_rows([bound("l", "table.show_all"), hidden, Binding("y", "y")], detail_first=False) == []
