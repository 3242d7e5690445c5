"""Every known cause, produced here with hmac, hashlib, base64 and literal bytes only, is named by the explainer."""

from __future__ import annotations

import base64
import gzip
import hashlib
import hmac
import json
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.factories import row
from webhook_tui.domain.delivery.delivery import Delivery, StoredDelivery
from webhook_tui.domain.delivery.headers import Headers
from webhook_tui.domain.diagnostics.engine import explain
from webhook_tui.domain.diagnostics.report import Examination, SignatureReport, with_cause
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.domain.signature.secret_ring import SecretRing
from webhook_tui.domain.signature.signature import check_signature
from webhook_tui.domain.signature.verdict import Verdict

NOW = datetime(2026, 11, 23, 14, 20, tzinfo=UTC)
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
HEX_SECRET = "00ff10aa" * 8
TOKEN = "pk_live_0123456789"
TARGET = "/h/5c1d?via=tunnel"
BODY = (
    b'{"name": "image_result", "id": 90412, "data": {"job_id": "job_7c1e90", "ratio": 1.0, '
    b'"url": "https://cdn.example.com/a?b=1&c=<2>", "title": "caf\xc3\xa9"}, "timestamp": 1795443602.418}'
)
COMPACT = (
    b'{"name":"image_result","id":90412,"data":{"job_id":"job_7c1e90","ratio":1.0,'
    b'"url":"https://cdn.example.com/a?b=1&c=<2>","title":"caf\xc3\xa9"},"timestamp":1795443602.418}'
)
SORTED = (
    b'{"data": {"job_id": "job_7c1e90", "ratio": 1.0, "title": "caf\xc3\xa9", '
    b'"url": "https://cdn.example.com/a?b=1&c=<2>"}, "id": 90412, "name": "image_result", '
    b'"timestamp": 1795443602.418}'
)
ESCAPED = BODY.replace(b"\xc3\xa9", b"\\u00e9")
JAVASCRIPT = COMPACT.replace(b"1.0", b"1")
PHP = JAVASCRIPT.replace(b"/", b"\\/").replace(b"\xc3\xa9", b"\\u00e9")
GO = (
    b'{"data":{"job_id":"job_7c1e90","ratio":1,"title":"caf\xc3\xa9",'
    b'"url":"https://cdn.example.com/a?b=1\\u0026c=\\u003c2\\u003e"},"id":90412,"name":"image_result",'
    b'"timestamp":1795443602.418}'
)
DOTNET = (
    b'{"name":"image_result","id":90412,"data":{"job_id":"job_7c1e90","ratio":1.0,'
    b'"url":"https://cdn.example.com/a?b=1\\u0026c=\\u003C2\\u003E","title":"caf\\u00E9"},"timestamp":1795443602.418}'
)
INDENTED = b"""{
  "name": "image_result",
  "id": 90412,
  "data": {
    "job_id": "job_7c1e90",
    "ratio": 1.0,
    "url": "https://cdn.example.com/a?b=1&c=<2>",
    "title": "caf\xc3\xa9"
  },
  "timestamp": 1795443602.418
}"""
PING = b'{"id": 1, "name": "ping", "data": {}, "timestamp": 1795443602.5}'


def mac(key: str | bytes, message: bytes, algorithm: str = "sha256") -> bytes:
    """A raw HMAC."""
    return hmac.new(key.encode() if isinstance(key, str) else key, message, algorithm).digest()


def header(digest: bytes) -> bytes:
    """The documented header value for a raw digest."""
    return b"sha256=" + digest.hex().encode()


def signed(message: bytes, key: str | bytes = SECRET) -> bytes:
    """The documented header value over other bytes or with another key."""
    return header(mac(key, message))


@dataclass(frozen=True)
class Case:
    """One wrong signature and the cause that must be named."""

    code: str
    value: bytes
    body: bytes = BODY
    secret: str = SECRET
    extra: Headers = ()
    headline: str | None = None
    short: str | None = None


