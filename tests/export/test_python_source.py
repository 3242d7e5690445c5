"""The Python script and the pytest module, run as subprocesses against a real server."""

from __future__ import annotations

import re
import sys
from itertools import product
from pathlib import Path

import pytest

from tests.export.odd_deliveries import BODIES, HEADERS, TARGETS, run, stored, travelling
from tests.factories import INVALID, PENDING, VALID, row
from tests.http.echo import echo
from webhook_tui.domain.delivery.delivery import StoredDelivery
from webhook_tui.export.destination import Destination
from webhook_tui.export.formats import FORMATS

pytestmark = [pytest.mark.integration, pytest.mark.portable]

EVERYTHING = [
    *(stored(body, seq=number) for number, body in enumerate(BODIES.values(), start=100)),
    *(stored(headers=headers, seq=number) for number, headers in enumerate(HEADERS.values(), start=200)),
    *(stored(target=target, seq=number) for number, target in enumerate(TARGETS, start=300)),
]


async def _pytest(module: Path, webhook_url: str = "") -> str:
    """Run it as a project without plugins does; loading ours takes longer than the tests."""
    command = sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(module)
    return await run(*command, PYTEST_DISABLE_PLUGIN_AUTOLOAD="1", WEBHOOK_URL=webhook_url)


async def test_the_script_sends_what_was_received(tmp_path: Path) -> None:
    """Body, headers and target of every odd delivery, in order."""
    async with echo() as server:
        script = tmp_path / "send.py"
        script.write_bytes(b"".join(FORMATS["python"].write(EVERYTHING, Destination(server.url))))
        said = await run(sys.executable, str(script))

    assert said == "200\n" * len(EVERYTHING)
    for one, request in zip(EVERYTHING, server.requests, strict=True):
        assert request.method == "POST"
        assert request.target == one.delivery.target.replace("\xe9", "%E9").encode()
        assert request.body == one.delivery.body
        assert travelling(request.headers) == travelling(one.delivery.headers)


async def test_the_tests_send_what_was_received(tmp_path: Path) -> None:
    """pytest runs one test a delivery, and each passes against a handler that accepts."""
    async with echo() as server:
        module = tmp_path / FORMATS["pytest"].joint_file_name()
        module.write_bytes(b"".join(FORMATS["pytest"].write(EVERYTHING, Destination())))
        said = await _pytest(module, f"{server.url}/mine")

    assert f"{len(EVERYTHING)} passed" in said
    assert {request.target for request in server.requests} == {b"/mine"}
    assert [request.body for request in server.requests] == [one.delivery.body for one in EVERYTHING]
    assert [travelling(request.headers) for request in server.requests] == [
        travelling(one.delivery.headers) for one in EVERYTHING
    ]


async def test_the_tests_are_skipped_without_a_handler(tmp_path: Path) -> None:
    """In a project's own run nothing is sent to a program that happens to listen."""
    async with echo() as server:
        module = tmp_path / "test_some.py"
        module.write_bytes(b"".join(FORMATS["pytest"].write(EVERYTHING[:2], Destination(server.url))))
        said = await _pytest(module)

    assert "2 skipped" in said
    assert not server.requests


async def test_webhook_url_names_another_handler(tmp_path: Path) -> None:
    """One test file serves several environments."""
    async with echo() as server:
        script = tmp_path / "send.py"
        script.write_bytes(FORMATS["python"].one(stored(target="//odd"), Destination("http://127.0.0.1:1")))
        await run(sys.executable, str(script), WEBHOOK_URL=f"{server.url}/mine")

    assert server.requests[0].target == b"/mine"


async def test_a_test_expects_what_the_verdict_says(tmp_path: Path) -> None:
    """A valid delivery is to be accepted, a forged one refused, and any other one answered."""
    cases = product((401, 200, 500), (VALID, INVALID, PENDING))
    module = tmp_path / "test_some.py"
    async with echo() as server:
        deliveries = []
        for seq, (status, verification) in enumerate(cases, start=1):
            server.statuses.append(status)
            deliveries.append(StoredDelivery(row(seq, verification=verification), stored().delivery))
        module.write_bytes(b"".join(FORMATS["pytest"].write(deliveries, Destination())))
        with pytest.raises(AssertionError, match="5 failed, 4 passed") as failed:
            await _pytest(module, server.url)

    assert re.findall(r"FAILED \S+::test_delivery_(\d)", str(failed.value)) == ["1", "5", "7", "8", "9"]


def test_the_source_is_ascii() -> None:
    """So nothing received can act on a terminal or on an editor."""
    for form in ("python", "pytest"):
        source = b"".join(FORMATS[form].write(EVERYTHING, Destination()))
        assert source.isascii()
        assert all(byte >= 0x20 or byte == 0x0A for byte in source)
        compile(source, form, "exec")
