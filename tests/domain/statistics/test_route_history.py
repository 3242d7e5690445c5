"""The history of tunnel and registration, made from successive statuses."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from webhook_tui.domain.errors import Problem
from webhook_tui.domain.statistics.route_history import Call, Phase, RouteHistory
from webhook_tui.domain.status import SessionStatus, TunnelState, TunnelStatus, WebhookState, WebhookStatus

START = datetime(2026, 11, 23, 14, 2, tzinfo=UTC)
BROKE = Problem("The tunnel closed: ssh ended.", "")


class Telling:
    """Gives a log one status a second."""

    def __init__(self) -> None:
        self.log = RouteHistory()
        self.status = SessionStatus()
        self.seconds = 0

    def tunnel(self, state: TunnelState, url: str | None = None, **more: Any) -> None:
        """Another state of the tunnel."""
        self._tell(tunnel=TunnelStatus(state, public_url=url, **more))

    def webhook(self, state: WebhookState, **more: Any) -> None:
        """Another state of the registration."""
        self._tell(webhook=WebhookStatus(state, **more))

    def _tell(self, **changes: Any) -> None:
        self.status = replace(self.status, **changes)
        self.log.record(self.status, START + timedelta(seconds=self.seconds))
        self.seconds += 1

    def phases(self) -> list[tuple[str, int, int | None, str | None, str, int]]:
        """Word, from, until, URL, reason, tries."""
        return [
            (
                one.phase.value,
                (one.since - START).seconds,
                None if one.until is None else (one.until - START).seconds,
                one.public_url,
                one.reason,
                one.tries,
            )
            for one in self.log.phases
        ]


def test_a_tunnel_opens_breaks_is_tried_and_opens_again() -> None:
    """Trying again is part of being down; each phase ends where the next begins."""
    telling = Telling()
    telling.tunnel(TunnelState.WAITING)
    telling.tunnel(TunnelState.OPENING, tries=1)
    telling.tunnel(TunnelState.LIVE, "https://a.example")
    telling.tunnel(TunnelState.UNVERIFIED, "https://a.example")
    for tries in (1, 2, 3):
        telling.tunnel(TunnelState.DOWN, problem=BROKE, tries=tries)
        telling.tunnel(TunnelState.OPENING, tries=tries + 1)
    telling.tunnel(TunnelState.LIVE, "https://b.example")

    assert telling.phases() == [
        ("opening", 1, 2, None, "", 1),
        ("open", 2, 4, "https://a.example", "", 0),
        ("down", 4, 10, None, BROKE.message, 4),
        ("open again", 10, None, "https://b.example", "", 0),
    ]


def test_a_new_address_is_a_new_phase_and_giving_up_ends_it() -> None:
    """Without a moment of being down; only a person can help then."""
    telling = Telling()
    telling.tunnel(TunnelState.LIVE, "https://a.example")
    telling.tunnel(TunnelState.LIVE, "https://b.example")
    telling.tunnel(TunnelState.FAILED, problem=BROKE)

    assert [phase[0] for phase in telling.phases()] == ["open", "open again", "gave up"]


@pytest.mark.parametrize(
    ("state", "outcomes"),
    [
        (WebhookState.NOT_REGISTERED, ["not sent: the webhook that is there stays"]),
        (WebhookState.WATCHING, ["not sent: the webhook that is there stays"]),
        (WebhookState.TAKEN, []),
        (WebhookState.REGISTERED, ["registered"]),
    ],
)
def test_what_the_user_answers_is_there_once(state: WebhookState, outcomes: list[str]) -> None:
    """The question itself is no step."""
    telling = Telling()
    telling.webhook(WebhookState.REGISTERING)
    telling.webhook(WebhookState.AWAITING_CONSENT)
    assert not telling.log.steps
    if state is WebhookState.REGISTERED:
        telling.webhook(WebhookState.REGISTERING)
    telling.webhook(state)

    assert [step.outcome for step in telling.log.steps] == outcomes


def test_every_put_and_delete_is_there_with_what_came_of_it() -> None:
    """Refusals in PiktID's words, what another program did, and what the user did not want sent."""
    telling = Telling()
    url = "https://a.example/h/1"
    telling.tunnel(TunnelState.LIVE, "https://a.example")
    telling.webhook(WebhookState.REGISTERING)
    telling.webhook(WebhookState.NOT_REGISTERED, problem=Problem("PiktID answered 503.", ""))
    telling.webhook(WebhookState.REGISTERING)
    telling.webhook(WebhookState.REGISTERED, webhook_id=41, url=url)
    telling.webhook(WebhookState.REGISTERED, webhook_id=41, url=url, last_response_status=200)
    telling.webhook(WebhookState.STALE, webhook_id=41, url=url)
    telling.webhook(WebhookState.REGISTERING, webhook_id=41, url=url)
    telling.webhook(WebhookState.REGISTERED, webhook_id=42, url=url)
    telling.webhook(WebhookState.TAKEN, webhook_id=42, url=url, problem=Problem("x was registered instead.", ""))
    telling.webhook(WebhookState.REGISTERED, webhook_id=42, url=url)
    telling.webhook(WebhookState.DELETED, webhook_id=42, url=url)
    telling.webhook(WebhookState.REGISTERING)
    telling.webhook(WebhookState.WATCHING)
    telling.webhook(WebhookState.DELETED, problem=Problem("The webhook was deleted by another program.", ""))

    assert [(step.call, step.webhook_id, step.outcome, step.worked) for step in telling.log.steps] == [
        (Call.PUT, None, "PiktID answered 503.", False),
        (Call.PUT, 41, "registered", True),
        (Call.PUT, 42, "registered", True),
        (Call.OTHER, 42, "x was registered instead.", False),
        (Call.OTHER, 42, "ours after all", True),
        (Call.DELETE, 42, "deleted", True),
        (Call.PUT, None, "not sent: the webhook that is there stays", False),
        (Call.OTHER, None, "The webhook was deleted by another program.", False),
    ]


def test_it_is_bounded() -> None:
    """A tunnel that flaps all night costs no more than a hundred phases."""
    telling = Telling()
    for number in range(300):
        telling.tunnel(TunnelState.LIVE, f"https://{number}.example")
        telling.tunnel(TunnelState.DOWN, problem=BROKE)
    assert len(telling.log.phases) == 100
    assert telling.log.phases[-1].phase is Phase.DOWN
