"""What all dialogs have in common: the safe answer first, letters at once, nothing by accident."""

from __future__ import annotations

import ast
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from textual.content import Content
from textual.events import Key
from textual.widget import Widget
from textual.widgets import Input

from tests.ui.fake_session import NOW, FakeSession
from tests.ui.stage import STACKED, Stage, stage
from webhook_tui.domain.commands import (
    DeleteWebhook,
)
from webhook_tui.domain.events import (
    ForeignWebhook,
)
from webhook_tui.domain.forwarding.forward_result import ReplayProgress, ReplayState
from webhook_tui.domain.images.image import ImageLink
from webhook_tui.domain.jobs.contact_sheet import Tile, TileState
from webhook_tui.domain.signature.verdict import Verdict
from webhook_tui.domain.statistics.counts import Run
from webhook_tui.ui import dialogs
from webhook_tui.ui.dialogs.annotations import CommentDialog
from webhook_tui.ui.dialogs.contract import CopyContractDialog
from webhook_tui.ui.dialogs.dialog import Dialog
from webhook_tui.ui.dialogs.jobs.job import JobDialog
from webhook_tui.ui.dialogs.jobs.large_image import LargeImageDialog
from webhook_tui.ui.dialogs.links import LinksDialog, OpenLinkDialog
from webhook_tui.ui.dialogs.page import PageDialog
from webhook_tui.ui.dialogs.replay.edited import Edit, EditedReplayDialog
from webhook_tui.ui.dialogs.replay.handler_check import OtherMachineDialog
from webhook_tui.ui.dialogs.replay.progress import ReplayingDialog
from webhook_tui.ui.dialogs.secrets.token import TokenDialog
from webhook_tui.ui.dialogs.webhook.ownership import ForeignWebhookDialog, UnknownOwnerDialog
from webhook_tui.ui.widgets.keys.key_button import KeyButton

FOREIGN = ForeignWebhook(
    "https://api.example.com/hooks/piktid", "2026-11-12T09:41:00+00:00", 200, "2026-11-23T14:18:00Z"
)
LETTERS = [
    (["a", "e"], ["Change the numbers      Cancel esc"], "Change the numbers e", ["tab"], ["escape"]),
    (["e", "tab"], ["   curl "], "c   curl ", ["shift+tab"], ["escape"]),
    (
        ["enter", "ctrl+f"],
        ["Test ping     Register     Delete  ", "verified when it arrives.  "],
        "Test ping t     Register u     Delete X",
        ["escape"],
        ["escape"],
    ),
    (["k", "enter", "ctrl+f"], ["1 below  "], "1 below · f follow the newest", ["escape"], ["escape"]),
]


async def test_no_letter_is_shown_as_a_key_where_it_is_text() -> None:
    """Buttons, menus and the note lose their letters while an input has the focus, and get them again."""
    async with stage(size=STACKED) as played:
        for keys, typing, key, back, close in LETTERS:
            await played.press(*keys)
            for text in typing:
                await played.until(text)
            assert key not in played.text()
            await played.press(*back)
            await played.until(key)
            await played.press(*close)
            await played.until(lambda: played.is_focused("deliveries"))


LONG_SECONDS = 600.0
"""A delay that lasts until the end of a test."""


async def test_what_is_typed_while_a_dialog_opens_is_not_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    """A held key does nothing; other keys reach a dialog that deletes nothing, in order, before it is drawn."""
    monkeypatch.setattr(Dialog, "ENABLE_DELAY_SECONDS", LONG_SECONDS)
    async with stage(size=STACKED) as played:
        for key in (Key("semicolon", ";"), Key("semicolon", ";"), Key("f", "f"), Key("o", "o"), Key("o", "o")):
            played.app.post_message(key)
            await played.until(lambda: isinstance(played.app.screen, Dialog))
        await played.until(lambda: [field.value for field in played.app.screen.query(Input)] == ["foo"])


def test_keys_typed_before_the_widgets_are_mounted_wait_in_order() -> None:
    """Until they are passed on, later ones queue behind them."""
    dialog = CommentDialog(12, "")
    f, o = Key("f", "f"), Key("o", "o")
    assert [dialog.takes(key, "semicolon") for key in (f, o)] == [False, False]
    assert dialog.take_early_keys() == [f, o]
    assert dialog.takes(o, "o")