def delivery(value: bytes | None, body: bytes = BODY, extra: Headers = ()) -> Delivery:
    """A delivery as it comes through a tunnel."""
    mine: Headers = () if value is None else ((b"X-Webhook-Signature", value),)
    headers = (
        (b"Host", b"b7c4.lhr.life"),
        (b"Content-Type", b"application/json"),
        (b"X-Webhook-Event", b"image_result"),
        *mine,
        *extra,
    )
    return Delivery(NOW, "POST", TARGET, headers, body)


def ring_of(*secrets: str) -> SecretRing:
    """The secrets in order, each replaced by the next three minutes later; the last is current."""
    ring = SecretRing()
    for at, text in enumerate(secrets):
        ring = ring.registered(Secret(text), NOW - timedelta(minutes=3 * (len(secrets) - at)))
    return ring


def explained(case: Delivery, *secrets: str, others: tuple[StoredDelivery, ...] = ()) -> SignatureReport:
    """The report with the token known."""
    return explain(case, ring_of(*secrets), seq=8, clock=lambda: 0.0, token=Secret(TOKEN), others=others)


DIGEST = mac(SECRET, BODY)
ZERO_BODY = next(
    body for body in (BODY + b" " * blanks for blanks in range(2000)) if mac(SECRET, body).hex().startswith("0")
)
LATIN = BODY.replace(b"\xc3\xa9", b"\xe9")
MOJIBAKE = BODY.replace(b"\xc3\xa9", b"\xc3\x83\xc2\xa9")
LONG = b'{"id": 1, "text": "' + b"x" * 5000 + b'"}'
LINES = b'{"id": 1,\n"name": "ping"}'
FORM = b"payload=%7B%22id%22%3A+1%7D&other=1"

