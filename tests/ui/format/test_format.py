"""The tabs' words, to the character of the mock-ups: signature, headers, attempts; and notices and addresses."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from msgspec.structs import replace
from textual.content import Content

from tests.ui.fake_session import LISTENING, LIVE, NOW, RUNNING, WAITING
from tests.ui.memory_rows import mock_up_rows, stored_delivery
from webhook_tui.domain.comparison.compared_event import DifferingDelivery
from webhook_tui.domain.delivery.delivery import DeliveryRow
from webhook_tui.domain.diagnostics.report import Cause, RingLine, SignatureReport
from webhook_tui.domain.errors import Problem, Severity
from webhook_tui.domain.signature.secret_ring import Origin
from webhook_tui.domain.signature.verdict import Verdict
from webhook_tui.domain.status import ReceiverState, TunnelState, TunnelStatus, WebhookState, WebhookStatus
from webhook_tui.domain.units import ago, day_and_time
from webhook_tui.ui.format.addresses import short_host, short_url
from webhook_tui.ui.format.delivery.attempts import Sameness, attempts_text, outcome
from webhook_tui.ui.format.delivery.headers import header_lines, name_width, summary
from webhook_tui.ui.format.delivery.headline import headline, sentence
from webhook_tui.ui.format.delivery.signature import effort, signature_text
from webhook_tui.ui.format.status.notices import Notice, chosen
from webhook_tui.ui.format.status.steps import next_step, steps

RECEIVED = "sha256=5f1c9e0b7a2d4c6e8f001b223d445f66778a99aabbccddee0f011223344556e1"
EXPECTED = "sha256=c06d51f4be9a3377120c9d8e5b64af102e83d9f7716b05ca4488e1d03fb7925a"
CAUSE = Cause(
    "trailing-newline",
    "It fits without the newline at the end of the body.",
    "Fits without the last newline.",
    "The signature fits the body without its last byte, a newline.\n"
    "693 bytes were signed and 694 arrived: a client or a proxy added \\n.",
    "Send exactly the bytes that were signed. In curl use --data-binary.",
)
NEWER, OLDER = datetime(2026, 11, 23, 14, 19, tzinfo=UTC), datetime(2026, 11, 23, 14, 2, tzinfo=UTC)


def row(seq: int) -> DeliveryRow:
    """A row of the mock-ups."""
    return mock_up_rows()[seq - 1].row


def report(cause: Cause | None, note: str = "", *, older_fits: bool = False) -> SignatureReport:
    """A report on two secrets."""
    lines = (
        RingLine("a", "9f2c", NEWER, None, Origin.REGISTERED, is_current=True, fits=False, note=note),
        RingLine("b", "41d0", OLDER, NEWER, Origin.REGISTERED, is_current=False, fits=older_fits),
    )
    return SignatureReport(8, (RECEIVED,), EXPECTED, lines, cause, tried=1012, seconds=0.014)


def text(content: Content) -> list[str]:
    """Lines of text."""
    return [line.rstrip() for line in content.plain.split("\n")]


def test_the_signature_tab_with_a_cause() -> None:
    """Why, what to change, received and expected, the ring; as the mock-up has it."""
    found = report(CAUSE, "fits only without the last newline")

    assert text(signature_text(found, row(8), 78, NOW)) == [
        "Why",
        "The signature fits the body without its last byte, a newline.",
        "693 bytes were signed and 694 arrived: a client or a proxy added \\n.",
        "",
        "What to change",
        "Send exactly the bytes that were signed. In curl use --data-binary.",
        "",
        "received    sha256=5f1c9e0b7a2d4c6e8f001b223d445f66",
        "                   778a99aabbccddee0f011223344556e1",
        "expected    sha256=c06d51f4be9a3377120c9d8e5b64af10",
        "                   2e83d9f7716b05ca4488e1d03fb7925a",
        "",
        "secret 9f2c  current (14:19:00)  fits only without the last newline",
        "secret 41d0  until 14:19:00      does not fit",
    ]
    assert effort(found) == "1,012 checks, 14 ms"
    assert effort(msgspec.structs.replace(found, tried=1)) == "1 check, 14 ms"


def test_the_signature_tab_without_a_cause_says_what_to_do() -> None:
    """Which key helps."""
    shown = text(signature_text(report(None), row(8), 78, NOW))

    assert shown[1] == (
        "Not the signature of this body with any known secret. No known cause matches (2 secrets, 1,012 checks, 14 ms)."
    )
    assert shown[3:6] == [
        "What to do",
        "u   register again: PiktID issues a new secret, and its ping must be valid",
        "p   add the secret you have: stored deliveries are checked again",
    ]


def test_the_signature_tab_of_an_older_secret() -> None:
    """How long ago it was replaced, and that others would have refused it."""
    late = replace(row(6), received_at=NEWER + timedelta(seconds=3))
    shown = text(signature_text(report(None, older_fits=True), late, 78, NOW))

    assert shown == [
        "Why",
        (
            "It is signed with secret 41d0, which was replaced 3 s before the delivery arrived. "
            "A server that knows only the newest secret would have refused it."
        ),
        "",
        "received    sha256=5f1c…  equal to the expected one, all 64 digits",
        "",
        "secret 9f2c  current (14:19:00)  does not fit",
        "secret 41d0  until 14:19:00      fits",
    ]


def test_the_signature_tab_of_a_secret_that_was_added() -> None:
    """It names the secret, and never says that PiktID signed it, whichever way it was added."""
    for origin in (Origin.KEPT, Origin.ENTERED, Origin.OPTION, Origin.FILE):
        line = RingLine("c", "c7e8", NEWER, None, origin, is_current=False, fits=True)
        shown = text(signature_text(msgspec.structs.replace(report(None), lines=(line,)), row(1), 78, NOW))

        assert shown[1] == "It matches secret c7e8, which was added by hand. PiktID did not issue that secret here."
        assert shown[-1] == f"secret c7e8  {origin.label:<20}fits"


def test_the_signature_tab_of_a_secret_that_is_gone() -> None:
    """A secret of one run is not in the ring of a later one."""
    added = replace(row(1), reason="Matches the secret you added (c7e8).")

    explained = "It was valid when it was verified. The secret is not in the ring any more."
    assert text(signature_text(report(None), added, 78, NOW))[1] == explained


@pytest.mark.parametrize("width", [78, 53, 47, 40, 20])
@pytest.mark.parametrize("verdict", list(Verdict))
def test_every_verdict_is_explained_at_every_width(verdict: Verdict, width: int) -> None:
    """Digests are in halves of 32; nothing but wrapped prose is wider than the pane from 47 columns on."""
    stored = stored_delivery(1, verdict).row
    lines = text(signature_text(report(None), stored, width, NOW))

    assert lines[0] == "Why"
    assert lines[1]
    digits = [line for line in lines if "778a99aabbccddee0f011223344556e1" in line]
    assert all(len(line) <= max(width, 42) for line in digits)


def test_no_secret_no_signature_and_hostile_values() -> None:
    """What is missing is said, what is hostile is harmless."""
    empty = SignatureReport(8, (), None, ())
    assert "received    none" in text(signature_text(empty, row(8), 78, NOW))
    hostile = msgspec.structs.replace(report(CAUSE), received=("sha256=\x1b]2;x\x07" + "a" * 4000,), notes=("dup\x1b",))
    shown = signature_text(hostile, row(8), 78, NOW).plain
    assert "\x1b" not in shown
    assert len(shown) < 2000
    assert effort(empty) == ""


def test_headers_in_their_order_with_marks() -> None:
    """The three that matter first, names as sent; what is twice or claimed is marked."""
    stored = stored_delivery(
        1,
        headers=(
            (b"hOST", b"x"),
            (b"X-Webhook-Signature", b"sha256=" + b"0" * 64),
            (b"X-Twice", b"1"),
            (b"content-type", b"application/json"),
            (b"x-twice", b"2"),
            (b"X-Forwarded-For", b"203.0.113.24"),
        ),
    )
    lines = header_lines(stored.delivery.headers)
    width = name_width(lines, 78)
    shown = ["" if one is None else one.content(width, 60, whole=False).plain.rstrip() for one in lines]

    assert shown == [
        "content-type          application/json",
        "X-Webhook-Signature   sha256=000000000000000000000000000000…",
        "",
        "hOST                  x",
        "X-Twice               1                                twice",
        "x-twice               2                                twice",
        "X-Forwarded-For       203.0.113.24                   claimed",
    ]
    assert summary(stored.delivery, 40) == "6 headers, 190 B"
    assert summary(stored.delivery, 70) == "6 headers, 190 B, in order of arrival below the first three"
    whole = lines[1].content(width, 60, whole=True).plain.split("\n") if lines[1] else []
    assert [len(line) for line in whole] == [60, 55]


def test_the_attempts_of_the_mock_up() -> None:
    """Gaps, factors, the line to scale, and what they say."""
    times = (0.0, 30.907, 92.53, 214.788)
    start = datetime(2026, 11, 23, 14, 2, 58, 114_000, tzinfo=UTC)
    rows = [
        stored_delivery(
            number, at=start + timedelta(seconds=at), attempt=number, answered=200 if number == 4 else 503, event_id="7"
        ).row
        for number, at in enumerate(times, 1)
    ]
    same = [Sameness(None, None), *[Sameness(body=True, signature=True)] * 3]
    shown = text(attempts_text(rows, same, 78, NOW))

    assert shown[:5] == [
        " attempt   time           after   factor   answered   body    signature",
        "       1   14:02:58.114       –        –        503   –       –",
        "       2   14:03:29.021  30.9 s        –        503   same    same",
        "       3   14:04:30.644  61.6 s      2.0        503   same    same",
        "       4   14:06:32.902 122.3 s      2.0        200   same    same",
    ]
    assert shown[6].startswith("14:02:58")
    assert shown[6].endswith("14:06:32")
    assert shown[7].count("●") == 4
    assert shown[8].split() == ["503", "503", "503", "200"]
    assert shown[10:] == [
        "Each wait is 2.0 times the one before: about 30 s, 60 s, 120 s.",
        "Measured: 3 waits of this event, at most 1 % off.",
        "Had this one failed too, the next was due about 14:10:36.",
        "",
        "The body and the signature were equal in all 4 attempts.",
    ]
    assert outcome(rows) == "Answered 200 after 3 refusals."


def test_attempts_near_each_other_share_a_dot() -> None:
    """With their number in it; whatever the gaps, the tab stands."""
    start = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
    rows = [
        stored_delivery(n, at=start + timedelta(seconds=at), attempt=n + 1, answered=None).row
        for n, at in enumerate((0, 0.1, 0.2, 60))
    ]
    shown = attempts_text(rows, [Sameness(None, None)] * 4, 60, NOW).plain
    assert "\n3──" in shown
    assert "body    signature" not in shown
    alike = [replace(one, received_at=start) for one in rows]
    assert "\n4" in attempts_text(alike, [Sameness(None, None)] * 4, 30, NOW).plain
    assert outcome(rows).startswith("Not accepted in 4 attempts")
    differing = [Sameness(None, None), *[Sameness(body=False, signature=False)] * 3]
    assert "The body was not the same" in attempts_text(rows, differing, 60, NOW).plain


@pytest.mark.parametrize("width", [20, 38, 54, 78])
def test_the_headline_gives_way_but_keeps_verdict_and_event(width: int) -> None:
    """Time and size go first, then the end of a long name."""
    long = replace(row(8), event="an_event_with_quite_a_long_name_\x1b")
    line = headline(long, width, NOW, in_ascii=False)

    assert line.plain.startswith(" ✗ invalid   an_even")
    assert "\x1b" not in line.plain
    assert sentence(row(8), 58, with_key=True).plain == "It fits without the newline at the end of the body.  w Why"
    assert sentence(row(8), 57, with_key=True).plain == "Fits without the last newline.  w Why"
    assert sentence(row(8), 33, with_key=True).plain == "Fits without the last newline. w"


@pytest.mark.parametrize(
    ("number", "width", "paths", "text"),
    [
        (1, 60, 1, "Signed by PiktID. Differs from SSE: $.data.status.  w Why"),
        (1, 70, 3, "Signed by PiktID. Differs from SSE: $.data.status and 2 more."),
        (1, 50, 1, "Valid, differs from SSE.  w Why"),
        (8, 60, 1, "Fits without the last newline. Differs from SSE.  w Why"),
    ],
)
def test_the_sentence_says_that_a_delivery_was_altered(number: int, width: int, paths: int, text: str) -> None:
    """With the first path where there is room."""
    differing = DifferingDelivery(number, "$.data.status", paths)
    assert sentence(row(number), width, with_key=True, differing=differing).plain.startswith(text)


def test_the_most_severe_notice_has_the_place() -> None:
    """Error before warning before tip; what is hidden makes room for the next."""
    note = Problem("A note.", "", severity=Severity.WARNING)
    problem = Problem("Out of order (503).", "Retrying in {again}; u tries now.")
    webhook = WebhookStatus(WebhookState.NOT_REGISTERED, problem=problem, next_try_at=NOW + timedelta(seconds=8))
    status = replace(WAITING, webhook=webhook, notes=(note,), sandbox=True)

    first = chosen(status, None, frozenset())
    assert first is not None
    assert [line.plain for line in first.lines(NOW)] == ["Out of order (503).", "Retrying in 8 s; u tries now."]
    second = chosen(status, None, frozenset({problem.message}))
    assert second == Notice(note)
    assert len(second.lines(NOW)) == 1
    third = chosen(status, None, frozenset({problem.message, note.message}))
    assert third is not None
    assert third.problem.severity is Severity.TIP
    assert chosen(WAITING, None, frozenset()) is None


def test_the_steps_follow_the_route() -> None:
    """Each state of each link has its words and, after a failure, its button."""
    opening = TunnelStatus(TunnelState.OPENING, "ssh", "localhost.run", since=NOW - timedelta(seconds=4))
    words = {step.name: step.text for step in steps(replace(LISTENING, tunnel=opening), NOW)}
    assert words == {
        "receiver": "127.0.0.1:9876",
        "tunnel": "ssh to localhost.run, 4 s; gives up after 20 s",
        "webhook": "is registered when the tunnel is open",
        "ping": "PiktID sends one at once",
    }
    problem = Problem("There is no ssh on this machine.", "Install OpenSSH.")
    failed = replace(LISTENING, tunnel=TunnelStatus(TunnelState.FAILED, problem=problem))
    assert steps(failed, NOW)[1].text == "not open: There is no ssh on this machine"
    assert next_step(failed) == "register"
    assert next_step(WAITING) == "ping"
    for webhook in WebhookState:
        for tunnel in TunnelState:
            for receiver in ReceiverState:
                status = replace(
                    RUNNING,
                    receiver=replace(RUNNING.receiver, state=receiver),
                    tunnel=replace(LIVE, state=tunnel),
                    webhook=replace(RUNNING.webhook, state=webhook),
                )
                assert all(step.text for step in steps(status, NOW))


def test_addresses_and_moments_are_shortened_harmlessly() -> None:
    """What cannot be parsed is shown as received, sanitised."""
    assert short_host("b7c41d09ee2f4a.lhr.life") == "b7c4….lhr.life"
    assert short_host("api.x.com") == "api.x.com"
    assert short_url("https://a.b/h/4f9c0123456789abcdef0123456ae21a") == "https://a.b/h/4f9c…e21a"
    assert ago("2026-11-23T14:18:02Z", NOW) == "4 min ago"
    assert day_and_time("yesterday\x1b", NOW) == "yesterday␛"
