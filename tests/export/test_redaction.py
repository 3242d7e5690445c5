"""No export holds a credential or a known secret, in whatever spelling it was received."""

from __future__ import annotations

import base64
import json
from urllib.parse import quote, quote_plus

import pytest
from msgspec.structs import replace

from tests.export.odd_deliveries import BODIES, HEADERS, stored
from webhook_tui.domain.delivery.delivery import StoredDelivery
from webhook_tui.domain.delivery.headers import SENSITIVE
from webhook_tui.domain.delivery.summary import Summary
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.export.destination import Destination
from webhook_tui.export.formats import FORMATS
from webhook_tui.export.redaction import REDACTED, redacted

SECRET = 'wh sec/+"é?canary=8f1d'
SPELLINGS = {
    "itself": SECRET,
    "URL": quote(SECRET, safe=""),
    "path": quote(SECRET),
    "form": quote_plus(SECRET),
    "URL in lower case": quote(SECRET, safe="").replace("%2F", "%2f").replace("%C3%A9", "%c3%a9"),
    "JSON": json.dumps(SECRET)[1:-1],
    "JSON in UTF-8": json.dumps(SECRET, ensure_ascii=False)[1:-1],
    "PHP's JSON": json.dumps(SECRET)[1:-1].replace("/", "\\/"),
    "in part": SECRET.replace("/", "%2f").replace("c", "\\u0063"),
    "hex": SECRET.encode().hex(),
    "HEX": SECRET.encode().hex().upper(),
}


def canaries() -> list[bytes]:
    """Pieces of the secret, plain and in each phase of base64, that must be nowhere."""
    key = SECRET.encode()
    return [
        b"canary",
        b"canary".hex().encode(),
        b"canary".hex().upper().encode(),
        *(base64.b64encode(b"\0" * phase + key)[8:-8] for phase in range(3)),
    ]


def assert_clean(content: bytes) -> None:
    """None of the pieces is there."""
    assert not [piece for piece in canaries() if piece in content]


@pytest.mark.parametrize("spelling", SPELLINGS.values(), ids=SPELLINGS.keys())
def test_a_secret_goes_by_its_value(spelling: str) -> None:
    """From body, header, target, event and words, in each spelling, and in every form that is written then."""
    raw = spelling.encode()
    one = stored(b'{"x": "' + raw + b'"}', ((b"X-Echo", b"a" + raw + b"z"), (b"X-Webhook-Event", raw)), "/h?s=")
    one = StoredDelivery(
        replace(
            one.row, event=spelling, summary=Summary(spelling, spelling, spelling, spelling), event_id=f'"{spelling}"'
        ),
        replace(one.delivery, target="/h?s=" + raw.decode("latin-1")),
    )

    clean = redacted(one, [Secret("another"), Secret(SECRET)])

    assert clean.delivery.body == b'{"x": "' + REDACTED + b'"}'
    assert clean.delivery.headers[0] == (b"X-Echo", b"a" + REDACTED + b"z")
    assert clean.delivery.target == "/h?s=[redacted]"
    for form in FORMATS.values():
        assert_clean(form.one(clean, Destination()))


@pytest.mark.parametrize("before", range(4))
@pytest.mark.parametrize("alphabet", ["standard", "for URLs"])
def test_a_secret_inside_base64_goes(before: int, alphabet: str) -> None:
    """Wherever it begins among the groups of three bytes, as in `user:password`."""
    encode = base64.b64encode if alphabet == "standard" else base64.urlsafe_b64encode
    text = encode(b"u" * before + SECRET.encode() + b":rest")

    clean = redacted(stored(b"[" + text + b"] [" + quote(text).encode() + b"]"), [Secret(SECRET)])

    assert clean.delivery.body.count(REDACTED) == 2
    assert_clean(clean.delivery.body)


@pytest.mark.parametrize("name", sorted(SENSITIVE))
def test_credentials_go_by_their_headers_name(name: bytes) -> None:
    """In any case; the name stays, so that one sees what was there."""
    one = stored(headers=((name.title(), b"Bearer canary"), (b"X-Webhook-Signature", b"sha256=00")))

    clean = redacted(one, [])

    assert clean.delivery.headers == ((name.title(), REDACTED), (b"X-Webhook-Signature", b"sha256=00"))
    for form in FORMATS.values():
        assert b"canary" not in form.one(clean, Destination())


def test_what_holds_no_secret_stays_as_it_is() -> None:
    """Bytes that are no text included; a value that is too short to be one is not searched for."""
    for body in BODIES.values():
        for headers in HEADERS.values():
            one = stored(body, headers)
            assert redacted(one, [Secret(SECRET), Secret(""), Secret("a")]) == one


def test_a_numeric_event_id_that_held_a_secret_is_still_json() -> None:
    """The forms that read it back must not break."""
    one = stored()
    one = StoredDelivery(replace(one.row, event_id="12345678"), one.delivery)

    line = FORMATS["jsonl"].one(redacted(one, [Secret("3456")]), Destination())

    assert json.loads(line)["event_id"] == "[redacted]"


def test_a_secret_that_holds_another_goes_whole() -> None:
    """The longer one first, so that no rest of it stays."""
    clean = redacted(stored(b"x-secret-and-more"), [Secret("secret"), Secret("secret-and-more")])

    assert clean.delivery.body == b"x-[redacted]"