CASES = [
    # The secret.
    Case(
        "secret-newline",
        signed(BODY, SECRET + "\n"),
        headline="It fits the secret plus a newline.",
        short="Fits the secret plus a newline.",
    ),
    Case("secret-newlines", signed(BODY, SECRET + "\n\n")),
    Case("secret-crlf", signed(BODY, SECRET + "\r\n")),
    Case("secret-cr", signed(BODY, SECRET + "\r")),
    Case("secret-mark", signed(BODY, SECRET + ";"), short="Fits the secret plus ;."),
    Case("secret-mark", signed(BODY, f'"{SECRET}')),
    Case("secret-blank", signed(BODY, SECRET + " ")),
    Case("secret-blank", signed(BODY, " " + SECRET)),
    Case("secret-stripped", signed(BODY, "s3cret"), secret=" s3cret\n"),
    Case(
        "secret-quoted",
        signed(BODY, f'"{SECRET}"'),
        headline="It fits the quoted secret.",
        short="Fits the quoted secret.",
    ),
    Case("secret-quoted", signed(BODY, f"'{SECRET}'")),
    Case("secret-unquoted", signed(BODY, "s3cret"), secret='"s3cret"'),
    Case("secret-without-whsec", signed(BODY, SECRET.removeprefix("whsec_"))),
    Case("secret-without-whsec-newline", signed(BODY, SECRET.removeprefix("whsec_") + "\n")),
    Case("secret-with-whsec", signed(BODY, "whsec_s3cret"), secret="s3cret"),
    Case(
        "secret-hex",
        signed(BODY, bytes.fromhex(HEX_SECRET)),
        secret=HEX_SECRET,
        headline="It fits the secret read as hex bytes.",
        short="Fits the secret as hex.",
    ),
    Case("secret-whsec-hex", signed(BODY, bytes.fromhex(HEX_SECRET)), secret="whsec_" + HEX_SECRET),
    Case("secret-base64", signed(BODY, b"\xfb\xff\x00key bytes"), secret="+/8Aa2V5IGJ5dGVz"),
    Case("secret-base64", signed(BODY, b"\xfb\xff\x00key byte"), secret="-_8Aa2V5IGJ5dGU"),
    Case("secret-whsec-base64", signed(BODY, base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))),
    Case("secret-whsec-base64", signed(BODY, b"\xfb\xff\x00key byte"), secret="whsec_-_8Aa2V5IGJ5dGU="),
    Case("secret-in-base64", signed(BODY, base64.b64encode(SECRET.encode()))),
    Case("secret-in-hex", signed(BODY, SECRET.encode().hex())),
    Case("secret-utf16", signed(BODY, SECRET.encode("utf-16-le"))),
    Case("secret-bytes-text", signed(BODY, f"b'{SECRET}'")),
    Case("secret-percent-coded", signed(BODY, "a%2Bb%3D"), secret="a+b="),
    Case("secret-percent-decoded", signed(BODY, "a+b="), secret="a%2Bb%3D"),
    Case(
        "token",
        signed(BODY, TOKEN),
        headline="It fits the API token used as the secret.",
        short="Fits the API token as secret.",
    ),
    Case("token-newline", signed(BODY, TOKEN + "\n")),
    Case("token-bearer", signed(BODY, f"Bearer {TOKEN}")),
    Case("secret-empty", signed(BODY, b"")),
    Case("secret-word", signed(BODY, "undefined")),
    Case("keyless", header(hashlib.sha256(BODY).digest())),
    Case("secret-prepended", header(hashlib.sha256(SECRET.encode() + BODY).digest())),
    Case("secret-appended", header(hashlib.sha256(BODY + SECRET.encode()).digest())),
    Case("turned", signed(SECRET.encode(), BODY)),
    # The header.
    Case("prefix-missing", DIGEST.hex().encode()),
    Case("prefix-doubled", b"sha256=sha256=" + DIGEST.hex().encode()),
    Case("prefix-case", b"SHA256=" + DIGEST.hex().encode()),
    Case("prefix-other", b"v1=" + DIGEST.hex().encode()),
    Case("prefix-other", b"sha256:" + DIGEST.hex().encode()),
    Case(
        "upper-case",
        b"sha256=" + DIGEST.hex().upper().encode(),
        headline="It fits after its digits are made lower case.",
        short="Fits in lower case.",
    ),
    Case("grouped+upper-case", b"sha256=" + DIGEST.hex("-").upper().encode()),
    Case(
        "base64",
        b"sha256=" + base64.b64encode(DIGEST),
        headline="It fits as base64.",
        short="Fits as base64.",
    ),
    Case("prefix-missing+base64", base64.b64encode(DIGEST)),
    Case("base64", b"sha256=" + base64.b64encode(DIGEST).rstrip(b"=")),
    Case("base64-of-hex", b"sha256=" + base64.b64encode(DIGEST.hex().encode())),
    Case("truncated", b"sha256=" + DIGEST.hex()[:63].encode()),
    Case("truncated", b"sha256=" + DIGEST.hex()[:40].encode()),
    Case("truncated", b"sha256=" + DIGEST.hex()[:32].encode()),
    Case("value-blank", b"sha256 = " + DIGEST.hex().encode()),
    Case("digest-text", b"sha256=" + str(DIGEST).encode()),
    Case("leading-zero", b"sha256=" + mac(SECRET, ZERO_BODY).hex()[1:].encode(), body=ZERO_BODY),
    Case("value-quoted", b'"sha256=' + DIGEST.hex().encode() + b'"'),
    Case("value-quoted", b"sha256=b'" + DIGEST.hex().encode() + b"'"),
    Case("value-quoted", b"b'sha256=" + DIGEST.hex().encode() + b"'"),
    Case("value-list", b"sha256=" + b"0" * 64 + b", sha256=" + DIGEST.hex().encode()),
    Case("two-headers", signed(BODY), extra=((b"X-Webhook-Signature", b"sha256=" + b"0" * 64),)),
    Case("sha1", b"sha1=" + mac(SECRET, BODY, "sha1").hex().encode(), headline="It fits with SHA-1."),
    Case("sha1", b"sha256=" + mac(SECRET, BODY, "sha1").hex().encode(), short="Fits with SHA-1."),
    Case("sha512", b"sha512=" + mac(SECRET, BODY, "sha512").hex().encode()),
    Case("sha512", b"sha256=" + mac(SECRET, BODY, "sha512").hex().encode()),
    Case("sha512+truncated", b"sha256=" + mac(SECRET, BODY, "sha512").hex()[:64].encode()),
    Case("sha384", b"sha256=" + mac(SECRET, BODY, "sha384").hex().encode()),
    Case("sha3-256", header(mac(SECRET, BODY, "sha3_256"))),
    # The body.
    Case(
        "trailing-newline",
        signed(BODY),
        body=BODY + b"\n",
        headline="It fits without the newline at the end of the body.",
        short="Fits without the last newline.",
    ),
    Case("trailing-crlf", signed(BODY), body=BODY + b"\r\n"),
    Case("missing-newline", signed(BODY + b"\n")),
    Case("missing-newlines", signed(BODY + b"\n\n")),
    Case("missing-crlf", signed(BODY + b"\r\n")),
    Case("surrounding-blanks", signed(BODY), body=b"  " + BODY + b"  "),
    Case("trailing-nul", signed(BODY + b"\0")),
    Case(
        "crlf-to-lf",
        signed(LINES),
        body=LINES.replace(b"\n", b"\r\n"),
        headline="It fits with LF for CRLF.",
        short="Fits with LF for CRLF.",
    ),
    Case("lf-to-crlf", signed(LINES.replace(b"\n", b"\r\n")), body=LINES),
    Case("bom-added", signed(BODY), body=b"\xef\xbb\xbf" + BODY),
    Case("bom-cut", signed(b"\xef\xbb\xbf" + BODY)),
    Case("empty-body", signed(b""), headline="It fits an empty body.", short="Fits an empty body."),
    Case(
        "json-compact",
        signed(COMPACT),
        headline="It fits the same JSON, compact.",
        short="Fits the same JSON, compact.",
    ),
    Case("json-spaced", signed(BODY), body=COMPACT),
    Case("json-indent-2", signed(INDENTED)),
    Case("json-indent-4", signed(INDENTED.replace(b"  ", b"    "))),
    Case("json-indent-tab", signed(INDENTED.replace(b"  ", b"\t"))),
    Case(
        "json-sorted",
        signed(SORTED),
        headline="It fits with sorted keys.",
        short="Fits with sorted keys.",
    ),
    Case(
        "json-ascii",
        signed(ESCAPED),
        headline="It fits with \\u escapes.",
        short="Fits with \\u escapes.",
    ),
    Case("json-ascii+json-compact", signed(COMPACT.replace(b"\xc3\xa9", b"\\u00e9"))),
    Case("json-utf8", signed(BODY), body=ESCAPED),
    Case("json-sorted+json-ascii", signed(SORTED.replace(b"\xc3\xa9", b"\\u00e9"))),
    Case("json-numbers", signed(BODY.replace(b"1.0", b"1000.0")), body=BODY.replace(b"1.0", b"1e3")),
    Case("json-duplicate-keys", signed(b'{"a": 2, "b": 3}'), body=b'{"a": 1, "b": 3, "a": 2}'),
    Case("json-numbers+json-compact", signed(JAVASCRIPT)),
    Case(
        "json-order+json-numbers",
        signed(b'{"1":1e+21,"10":2,"b":1e-7,"a":0}'),
        body=b'{"b":1e-07,"10":2.0,"1":1e21,"a":-0}',
    ),
    Case("json-numbers+json-compact", signed(b'{"n":12345678901234567000}'), body=b'{"n": 12345678901234567890}'),
    Case("json-numbers+json-escapes+json-ascii+json-compact", signed(PHP)),
    Case(
        "json-empty-array+json-compact", signed(b'{"id":1,"name":"ping","data":[],"timestamp":1795443602.5}'), body=PING
    ),
    Case("json-numbers", signed(b'{"x":1.0e+25}'), body=b'{"x":1e25}'),
    Case("json-escapes+json-indent-4", signed(b'{\n    "u": "a\\/b",\n    "e": {}\n}'), body=b'{"u":"a/b","e":{}}'),
    Case("json-sorted+json-numbers+json-escapes+json-compact", signed(GO)),
    Case("json-sorted+json-numbers+json-escapes+json-compact+json-newline", signed(GO + b"\n")),
    Case("json-compact+json-newline", signed(COMPACT + b"\n")),
    Case("json-escapes+json-ascii+json-compact", signed(DOTNET)),
    Case("json-compact", signed(b'{"a":1e400,"b":NaN,"a":"\\ud800"}'), body=b'{"a": 1e400, "b": NaN, "a": "\\ud800"}'),
    Case("json-compact", signed(b'{"a":' + b"7" * 5000 + b"}"), body=b'{"a": ' + b"7" * 5000 + b"}"),
    Case(
        "json-utf8+json-spacing",
        signed('{"id": 1, "data": {"a":"é","b":2}}'.encode()),
        body=b'{"id": 1, "data": {"a": "\\u00e9", "b": 2}}',
    ),
    Case("body-encoded-twice", signed(MOJIBAKE)),
    Case("body-sent-encoded-twice", signed(BODY), body=MOJIBAKE),
    Case("utf8-replaced", signed(BODY.replace(b"\xc3\xa9", b"\xef\xbf\xbd")), body=LATIN),
    Case("utf8-to-latin1", signed(LATIN)),
    Case("utf8-sent-otherwise", signed(BODY), body=LATIN),
    Case("question-marks", signed(BODY.replace(b"\xc3\xa9", b"?"))),
    Case("utf16", signed(BODY.decode().encode("utf-16-le"))),
    Case("decompressed", signed(BODY), body=gzip.compress(BODY, mtime=0), headline="It fits the decompressed body."),
    Case("decompressed", signed(BODY), body=zlib.compress(BODY), short="Fits the decompressed body."),
    Case("decompressed", signed(BODY), body=zlib.compress(BODY)[2:-4]),
    Case("form-decoded", signed(b'payload={"id": 1}&other=1'), body=FORM),
    Case("form-field", signed(b'{"id": 1}'), body=FORM),
    Case("form-encoded", signed(b"%7B%22id%22%3A+1%7D"), body=b'{"id": 1}'),
    Case("body-base64", signed(base64.b64encode(BODY))),
    Case("body-from-base64", signed(BODY), body=base64.b64encode(BODY)),
    Case("wrapped", signed(PING), body=json.dumps({"Records": [{"id": "1", "body": PING.decode()}]}).encode()),
    Case("body-from-ruby", signed(PING), body=b'{"id"=>1, "name"=>"ping", "data"=>{}, "timestamp"=>1795443602.5}'),
    Case("python-bytes-text", signed(str(PING).encode()), body=PING),
    Case("word-for-body", signed(b"[object Object]")),
    Case("body-cut", signed(LONG[:4096]), body=LONG),
    # Around the body, and besides it.
    Case(
        "timestamp",
        signed(b"1795443602.418." + BODY),
        headline="It fits over timestamp.body.",
        short="Fits timestamp.body.",
    ),
    Case("timestamp", signed(b"1795443602." + BODY)),
    Case("timestamp", signed(b"1795443605." + BODY), extra=((b"X-Request-Timestamp", b"1795443605"),)),
    Case("timestamp", signed(b"1795443605." + BODY), extra=((b"X-Moment", b"1795443605"),)),
    Case("joined", signed(b"v0:1795443605:" + BODY), extra=((b"X-Sent-Time", b"1795443605"),)),
    Case(
        "id-timestamp",
        signed(b"msg_1.1795443605." + BODY),
        extra=((b"webhook-id", b"msg_1"), (b"webhook-timestamp", b"1795443605")),
    ),
    Case("url", signed(b"https://b7c4.lhr.life/h/5c1d?via=tunnel")),
    Case("url-body", signed(b"/h/5c1d" + BODY)),
    Case("url-body", signed(b"http://b7c4.lhr.life/h/5c1d?via=tunnel" + BODY)),
    Case("url-body", signed(b"POST\n/h/5c1d?via=tunnel\n" + BODY)),
    Case("headers", signed(b"image_result")),
    Case("headers-body", signed(b"image_result." + BODY)),
    Case("only-data", signed(b'{"job_id":"j"}'), body=b'{"id": 1, "data": {"job_id": "j"}}'),
    Case("only-id", signed(b"90412")),
    # Several at once.
    Case("secret-newline+json-compact", signed(COMPACT, SECRET + "\n")),
    Case("secret-quoted+trailing-newline", signed(BODY, f'"{SECRET}"'), body=BODY + b"\n"),
    Case("keyless+json-compact", header(hashlib.sha256(COMPACT).digest())),
    Case("json-compact+upper-case", b"sha256=" + mac(SECRET, COMPACT).hex().upper().encode()),
    Case(
        "timestamp+value-list+prefix-other",
        b"t=1795443605,v1=" + mac(SECRET, b"1795443605." + BODY).hex().encode(),
    ),
    Case(
        "secret-whsec-base64+id-timestamp+value-list+prefix-missing+base64",
        b"v1," + base64.b64encode(mac(base64.b64decode(SECRET[6:]), b"msg_1.1795443605." + BODY)),
        extra=((b"webhook-id", b"msg_1"), (b"webhook-timestamp", b"1795443605")),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.code}-{CASES.index(case)}")
