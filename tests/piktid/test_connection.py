"""A request to PiktID: its base URL, and a token that is in its header and nowhere else."""

from __future__ import annotations

import pytest

from webhook_tui.domain.errors import ProblemError
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.piktid.connection import authorization, base_url, new_client, without


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("https://v2.api.piktid.com", "https://v2.api.piktid.com"),
        ("https://user:password@api.example/v2?x=1#y", "https://api.example/v2"),
        ("http://127.0.0.1:8080/", "http://127.0.0.1:8080/"),
    ],
)
def test_the_base_url_has_no_credentials_of_its_own(given: str, used: str) -> None:
    """They would take the place of the token."""
    assert str(base_url(given)) == used


@pytest.mark.parametrize("given", ["", "api.example", "ftp://api.example", "https://", "https://a:b"])
def test_what_is_no_api_url(given: str) -> None:
    with pytest.raises(ProblemError):
        base_url(given)


@pytest.mark.parametrize("token", ["", "a b", "a\nb", "tök", "a\x7f"])
def test_a_token_that_no_header_can_carry_is_refused_unquoted(token: str) -> None:
    with pytest.raises(ProblemError) as caught:
        authorization(Secret(token))

    assert not token or token not in caught.value.problem.sentence()


def test_a_token_in_its_header() -> None:
    assert authorization(Secret("abc")) == {"Authorization": "Bearer abc"}


def test_an_error_that_repeats_the_token_is_blanked() -> None:
    """Also where JSON escapes its slashes."""
    assert without(Secret("a/b"), b'{"token": "a/b", "again": "a\\/b"}') == b'{"token": "***", "again": "***"}'
    assert without(Secret(""), b"unchanged") == b"unchanged"


async def test_a_client_follows_no_redirect_and_trusts_no_environment() -> None:
    """A redirect could take the token to another host."""
    async with new_client("http://127.0.0.1:1", None) as client:
        assert (client.follow_redirects, client.trust_env) == (False, False)
