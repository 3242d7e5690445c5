"""A signature header read as the digits of a digest, with what is unusual about its spelling."""

from __future__ import annotations

import base64

import pytest

from webhook_tui.domain.delivery.headers import Headers
from webhook_tui.domain.diagnostics.encodings import WRITINGS, Reading, readings, unread_values

DIGITS = b"0123456789abcdef" * 4
RAW = bytes.fromhex(DIGITS.decode())


def signed(*values: bytes) -> Headers:
    """Headers with these signatures."""
    return tuple((b"X-Webhook-Signature", value) for value in values)


def codes(reading: Reading) -> list[str]:
    """The codes of its differences."""
    return [one.code for one in reading.differences]


@pytest.mark.parametrize(
    ("value", "differences"),
    [
        (b"sha256=" + DIGITS, []),
        (DIGITS, ["prefix-missing"]),
        (b"sha256=sha256=" + DIGITS, ["prefix-doubled"]),
        (b"sha256=" + DIGITS.upper(), ["upper-case"]),
        (b"sha256 = " + DIGITS, ["value-blank"]),
        (b'"sha256=' + DIGITS + b'"', ["value-quoted"]),
        (b"sha256%3D" + DIGITS, ["value-percent-coded"]),
        (b'{"signature": "sha256=' + DIGITS + b'"}', ["value-json"]),
        (b"sha256=" + base64.b64encode(RAW), ["base64"]),
        (b"sha256=" + base64.b64encode(DIGITS), ["base64-of-hex"]),
    ],
)
def test_the_spelling_of_a_digest(value: bytes, differences: list[str]) -> None:
    assert (DIGITS, differences) in [(reading.digits, codes(reading)) for reading in readings(signed(value))]


def test_a_list_is_read_item_by_item() -> None:
    found = readings(signed(b"t=1, v1=" + DIGITS))

    assert [codes(reading) for reading in found if reading.digits == DIGITS] == [["value-list", "prefix-other"]]


def test_without_the_header_another_one_may_hold_it() -> None:
    """Only a value that looks like a signature."""
    headers = ((b"X-Other", b"sha256=" + DIGITS), (b"Content-Type", b"application/json"))

    (reading,) = readings(headers)
    assert (reading.digits, codes(reading)) == (DIGITS, ["other-header"])


@pytest.mark.parametrize("digits", [b"5f ", b"5f, ", b"0x5f ", b"5f  ", b"5f"])
def test_a_long_value_that_is_no_digest_is_read_at_once(digits: bytes) -> None:
    """A stranger may send it."""
    assert readings(signed(b"sha256=" + digits * 160 + b"!")) == ()


def test_too_few_digits_are_no_reading() -> None:
    """They could fit by chance."""
    assert readings(signed(b"sha256=" + DIGITS[:15])) == ()


@pytest.mark.parametrize(
    ("count", "algorithms"),
    [(64, ["sha256", "sha3_256", "sha512"]), (40, ["sha1", "sha256", "sha512"]), (128, ["sha512"])],
)
def test_algorithms_by_the_number_of_digits(count: int, algorithms: list[str]) -> None:
    """Those with as many digits first, then those that may have been cut."""
    assert [name for name, _ in Reading(b"a" * count).algorithms()] == algorithms


def test_spellings_that_cannot_be_decoded_are_compared() -> None:
    """A digest as the text of Python's bytes is one of them."""
    spelled = dict(WRITINGS)["digest-text"](RAW)

    assert unread_values(signed(b"sha256=" + spelled, b"sha256=" + DIGITS)) == (spelled,)