def test_names_the_cause(case: Case) -> None:
    """The cause is found among two secrets, in sentences of the agreed lengths, and no secret is in any of them."""
    sent = delivery(case.value, case.body, case.extra)

    report = explained(sent, "another_secret", case.secret)

    assert report.cause is not None
    assert report.cause.code == case.code
    assert len(report.cause.headline) <= 60
    assert len(report.cause.short_reason) <= 34
    assert report.cause.headline.startswith("It ")
    assert report.cause.why.endswith(".")
    assert report.cause.change
    if case.headline is not None:
        assert report.cause.headline == case.headline
    if case.short is not None:
        assert report.cause.short_reason == case.short
    for text in (case.secret, TOKEN, "another_secret"):
        assert text not in repr(report)
    assert not check_signature(
        sent.headers, sent.body, ring_of("another_secret", case.secret), zone_now=NOW
    ).verdict.is_good


def test_finds_the_cause_with_a_former_secret() -> None:
    """The line of the secret with which it fits says how; the other says that it does not."""
    report = explained(delivery(signed(COMPACT, "older")), "older", "newer")

    assert report.cause is not None
    assert report.cause.code == "json-compact"
    assert [(line.fits, line.note) for line in report.lines] == [
        (False, "does not fit"),
        (False, "fits only the same JSON, compact"),
    ]
    assert report.expected == signed(BODY, "older").decode()