async def test_a_dialog_that_warns_ignores_every_key_at_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is deleted by a key that was meant for the screen below."""
    monkeypatch.setattr(Dialog, "ENABLE_DELAY_SECONDS", LONG_SECONDS)
    async with stage(size=STACKED) as played:
        await played.press("X")
        await played.until("Delete the webhook?")
        await played.press("d", "enter", "escape")
        assert played.session.commands == []
        assert len(played.app.screen_stack) == 2
        monkeypatch.setattr(Dialog, "ENABLE_DELAY_SECONDS", 0.0)
        await played.press("d")
        await played.requested(DeleteWebhook())


async def test_a_dialog_can_be_left_by_leaving_the_program() -> None:
    """ctrl+q works everywhere, and at once."""
    async with stage(size=STACKED) as played:
        await played.press("X")
        await played.until("Delete the webhook?")
        await played.press("ctrl+q")
        await played.until(lambda: played.session.stops == 1)
    assert played.app.return_code == 0


NARROW = (45, 15)
REPLAY = ReplayProgress("http://127.0.0.1:3000/hook", 12)
ENDED = replace(REPLAY, state=ReplayState.ENDED, failed=1, missed=(3,))
LINK = "https://cdn.example.com/3.png"
TILES = tuple(Tile(TileState.DONE, link=ImageLink(f"{LINK}{number}"), received_at=NOW) for number in ("", "?2"))
ACTIONS = (
    *("piktid.delete", "piktid.register", "piktid.add_secret", "piktid.secret", "screen.help", "route.addresses"),
    *("delivery.comment", "delivery.delete", "delivery.replay", "delivery.simulate", "delivery.copy_as"),
    *("delivery.export", "delivery.diff", "receiver.answers", "receiver.forward", "history.runs"),
    *("app.status", "app.jobs", "app.contract", "app.handler_test"),
)
"""Each opens a dialog."""
OTHERS: tuple[Callable[[], Dialog[Any]], ...] = (
    lambda: JobDialog("job_7c1e90", now=lambda: NOW),
    lambda: LargeImageDialog("job_1", TILES, LINK, title="Images", now=lambda: NOW, in_ascii=False),
    lambda: LinksDialog([f"{LINK}?{number}" for number in range(30)]),
    lambda: OpenLinkDialog(LINK, Verdict.INVALID),
    lambda: PageDialog("A page", Content("line\n" * 100), "the page"),
    CopyContractDialog,
    lambda: EditedReplayDialog(8, b'{"a":1}', b'{"a":2}', Edit("http://127.0.0.1:3000/hook", True, True)),
    lambda: ReplayingDialog(REPLAY, stop=lambda: None, pause=lambda: None, in_ascii=False),
    lambda: ReplayingDialog(
        replace(REPLAY, state=ReplayState.ENDED, failed=1, missed=(3,)),
        stop=lambda: None,
        pause=lambda: None,
        in_ascii=False,
    ),
    lambda: OtherMachineDialog("https://api.example.com/hook"),
    lambda: TokenDialog(None, can_try_sandbox=True),
    lambda: ForeignWebhookDialog(FOREIGN, now=lambda: NOW),
    UnknownOwnerDialog,
)


def _kinds(base: type[Dialog[Any]]) -> set[type[Dialog[Any]]]:
    return {kind for each in base.__subclasses__() for kind in (each, *_kinds(each))}


def _push(played: Stage, make: Callable[[], Dialog[Any]]) -> None:
    played.app.push_screen(make())


async def _check_buttons(played: Stage) -> None:
    """Each button can be seen whole, if need be after scrolling the sheet."""
    dialog = played.app.screen
    buttons = [
        button
        for button in dialog.query(KeyButton)
        if all(node.display for node in button.ancestors_with_self if isinstance(node, Widget))
    ]
    for button in buttons:
        shown = dialog.find_widget(button)
        if shown.visible_region != shown.region:
            button.scroll_visible(animate=False, immediate=True)
            await played.pilot.pause()
            shown = dialog.find_widget(button)
        assert shown.visible_region == shown.region, (type(dialog), button.id)
        line = played.lines()[shown.region.y][shown.region.x : shown.region.right]
        assert line.strip() == str(button.label), (type(dialog), line)
    assert len({tuple(button.region) for button in buttons}) == len(buttons)


@pytest.mark.timeout(240)
async def test_every_button_of_every_dialog_can_be_reached() -> None:
    """On a usual terminal and on a narrow one."""
    session = FakeSession.running()
    session.runs = (Run(1, NOW, None, {Verdict.VALID: 12}),)
    for seq in (3, 5):
        session.rows.set(seq, marked=True)
    session.rows.refresh()
    kinds = set()
    async with stage(session, size=STACKED, sandbox=FakeSession) as played:
        openings: list[Callable[[], object]] = [partial(played.main.action_run, name) for name in ACTIONS]
        openings += [partial(_push, played, make) for make in OTHERS]
        sizes = (STACKED, NARROW)
        for open_dialog in openings:
            open_dialog()
            await played.until(lambda: len(played.app.screen_stack) == 2)
            await played.pilot.pause()
            kinds.add(type(played.app.screen))
            await _check_buttons(played)
            sizes = sizes[::-1]
            await played.pilot.resize_terminal(*sizes[0])
            await _check_buttons(played)
            await played.press("escape")
            if isinstance(played.app.screen, Dialog):  # there esc goes back, or has no safe answer
                played.app.screen.dismiss(None)
            await played.dialog_closed()
    assert kinds == {kind for kind in _kinds(Dialog) if kind.__module__.startswith("webhook_tui.")}


def test_the_buttons_have_one_order() -> None:
    """What enter carries out comes first and esc after it; in a question, and on a page, esc comes first."""
    orders: dict[str, tuple[str, ...]] = {}
    for path in Path(dialogs.__path__[0]).rglob("*.py"):
        for kind in (one for one in ast.parse(path.read_text("utf-8")).body if isinstance(one, ast.ClassDef)):
            is_page = any("WAY" in ast.unparse(one).partition("=")[0] for one in kind.body)
            for made in (one for one in kind.body if isinstance(one, ast.FunctionDef) and one.name == "buttons"):
                calls = [one for one in ast.walk(made) if isinstance(one, ast.Call) and len(one.args) > 1]
                keys = [ast.literal_eval(one.args[1]) for one in sorted(calls, key=lambda one: one.lineno)]
                order = tuple(dict.fromkeys(key for key in keys if key in ("enter", "esc")))
                orders[kind.name] = order[:1] if is_page else order
    assert len(orders) > 20
    assert set(orders.values()) == {("esc",), ("enter", "esc"), ()}
