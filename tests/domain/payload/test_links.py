"""Which links of a body may be opened."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest

from tests.export.odd_deliveries import stored
from webhook_tui.domain.payload.links import BLANKED, LONGEST_LINK, links, without_link_signatures
from webhook_tui.export.redaction import redacted, text_redaction


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('{"a": "https://x.example/1.png", "b": "HTTP://y.example"}', ["https://x.example/1.png", "HTTP://y.example"]),
        (r'"https:\/\/x.example\/a?b=1\u0026c=2"', ["https://x.example/a?b=1&c=2"]),
        ('"https://x.example/1" "https://x.example/1"', ["https://x.example/1"]),
        ('"https://user@x.example/" "javascript:alert(1)" "file:///etc/passwd"', []),
        ('"https://x.example/\u202egnp.exe" "https://\u0445.example/"', []),
        ('"https://[broken/"', []),
        ("https://x.example/" + "a" * LONGEST_LINK, []),
    ],
)
def test_only_plain_web_links_are_found(text: str, found: list[str]) -> None:
    """Each once, as encoders write them; none whose host is disguised or that cannot be shown in full."""
    assert links(text) == found


def test_at_most_nine() -> None:
    """One for each digit."""
    assert len(links(" ".join(f"https://x.example/{number}" for number in range(20)))) == 9


IMAGE = "https://d1.cloudfront.net/out/0_0_v0.jpg"
VALUE = "cAnArY-0~_"
SIGNED = f"{IMAGE}?Expires=1795443602&Signature={VALUE}&Key-Pair-Id=K{VALUE}&Policy={VALUE}"


@pytest.mark.parametrize(
    "spelled",
    [
        json.dumps({"url": SIGNED}),
        json.dumps({"url": SIGNED}).replace("/", "\\/"),
        json.dumps({"url": SIGNED}).replace("&", "\\u0026").replace("=", "\\u003d"),
        json.dumps({"nested": json.dumps({"url": SIGNED})}),
        f"<img src='{SIGNED.replace('&', '&amp;')}'>",
        f"https://proxy.example/?url={quote(SIGNED, safe='')}",
        f"https://proxy.example/?url={quote(quote(SIGNED, safe=''), safe='')}",
    ],
)
def test_a_signed_link_in_every_spelling(spelled: str) -> None:
    """Three values go; where it led to and until when stays."""
    cleaned = without_link_signatures(spelled.encode())

    assert VALUE.encode() not in cleaned
    assert cleaned.count(BLANKED) == 3
    assert b"1795443602" in cleaned
    assert b"0_0_v0.jpg" in cleaned


@pytest.mark.parametrize(
    "name",
    [
        *("signature", "Policy", "Key-Pair-Id", "X-Amz-Signature", "X-Amz-Credential", "X-Amz-Security-Token"),
        *("X-Goog-Signature", "AWSAccessKeyId", "sig", "token", "access_token", "id-token", "api_key", "apikey"),
        *("client_secret", "password", "jwt"),
    ],
)
def test_each_name_of_a_parameter(name: str) -> None:
    """At the start of a query, in it, and in a fragment; JSON around it stays whole."""
    for before in ("?", "?w=1&", "#"):
        cleaned = without_link_signatures(json.dumps([f"{IMAGE}{before}{name}=a%2Fb+c==", 1]).encode())
        assert json.loads(cleaned) == [f"{IMAGE}{before}{name}=REDACTED", 1]


@pytest.mark.parametrize(
    "body",
    [
        b'{"token": "a", "signature=": "b", "t": "x=1"}',
        b"https://a.example/?w=512&quality=80&v=0&identity_code=abc1234567xy#top",
        b"a token=b and me@example.com",
        bytes(range(256)),
        b"",
    ],
)
def test_the_rest_stays_byte_for_byte(body: bytes) -> None:
    """Only parameters of links are touched."""
    assert without_link_signatures(body) == body


def test_a_user_before_the_host_is_blanked() -> None:
    """As browsers write a password into a URL."""
    assert without_link_signatures(rb"https:\/\/me:pw@a.example/") == rb"https:\/\/REDACTED@a.example/"


def test_a_large_body_takes_no_time() -> None:
    """Linear, also where much looks like the beginning of a parameter."""
    body = b"?token&sig;" * 200_000
    assert without_link_signatures(body + b"=") is not None


def test_redaction_blanks_links_everywhere_by_default() -> None:
    """In body, header, target and texts."""
    one = stored(SIGNED.encode(), ((b"Referer", SIGNED.encode()),), f"/h?sig={VALUE}")

    clean, kept = redacted(one, []), redacted(one, [], keep_links=True)

    assert VALUE not in str(clean.delivery)
    assert clean.delivery.target == "/h?sig=REDACTED"
    assert kept.delivery == one.delivery
    assert VALUE not in text_redaction([])(SIGNED)