def test_the_newline_is_reported_as_on_the_screen() -> None:
    """Why, what to change and the ring's note read as the Signature tab shows them."""
    report = explained(delivery(signed(BODY), BODY + b"\n"), "other", SECRET)

    assert report.cause is not None
    assert report.cause.why == (
        "A newline was added at the end of the body after signing. "
        f"{len(BODY)} bytes were signed and {len(BODY) + 1} arrived."
    )
    assert report.cause.change == "Send exactly the bytes that were signed. In curl use --data-binary."
    assert report.lines[0].note == "fits only without the last newline"


def test_a_valid_delivery_has_no_cause() -> None:
    """With the current or an added secret there is nothing to explain."""
    report = explained(delivery(signed(BODY)), SECRET)
    added = SecretRing().added(Secret(SECRET), NOW)

    assert report.cause is None
    assert report.lines[0].fits
    assert report.lines[0].note == "fits"
    assert report.expected == signed(BODY).decode()
    assert explain(delivery(signed(BODY)), added, seq=1, clock=lambda: 0.0).cause is None


def test_an_older_secret_is_a_cause_once_it_was_replaced() -> None:
    """It says how long before the delivery arrived."""
    report = explained(delivery(signed(BODY, "older")), "older", "newer")

    assert report.cause is not None
    assert report.cause.code == "older-secret"
    assert "replaced 3 min before the delivery arrived" in report.cause.why
    assert [line.fits for line in report.lines] == [False, True]


