"""Events of our own from a real session: to itself, to a real app, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.session.forwarding.test_forwarder import watching
from tests.session.local_app import local_app
from tests.session.running import Running, session_of, settings
from webhook_tui.domain.answer_rules.rules import parse
from webhook_tui.domain.commands import SetAnswerRule, SimulateEvent
from webhook_tui.domain.events import DeliveryStored, Notified, ProblemOccurred, RowChanged
from webhook_tui.domain.queries import GetComparison
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.domain.signature.signature import sign
from webhook_tui.domain.signature.verdict import Verdict
from webhook_tui.session.forwarding.simulation import COMMENT

REFUSED = b"HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n"


def secret_of(running: Running) -> Secret:
    """The current one."""
    current = running.session.runtime.secret_ring.ring.current
    assert current is not None
    return current.secret


async def test_to_the_receiver_it_is_a_valid_delivery_that_says_what_it_is(tmp_path: Path) -> None:
    """Of any kind, a sample or bytes of any kind; the event stream is not asked about it."""
    body = b'{"id": 5,\r\n "name": "other\xff"}'
    async with session_of(settings(tmp_path, sandbox=True)) as running:
        await running.until(lambda status: status.webhook.secret_since is not None)
        running.ask(SimulateEvent("identity_preprocessing", None))
        running.ask(SimulateEvent("made.up", None, body))
        arrived = await running.event(DeliveryStored, lambda event: event.row.event == "made.up")
        sample = await running.event(
            DeliveryStored, lambda event: b"X-Webhook-Simulated" in dict(event.delivery.headers) and event != arrived
        )
        changed = await running.event(RowChanged, lambda event: event.row.seq == arrived.row.seq)
        said = await running.event(Notified, lambda event: "made.up" in event.sentence)

        assert arrived.delivery.body == body
        assert (arrived.row.verdict, sample.row.verdict) == (Verdict.VALID, Verdict.VALID)
        assert json.loads(sample.delivery.body)["name"] == sample.row.event == "identity_preprocessing"
        assert changed.row.comment == COMMENT
        assert said.sentence.startswith("Sent made.up to the receiver: 200 in ")
        assert sample.row.event_id is not None
        compared = await running.answer(GetComparison())
        assert compared is None or sample.row.event_id not in [event.event_id for event in compared.events]


async def test_the_receiver_answers_it_by_its_rule(tmp_path: Path) -> None:
    """The result says so and has no advice."""
    async with session_of(settings(tmp_path, sandbox=True)) as running:
        await running.until(lambda status: status.webhook.secret_since is not None)
        running.ask(SetAnswerRule(parse("503")))
        running.ask(SimulateEvent("ping", None))
        problem = (await running.event(ProblemOccurred, lambda event: "Sent" in event.problem.message)).problem

        assert problem.message.startswith("Sent ping to the receiver: 503 in ")
        assert problem.hint == ""


async def test_to_a_url_it_is_signed_over_its_bytes(tmp_path: Path) -> None:
    """The app's answer is shown, with its meaning where it is no 2xx; no text of ours is in it."""
    body = bytes(range(256))
    async with local_app(REFUSED) as app, session_of(settings(tmp_path, sandbox=True)) as running:
        await running.until(lambda status: status.webhook.secret_since is not None)
        running.ask(SimulateEvent("größe", f"{app.url}/hook?a=1", body))
        problem = (await running.event(ProblemOccurred, lambda event: "Sent" in event.problem.message)).problem

        assert app.requests[0].startswith(b"POST /hook?a=1 HTTP/1.1\r\n")
        assert app.body() == body
        assert f"X-Webhook-Signature: {sign(secret_of(running), body)}".encode() in app.headers()
        assert "X-Webhook-Event: größe".encode() in app.headers()
        assert b"Simulated" not in app.requests[0]
        assert problem.hint.startswith("Your app wants a login")


@pytest.mark.parametrize(
    ("command", "message"),
    [
        (SimulateEvent("ping", None), "There is no current secret to sign with."),
        (SimulateEvent("ping", "http://192.0.2.1/"), "Deliveries are forwarded within this machine only."),
        (SimulateEvent("two\nlines", None), "That cannot be an event's name."),
    ],
)
async def test_what_cannot_be_sent_is_reported(tmp_path: Path, command: SimulateEvent, message: str) -> None:
    """And nothing arrives."""
    given = () if command.url is None and command.event == "ping" else (Secret("s"),)
    async with watching(tmp_path, secrets=given) as (running, _):
        running.ask(command)
        problem = (await running.event(ProblemOccurred)).problem

        assert problem.message == message
        assert not running.all(DeliveryStored)
