"""Deliveries as Python source for httpx: a script that sends them, and tests that send them to a handler.

The source is ASCII, and everything received stands in it as a literal.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from webhook_tui.domain import units
from webhook_tui.domain.delivery.delivery import StoredDelivery
from webhook_tui.domain.signature.verdict import Verdict
from webhook_tui.export.destination import Address, Destination, sent_headers

_LONGEST_TEXT = 65_536
_WIDTH = 76
_LINES = re.compile(rb"[^\n]{1,76}\n?|\n")

_SCRIPT = '''"""Sends what webhook-tui received, byte for byte.

It goes to WEBHOOK_URL if that is set in the environment. Needs httpx.
"""

import os

import httpx

URL = os.environ.get("WEBHOOK_URL")
'''
_TESTS = '''"""Tests a webhook handler with what webhook-tui received, byte for byte.

The handler runs at WEBHOOK_URL; without it in the environment, the tests are skipped. Needs httpx and pytest.
"""

import os

import httpx
import pytest

URL = os.environ.get("WEBHOOK_URL", "")
pytestmark = pytest.mark.skipif(not URL, reason="WEBHOOK_URL is not set")
'''


def write_python(deliveries: Iterable[StoredDelivery], destination: Destination) -> Iterator[bytes]:
    """A script that sends each delivery once and prints the answer's status."""
    yield _SCRIPT.encode("ascii")
    names = []
    for stored in deliveries:
        names.append(_name(stored))
        yield _function(stored, destination.address(stored.delivery)).encode("ascii")
    yield (
        "\n\nwith httpx.Client(trust_env=False) as client:\n"
        f"    for request in [{', '.join(f'{name}()' for name in names)}]:\n"
        "        response = client.send(request)\n"
        "        print(response.status_code)\n"
    ).encode("ascii")


def write_pytest(deliveries: Iterable[StoredDelivery], _destination: Destination) -> Iterator[bytes]:
    """A test for each delivery: a running handler must answer it as its signature deserves."""
    yield _TESTS.encode("ascii")
    for stored in deliveries:
        yield _function(stored, None).encode("ascii")
        yield _test(stored).encode("ascii")


def _name(stored: StoredDelivery) -> str:
    return f"delivery_{stored.row.seq}"


def _function(stored: StoredDelivery, address: Address | None) -> str:
    """`address`: where it goes if WEBHOOK_URL is not set; None: it is."""
    delivery = stored.delivery
    lines = [
        "",
        "",
        f"def {_name(stored)}() -> httpx.Request:",
        f'    """As received at {units.rfc3339(delivery.received_at)}."""',
        "    return httpx.Request(",
        f"        {delivery.method!a},",
        f"        {'URL' if address is None else f'URL or {address.url!a}'},",
        "        headers=[",
        *(f"            ({name!r}, {value!r})," for name, value in sent_headers(delivery)),
        "        ],",
        f"        content={_literal(delivery.body)},",
    ]
    if address is not None and address.target is not None:
        target = address.target.encode("ascii")
        lines.append(f'        extensions={{}} if URL else {{"target": {target!r}}},')
    return "\n".join([*lines, "    )", ""])


def _literal(body: bytes) -> str:
    """The bytes as an expression: text in lines, anything else and anything large in hex."""
    others = len(body.translate(None, bytes([*range(0x20, 0x7F), 0x0A])))
    if len(body) > _LONGEST_TEXT or others * 4 > len(body):
        digits = body.hex()
        lines = "\n".join(digits[at : at + _WIDTH] for at in range(0, len(digits), _WIDTH))
        return f'bytes.fromhex("""\n{lines}\n""")'
    pieces = _LINES.findall(body)
    if len(pieces) < 2:
        return repr(body)
    return "\n".join(["(", *(f"            {piece!r}" for piece in pieces), "        )"])


def _test(stored: StoredDelivery) -> str:
    verdict = stored.row.verdict
    if verdict is Verdict.VALID:
        says, expects = "Its signature is PiktID's: it is accepted.", "response.is_success"
    elif verdict.is_bad:
        says, expects = "Nothing shows that PiktID sent it: it is refused.", "response.is_client_error"
    else:
        says, expects = "Whatever becomes of it, the handler survives it.", "not response.is_server_error"
    return (
        f"\n\ndef test_{_name(stored)}() -> None:\n"
        f'    """{says}"""\n'
        "    with httpx.Client(trust_env=False) as client:\n"
        f"        response = client.send({_name(stored)}())\n"
        f"    assert {expects}, response.status_code\n"
    )