def test_a_secret_that_was_current_when_it_came_is_no_cause() -> None:
    """A later replacement does not change a delivery that was valid."""
    ring = ring_of("older").registered(Secret("newer"), NOW + timedelta(minutes=1))

    assert explain(delivery(signed(BODY, "older")), ring, seq=1, clock=lambda: 0.0).cause is None


def test_names_the_delivery_whose_signature_it_has() -> None:
    """By the other's body with a known secret, or because the signatures are the same and the bodies are not."""
    other = StoredDelivery(row(7), delivery(signed(PING), PING))
    unknown = StoredDelivery(row(6), delivery(signed(PING, "unknown"), PING))

    report = explained(delivery(signed(PING)), SECRET, others=(other,))

    assert report.cause is not None
    assert report.cause.headline == "It is the signature of delivery #7."
    assert report.cause.short_reason == "It is #7's signature."
    assert report.cause.change == "Two deliveries were mixed up: look for shared state."
    again = explained(delivery(signed(PING, "unknown")), SECRET, others=(other, unknown))
    assert again.cause is not None
    assert again.cause.headline == "It has the same signature as delivery #6."
    assert again.cause.short_reason == "Same signature as #6."


def test_an_attempt_with_the_same_wrong_signature_and_body_is_no_cause() -> None:
    """A repeated delivery is not a mixed one."""
    sent = delivery(signed(BODY, "unknown"))

    assert explained(sent, SECRET, others=(StoredDelivery(row(7), sent),)).cause is None


