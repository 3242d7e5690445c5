"""What a handler is sent, what it should answer, and what it means when it does not; pure.

Deliveries are as PiktID documents them. What PiktID leaves open (data, sizes, order, unknown events) is tested for what
a handler must survive in any case.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from webhook_tui import __version__
from webhook_tui.domain.delivery.headers import Headers
from webhook_tui.domain.forwarding.handler_check import Expected
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.domain.signature.signature import headers_with, sign
from webhook_tui.http.sender import Pieces

LARGE = 1_048_576
"""Bytes of the large delivery."""
SLOW = Pieces(count=5, pause_seconds=0.1)

_STRANGER = Secret("whsec_of_another_sender")
_UNSET = ("", "undefined", "null", "None")
_AGENT = f"webhook-tui-check/{__version__}"


class Message(Struct, frozen=True):
    """One request to the handler."""

    headers: Headers
    body: bytes
    pieces: Pieces | None = None


class Case(Struct, frozen=True):
    """One test; every message of it must be answered as expected."""

    name: str
    """Stable, for programs."""
    title: str
    messages: tuple[Message, ...]
    expected: Expected
    meaning: str
    """What it means when the answer is wrong: an acceptance where REFUSED is expected, a refusal where ACCEPTED is,
    a crash where SURVIVED is."""
    advice: str
    """What to change then."""


def cases(
    secret: Secret, samples: Sequence[tuple[str, Mapping[str, object]]], *, first_id: int, now: float
) -> tuple[Case, ...]:
    """All tests in order. `samples`: names and data of valid events; `now`: Unix seconds for their timestamps."""
    maker = _Maker(secret, first_id, now)
    return (*_good(maker, samples), *_forged(maker), *_odd(maker), _last(maker))


class _Maker:
    """Makes events with ids that this run has not used yet."""

    def __init__(self, secret: Secret, first_id: int, now: float) -> None:
        self.secret = secret
        self.now = now
        self._ids = itertools.count(first_id)

    def body(self, name: str = "ping", data: Mapping[str, object] | None = None, *, age: float = 0.0) -> bytes:
        event = {"id": next(self._ids), "name": name, "data": dict(data or {}), "timestamp": self.now - age}
        return json.dumps(event).encode("ascii")

    def signed(self, body: bytes, name: str = "ping", pieces: Pieces | None = None) -> Message:
        return _message(name, body, sign(self.secret, body).encode("ascii"), pieces)

    def forged(self, signature: bytes | None) -> Message:
        """A good body under a signature that is not its own."""
        return _message("ping", self.body(), signature)

    def wrongly_signed(self, key: Secret) -> Message:
        body = self.body()
        return _message("ping", body, sign(key, body).encode("ascii"))

    def respelled(self, prefix: str, *, upper: bool) -> Message:
        """The right digits in another shape."""
        body = self.body()
        digits = sign(self.secret, body).removeprefix("sha256=")
        return _message("ping", body, (prefix + (digits.upper() if upper else digits)).encode("ascii"))


def _message(name: str, body: bytes, signature: bytes | None, pieces: Pieces | None = None) -> Message:
    return Message(headers_with(name, signature, agent=_AGENT), body, pieces)


def _good(maker: _Maker, samples: Sequence[tuple[str, Mapping[str, object]]]) -> Iterator[Case]:
    for name, data in samples:
        yield Case(
            f"valid-{name}",
            f"valid: {name}",
            (maker.signed(maker.body(name, data), name),),
            Expected.ACCEPTED,
            "Refuses a valid delivery: PiktID sends it again and again.",
            "Is the secret the right one? Verify the raw body, before anything parses it.",
        )
    yield Case(
        "spelling",
        "valid: JSON in other spelling",
        (maker.signed(_respelled_json(maker)),),
        Expected.ACCEPTED,
        "Verifies JSON that was parsed and written again.",
        "Verify the bytes as they were received.",
    )


def _respelled_json(maker: _Maker) -> bytes:
    event = json.loads(maker.body())
    text = f'{{ "timestamp":{event["timestamp"]}0, "name" :"ping",\n  "data": {{"note": "Zoë \\u00eb \\/"}}, '
    return f'{text}"id":{event["id"]} }}\n'.encode()


def _forged(maker: _Maker) -> Iterator[Case]:
    def refused(name: str, title: str, meaning: str, advice: str, *messages: Message) -> Case:
        return Case(name, title, messages, Expected.REFUSED, meaning, advice)

    forgery = "Anyone who knows the URL can forge events."
    check = "Compare the whole header with sha256= and the HMAC of the raw body, and answer 401."
    yield refused(
        "wrong-secret",
        "wrong secret",
        f"Accepts a signature made with another secret. {forgery}",
        check,
        maker.wrongly_signed(_STRANGER),
    )
    signed = maker.signed(maker.body(data={"note": "checked"}))
    yield refused(
        "changed-byte",
        "changed byte",
        f"Accepts a body that was changed after signing. {forgery}",
        check,
        Message(signed.headers, signed.body.replace(b"checked", b"checkeD")),
    )
    yield refused(
        "missing-header",
        "missing signature",
        f"Accepts a delivery without a signature. {forgery}",
        "Answer 401 when X-Webhook-Signature is missing.",
        maker.forged(None),
    )
    yield refused(
        "empty-signature",
        "empty signature",
        f"Accepts a signature without digits. {forgery}",
        check,
        maker.forged(b""),
        maker.forged(b"sha256="),
    )
    yield refused(
        "cut-signature",
        "cut signature",
        "Accepts the beginning of a signature: it can be guessed.",
        "Compare all of it, in constant time.",
        _cut(maker),
    )
    yield refused(
        "unset-secret",
        "signed with no secret",
        f"Accepts a signature made with an empty secret, undefined, null or None. {forgery}",
        "Is the secret set where it runs? Refuse to start when it is empty.",
        *(maker.wrongly_signed(Secret(text)) for text in _UNSET),
    )
    yield refused(
        "no-prefix",
        "no sha256= prefix",
        "Accepts digits without sha256=, which PiktID never sends.",
        "Compare the whole header.",
        maker.respelled("", upper=False),
    )
    yield refused(
        "upper-case",
        "upper-case digits",
        "Accepts upper-case digits, which PiktID never sends.",
        "Compare the header as received.",
        maker.respelled("sha256=", upper=True),
    )
    yield refused(
        "not-ascii",
        "signature not ASCII",
        f"Accepts a signature of other characters than hex digits. {forgery}",
        check,
        maker.forged(b"sha256=\xe9\xff" + b"0" * 62),
    )
    signed = maker.signed(maker.body())
    yield refused(
        "empty-body",
        "empty body",
        f"Accepts an empty body with another body's signature. {forgery}",
        check,
        Message(signed.headers, b""),
    )


def _cut(maker: _Maker) -> Message:
    body = maker.body()
    return _message("ping", body, sign(maker.secret, body)[:17].encode("ascii"))


def _odd(maker: _Maker) -> Iterator[Case]:
    twice = maker.signed(maker.body())
    yield Case(
        "duplicate-id",
        "the same event twice",
        (twice, twice),
        Expected.ACCEPTED,
        "Refuses an event that was already delivered: PiktID repeats one when an answer was lost.",
        "Remember event ids, and answer 200 to one already handled.",
    )
    older = maker.body(age=60.0)
    yield Case(
        "reordered",
        "a newer event before an older",
        (maker.signed(maker.body()), maker.signed(older)),
        Expected.ACCEPTED,
        "Refuses an event that comes late: a delivery that failed comes after those that followed it.",
        "Accept events in any order.",
    )
    yield Case(
        "unknown-event",
        "unknown event",
        (maker.signed(maker.body("brand_new_event", {"x": 1}), "brand_new_event"),),
        Expected.SURVIVED,
        "An event of a new kind crashes it: PiktID may add kinds.",
        "Answer 200 and ignore those that are not known.",
    )
    yield Case(
        "not-json",
        "not JSON, well signed",
        tuple(maker.signed(body) for body in (b"this is no JSON", b"\xff\xfe\x00", b'{"id": 1, "name": "pi')),
        Expected.SURVIVED,
        "A body that is not JSON crashes it.",
        "Answer 400.",
    )
    yield Case(
        "other-json",
        "JSON of another shape",
        tuple(
            maker.signed(body)
            for body in (b"[]", b"null", b"{}", b'{"id": "a", "name": null, "data": [], "timestamp": "now"}')
        ),
        Expected.SURVIVED,
        "JSON without the usual members crashes it.",
        "The members of data are not documented: rely on none.",
    )
    yield Case(
        "large",
        "1 MiB",
        (maker.signed(_large(maker)),),
        Expected.ACCEPTED,
        "Refuses a large delivery.",
        "Frameworks have limits of their own (Express: 100 kB): raise them.",
    )
    yield Case(
        "slow",
        "slow, in pieces",
        (maker.signed(maker.body(), pieces=SLOW),),
        Expected.ACCEPTED,
        "Refuses a body that comes in pieces.",
        "Read all of it, up to Content-Length, before verifying it.",
    )


def _large(maker: _Maker) -> bytes:
    body = maker.body(data={"padding": ""})
    return body.replace(b'"padding": "', b'"padding": "' + b"x" * (LARGE - len(body)))


def _last(maker: _Maker) -> Case:
    return Case(
        "still-there",
        "valid, after all that",
        (maker.signed(maker.body()),),
        Expected.ACCEPTED,
        "No longer accepts a valid delivery: one of the requests before broke it.",
        "Its own log says which.",
    )
