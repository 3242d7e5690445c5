"""Keys that a program may have made of a secret, and what it may have computed with it."""

from __future__ import annotations

import base64
import hashlib
import hmac

import pytest

from tests.factories import NOW
from webhook_tui.domain.diagnostics.secrets import Signer, Way, cheap_variants, plain, strangers, variants
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.domain.signature.secret_ring import SigningSecret


def known(text: str) -> SigningSecret:
    """A secret of the ring."""
    return SigningSecret(Secret(text), NOW)


@pytest.mark.parametrize(
    ("secret", "key", "code"),
    [
        ("s", b"s\n", "secret-newline"),
        ("s", b'"s"', "secret-quoted"),
        ("'s3c'", b"s3c", "secret-unquoted"),
        (" s ", b"s", "secret-stripped"),
        ("whsec_s", b"s", "secret-without-whsec"),
        ("s", b"whsec_s", "secret-with-whsec"),
        ("00ff", b"\x00\xff", "secret-hex"),
        ("-_8=", b"\xfb\xff", "secret-base64"),
        ("s", base64.b64encode(b"s"), "secret-in-base64"),
        ("s", "s".encode("utf-16-le"), "secret-utf16"),
        ("s", b'{"secret": "s"}', "secret-json"),
        ("s", b"SECRET=s", "secret-env-line"),
        ("a#b", b"a", "secret-comment-cut"),
        ("a$HOME", b"a", "secret-dollar"),
        ("a=b=", b"a=b", "secret-equals-cut"),
        ("aB", b"AB", "secret-case"),
        ("abc", b"ab", "secret-cut"),
        ("abc", b"bc", "secret-cut-front"),
    ],
)
def test_a_key_made_of_a_secret(secret: str, key: bytes, code: str) -> None:
    assert (key, code) in [(signer.key, signer.differences[0].code) for signer in variants(known(secret))]


def test_no_key_is_tried_twice() -> None:
    keys = [signer.key for signer in variants(known("aaaa")) if signer.way is Way.HMAC and not signer.mark]

    assert len(keys) == len(set(keys))
    assert b"aaaa" not in keys


def test_few_variants_are_tried_with_every_secret() -> None:
    assert {signer.differences[0].code for signer in cheap_variants(known("s"))} == {
        *("secret-newline", "secret-crlf", "secret-blank", "secret-quoted"),
    }


def test_keys_that_are_no_secret() -> None:
    """The API token when there is one, and the words that an unset variable reads as."""
    codes = {signer.key: signer.differences[0].code for signer in strangers(Secret("token")) if signer.way is Way.HMAC}

    assert codes[b"token"] == "token"
    assert codes[b"Bearer token"] == "token-bearer"
    assert codes[b"undefined"] == "secret-word"
    assert codes[b"$WEBHOOK_SECRET"] == "secret-placeholder"
    assert "token" not in {signer.differences[0].code for signer in strangers(None)}


@pytest.mark.parametrize(
    ("way", "digest"),
    [
        (Way.HMAC, hmac.digest(b"k", b"m", "sha256")),
        (Way.TURNED, hmac.digest(b"m", b"k", "sha256")),
        (Way.PLAIN, hashlib.sha256(b"m").digest()),
        (Way.PREPENDED, hashlib.sha256(b"k.m").digest()),
        (Way.APPENDED, hashlib.sha256(b"m.k").digest()),
        (Way.BOTH_ENDS, hashlib.sha256(b"k.m.k").digest()),
        (Way.TWICE, hmac.digest(b"k", hmac.digest(b"k", b"m", "sha256"), "sha256")),
        (Way.WITH_SECRET, hmac.digest(b"k", b"m.k", "sha256")),
        (Way.AFTER_SECRET, hmac.digest(b"k", b"k.m", "sha256")),
    ],
)
def test_what_is_computed(way: Way, digest: bytes) -> None:
    assert Signer(b"k", way, mark=b".").digest("sha256", b"m") == digest


def test_a_signer_does_not_show_its_key() -> None:
    assert "hush" not in repr(plain(known("hush")))