def test_nothing_fits_a_foreign_signature() -> None:
    """All that was tried is counted, and every line says that it does not fit."""
    report = explained(delivery(b"sha256=" + b"5f" * 32), "older", SECRET)

    assert report.cause is None
    assert report.tried > 500
    assert {line.note for line in report.lines} == {"does not fit"}
    assert report.notes == ()


def test_without_a_ring_the_token_is_tried() -> None:
    """A ring is not needed for causes that have nothing to do with it."""
    report = explained(delivery(signed(BODY, TOKEN)))

    assert report.cause is not None
    assert report.cause.code == "token"
    assert report.expected is None


@pytest.mark.parametrize(
    ("name", "prefix"), [(b"X-Hub-Signature-256", b""), (b"X-Signature", b""), (b"Authorization", b"Bearer ")]
)
def test_finds_the_signature_in_another_header(name: bytes, prefix: bytes) -> None:
    """A missing header may only be misnamed."""
    report = explained(delivery(None, extra=((name, prefix + signed(BODY)),)), SECRET)

    assert report.cause is not None
    assert report.cause.code.startswith("other-header")
    assert name.decode() in report.cause.headline
    assert name.decode() in report.cause.why


def test_a_missing_signature_has_no_cause() -> None:
    """There is nothing to compare."""
    report = explained(delivery(None), SECRET)

    assert (report.cause, report.tried, report.received) == (None, 0, ())
    assert report.lines[0].note == "nothing to compare"


def test_a_few_digits_prove_nothing() -> None:
    """A digest cut to less than eight bytes could fit by chance."""
    assert explained(delivery(b"sha256=" + DIGEST.hex()[:15].encode()), SECRET).cause is None


def test_the_search_stops_when_its_time_is_over() -> None:
    """The report shows it, and what was known before stays."""
    left = iter([False] * 40)

    report = explain(
        delivery(b"sha256=" + b"5f" * 32),
        ring_of(SECRET),
        seq=1,
        clock=lambda: 0.0,
        expired=lambda: next(left, True),
        notes=("new field quality_score",),
    )

    assert report.cause is None
    assert report.tried < 60
    assert report.notes == ("new field quality_score",)
    assert report.examination is Examination.STOPPED
    assert report.outcome == "The search was stopped after 1 ms."


