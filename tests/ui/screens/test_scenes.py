"""Whole screens as snapshots: the text at two sizes, and on the small one the colours in both of our themes."""

from __future__ import annotations

import string
from collections.abc import Awaitable, Callable, Mapping

import pytest
from msgspec.structs import replace
from rich.style import Style
from textual.widgets import Input

from tests.ui.dialogs import test_contract, test_status
from tests.ui.dialogs.jobs import test_jobs
from tests.ui.fake_session import PUBLIC, RUNNING, WAITING, FakeSession
from tests.ui.format.delivery.test_signature import CAUSE, report
from tests.ui.forwards import forwarding
from tests.ui.memory_rows import mock_up_rows
from tests.ui.ring import RING
from tests.ui.snapshots import Snapshot
from tests.ui.stage import STACKED, WIDE, Stage, stage
from tests.ui.terminal_view import strips
from webhook_tui.domain.errors import Problem
from webhook_tui.domain.queries import ExplainSignature, ListSecrets
from webhook_tui.domain.status import TunnelState, TunnelStatus, WebhookState, WebhookStatus

LETTERS = string.ascii_letters + string.digits
DEAD_TUNNEL = TunnelStatus(
    TunnelState.DOWN,
    "ssh",
    "localhost.run",
    PUBLIC,
    problem=Problem("The tunnel is down: ssh ended.", "It is opened again by itself.", is_transient=True),
)
WRONG_TOKEN = WebhookStatus(
    WebhookState.NOT_REGISTERED,
    problem=Problem("PiktID refused the token (401).", "Create one; u enters it.", needs_token=True),
)


def _running() -> FakeSession:
    session = FakeSession(replace(RUNNING, ring_place="file, 0600"), mock_up_rows())
    session.values = {"verdict": (("valid", 6), ("invalid", 1)), "event": (("ping", 4), ("batch_edit", 4))}
    session.answers[ExplainSignature(8)] = report(CAUSE, "fits only without the last newline")
    session.answers[ListSecrets()] = RING
    return session


def _with_marked() -> FakeSession:
    session = FakeSession.running()
    session.rows.set(8, marked=True)
    session.rows.refresh()
    return session


async def _choose(played: Stage, seq: int) -> None:
    await played.press("g", *["j"] * (seq - 1))
    await played.until(lambda: played.main.deliveries.detail.seq == seq)


def _after(*keys: str, shows: str, seq: int = 0) -> Callable[[Stage], Awaitable[None]]:
    async def arrive(played: Stage) -> None:
        if seq:
            await _choose(played, seq)
        await played.press(*keys)
        await played.until(shows)

    return arrive


async def _filter(played: Stage) -> None:
    await played.press("slash", *"image")
    await played.until("4 of 12")
    await played.until(lambda: played.main.deliveries.detail.seq == 10)


async def _crash(played: Stage) -> None:
    played.session.die()
    await played.until("Session ended unexpectedly.")


SCENES: Mapping[str, tuple[Callable[[], FakeSession], Callable[[Stage], Awaitable[None]]]] = {
    "live": (_running, _after(shows="following the newest")),
    "steps": (lambda: FakeSession(WAITING), _after(shows="no ping for")),
    "filter": (_running, _filter),
    "payload": (_running, _after("enter", "z", shows="esc Back", seq=8)),
    "signature": (_running, _after("w", shows="What to change", seq=8)),
    "secrets": (_running, _after("S", shows="5 in the ring")),
    "status": (test_status.session_with, _after("i", shows="Deliveries")),
    "jobs": (test_jobs.session_with, _after("J", shows="job_7c1e90  ")),
    "diff": (_with_marked, _after("D", shows="#8 and #10", seq=10)),
    "contract": (test_contract.session_with_contracts, _after("C", shows="valid deliveries of this account")),
    "help": (_running, _after("?", shows="esc closes")),
    "replay": (forwarding, _after("r", shows="0 marked", seq=8)),
    "export": (_running, _after("e", shows="0 marked")),
    "dead-tunnel": (
        lambda: FakeSession(replace(RUNNING, tunnel=DEAD_TUNNEL), mock_up_rows()),
        _after(shows="The tunnel is down"),
    ),
    "wrong-token": (lambda: FakeSession(replace(WAITING, webhook=WRONG_TOKEN)), _after(shows="refused the token")),
    "crashed": (_running, _crash),
}


def _look(style: Style | None) -> str:
    """Colours and attributes in words."""
    if style is None:
        return "default"
    colours = [color.get_truecolor().hex for color in (style.color, style.bgcolor) if color is not None]
    attributes = [name for name in ("bold", "italic", "underline", "reverse", "strike") if getattr(style, name)]
    return " ".join([" on ".join(colours), *attributes])


def _coloured(played: Stage) -> list[str]:
    """A letter for each cell, the same for the same look, and below them what each letter means."""
    letters: dict[str, str] = {}
    lines = []
    for strip in strips(played.app):
        looks = [(_look(segment.style), segment.cell_length) for segment in strip]
        lines.append("".join(letters.setdefault(look, LETTERS[len(letters)]) * cells for look, cells in looks))
    return [*lines, *(f"{letter} {look}" for look, letter in letters.items())]


@pytest.mark.parametrize("name", SCENES)
async def test_a_scene(name: str, snapshot: Snapshot) -> None:
    """The app starts once; then it is made smaller, and gets the other theme."""
    make_session, arrive = SCENES[name]
    async with stage(make_session(), size=WIDE) as played:
        await arrive(played)
        for each in played.app.screen.query(Input):
            each.cursor_blink = False
        await played.pilot.pause()
        shown = [*played.lines()]
        await played.pilot.resize_terminal(*STACKED)
        await played.pilot.pause()
        shown += ["", *played.lines()]
        for theme in ("webhook-dark", "webhook-light"):
            played.app.theme = theme
            await played.pilot.pause()
            shown += ["", theme, *_coloured(played)]
        snapshot(shown, f"scenes/{name}")