def test_a_bomb_is_not_unpacked_beyond_the_bound() -> None:
    """What would unpack to 64 MB is left alone."""
    packer = zlib.compressobj(wbits=31)
    bomb = b"".join(packer.compress(bytes(1_000_000)) for _ in range(64)) + packer.flush()

    assert explained(delivery(signed(bytes(64_000_000)), bomb), SECRET).cause is None


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000,
        b"[" * 900 + b"]" * 900,
        b'{"a":' * 400 + b"1" + b"}" * 400,
        b'{"id": ' + b"9" * 5000 + b', "timestamp": ' + b"1" * 5000 + b"}",
        b'{"timestamp": "\\ud800", "id": "\\udfff", "data": ["\\ud800"]}',
        '{"id": 1, "t\u00efm\u00e9": "\U0001f600"}'.encode("utf-16"),
        b"\x1f\x8b\x08\x00garbage",
        b"null",
        b'"text"',
        b"-0",
        b"[1e999, -1e999, NaN, Infinity, -Infinity, 0e0, -0.0]",
        b'{"a": 1e' + b"9" * 5000 + b', "b": 1e-' + b"9" * 5000 + b"}",
        b"&#" + b"9" * 5000 + b";",
    ],
)
def test_unusual_bodies_are_explained(body: bytes) -> None:
    """Deep nesting, huge numbers, lone surrogates, other encodings."""
    report = explained(delivery(signed(b"other"), body), SECRET)

    assert report.cause is None
    assert report.tried > 100


def test_the_reason_of_a_bad_verdict_becomes_the_cause() -> None:
    """Invalid and malformed take the headline, a good verdict keeps its own."""
    sent = delivery(signed(COMPACT))
    ring = ring_of(SECRET)
    report = explained(sent, SECRET)

    verification = with_cause(check_signature(sent.headers, sent.body, ring, zone_now=NOW), report)

    assert (verification.verdict, verification.reason) == (Verdict.INVALID, "It fits the same JSON, compact.")
    good = check_signature(delivery(signed(BODY)).headers, BODY, ring, zone_now=NOW)
    assert with_cause(good, report) is good


HEADERS = st.lists(
    st.tuples(
        st.sampled_from([b"X-Webhook-Signature", b"Host", b"webhook-id", b"x-time", b"Date", b"\xff"]) | st.binary(),
        st.binary(max_size=200)
        | st.sampled_from([b"sha256=" + b"A" * 64, b"v1," + b"A" * 43 + b"=", b"t=1795443605,v1=" + b"0" * 64]),
    ),
    max_size=6,
).map(tuple)
BODIES = st.binary(max_size=300) | st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
).map(lambda value: json.dumps(value).encode())


@settings(max_examples=60, deadline=None, derandomize=True)
@given(headers=HEADERS, body=BODIES, secret=st.text(max_size=20), target=st.text(max_size=20))
def test_never_raises(headers: Headers, body: bytes, secret: str, target: str) -> None:
    """Whatever was sent and whatever the secret is, there is a report."""
    sent = Delivery(NOW, "POST", target, (*headers, (b"X-Webhook-Signature", b"sha256=" + b"5" * 64)), body)
    ring = SecretRing().added(Secret(secret), NOW)

    assert explain(sent, ring, seq=1, clock=lambda: 0.0, token=Secret(secret)).cause is None


@settings(derandomize=True)
@given(at=st.integers(0, len(BODY) - 1), mask=st.integers(1, 255))
def test_any_changed_byte_is_invalid(at: int, mask: int) -> None:
    """No single byte of the body can change and leave the verdict valid."""
    changed = bytearray(BODY)
    changed[at] ^= mask
    sent = delivery(signed(BODY), bytes(changed))

    assert check_signature(sent.headers, sent.body, ring_of(SECRET), zone_now=NOW).verdict is Verdict.INVALID
