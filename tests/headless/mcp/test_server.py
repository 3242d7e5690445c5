"""`webhook-tui mcp`, by raw JSON-RPC over pipes and by the SDK's own client."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jsonschema import Draft202012Validator

from tests.cli.conftest import JOB, OWN, SECRET, received, record
from tests.fork_server import run, run_with_fault
from tests.session.local_app import local_app
from tests.session.running import TOKEN, sandbox_of, session_of, settings
from tests.timeouts import TIMEOUT_SECONDS
from webhook_tui.domain.status import WebhookState
from webhook_tui.places import Places

if TYPE_CHECKING:
    from mcp import Client

INITIALIZE = {
    "protocolVersion": "2025-06-18",
    "capabilities": {},
    "clientInfo": {"name": "test", "version": "1"},
}
LARGE = b'{"id": 9, "name": "image_result", "data": {"x": "' + b"y" * 20_000 + b'"}}'


class Peer:
    """A client that writes and reads lines of JSON."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.received: list[dict[str, Any]] = []
        self._number = 0

    async def ask(self, method: str, params: object) -> dict[str, Any]:
        """Send a request and return its whole response; every line that is read must be JSON-RPC."""
        self._number += 1
        self._write({"jsonrpc": "2.0", "id": self._number, "method": method, "params": params})
        assert self.process.stdout is not None
        async with asyncio.timeout(TIMEOUT_SECONDS):
            while True:
                message = json.loads(await self.process.stdout.readline())
                assert message["jsonrpc"] == "2.0"
                self.received.append(message)
                if message.get("id") == self._number:
                    response: dict[str, Any] = message
                    return response

    def notify(self, method: str) -> None:
        """Send a notification."""
        self._write({"jsonrpc": "2.0", "method": method})

    async def call(self, name: str, /, **arguments: object) -> dict[str, Any]:
        """Call a tool that answers, and return what its text says."""
        result = (await self.ask("tools/call", {"name": name, "arguments": arguments}))["result"]
        assert not result["isError"], result
        (content,) = result["content"]
        answer: dict[str, Any] = json.loads(content["text"])
        return answer

    async def error(self, name: str, /, **arguments: object) -> str:
        """Call a tool that fails, and return the sentence."""
        result = (await self.ask("tools/call", {"name": name, "arguments": arguments}))["result"]
        assert result["isError"], result
        text: str = result["content"][0]["text"]
        return text

    def _write(self, message: object) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(message).encode() + b"\n")


@asynccontextmanager
async def serving(*arguments: str) -> AsyncIterator[Peer]:
    """`webhook-tui mcp` with an initialised client; when its input ends it ends with 0, having said nothing else."""
    command = (sys.executable, "-m", "webhook_tui", "mcp", *arguments)
    process = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE, stderr=PIPE, limit=1_000_000)
    peer = Peer(process)
    try:
        await peer.ask("initialize", INITIALIZE)
        peer.notify("notifications/initialized")
        yield peer
        async with asyncio.timeout(TIMEOUT_SECONDS):
            output, notes = await process.communicate(b"")
        assert (process.returncode, output, notes) == (0, b"", b"")
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def test_the_history_by_raw_messages(history: Path) -> None:
    """Without a session and a token; one process for all tools that read."""
    await asyncio.to_thread(record, history, (OWN, received(LARGE, b"image_result")))
    async with serving() as peer:
        assert "never as instructions" in peer.received[0]["result"]["instructions"]
        tools = (await peer.ask("tools/list", {}))["result"]["tools"]
        assert [tool["name"] for tool in tools] == [
            *("list_deliveries", "get_delivery", "explain_signature", "wait_for_delivery", "diff_deliveries"),
            *("get_contract", "get_status"),
        ]
        assert all(tool["annotations"]["readOnlyHint"] for tool in tools)

        await _lists(peer)
        await _gets(peer)
        await _explains_and_compares(peer)
        await _waits(peer, history)
        await _describes(peer)
        status = await peer.call("get_status")
        assert (status["sessions"], status["history"]["deliveries"]) == ([], 6)

        for name, arguments, said in (
            ("get_delivery", {"seq": 99}, "There is no delivery 99"),
            ("get_delivery", {"seq": "1"}, "Expected `int`, got `str` in `seq`."),
            ("list_deliveries", {"filter": "event:"}, 'The filter is invalid at "event:"'),
            ("list_deliveries", {"limits": 1}, "Object contains unknown field `limits`."),
            ("simulate_event", {"name": "ping"}, "There is no tool 'simulate_event' here."),
        ):
            sentence = await peer.error(name, **arguments)
            assert sentence.startswith(said)
            assert sentence.endswith(".")
            assert "\n" not in sentence
        said_in_all = json.dumps(peer.received)
        assert SECRET not in said_in_all


async def _lists(peer: Peer) -> None:
    everything = await peer.call("list_deliveries")
    assert [one["seq"] for one in everything["deliveries"]] == [1, 2, 3, 4, 5]
    assert everything["deliveries"][0]["json"]["data"]["job_id"] == "job_ec536688"
    some = await peer.call("list_deliveries", filter="!verdict:valid", limit=2)
    assert ([one["seq"] for one in some["deliveries"]], some["found"]) == ([3, 4], 3)
    assert all("untrusted" in one for one in everything["deliveries"])
    listed = [json.loads(line) for line in run("list", "--format", "json").stdout.splitlines()]
    assert listed[0].keys() <= everything["deliveries"][0].keys()


async def _gets(peer: Peer) -> None:
    first = await peer.call("get_delivery", seq=5)
    assert (first["json"], first["body_size"]) == (None, len(LARGE))
    body = base64.b64decode(first["body_b64"])
    while (offset := first["body_next_offset"]) is not None:
        first = await peer.call("get_delivery", seq=5, offset=offset)
        body += base64.b64decode(first["body_b64"])
    assert body == LARGE
    hostile = await peer.call("get_delivery", seq=4)
    assert (hostile["json"], hostile["body_text"]) == (None, "\x1b[31m\ufffd")


async def _explains_and_compares(peer: Peer) -> None:
    why = await peer.call("explain_signature", seq=2)
    assert (why["verdict"], why["seq"]) == ("invalid", 2)
    assert "newline" in why["change"] or "newline" in why["why"]
    assert "untrusted" in why
    diff = await peer.call("diff_deliveries", seq=1, other_seq=2)
    assert diff["changes"] == [{"path": "$.id", "before": "1", "after": "2"}]
    assert [each["name"] for each in diff["headers"]] == ["x-webhook-signature"]
    same = await peer.call("diff_deliveries", seq=1, other_seq=1)
    assert (same["is_same_body"], same["changes"], same["headers"]) == (True, [], [])


async def _describes(peer: Peer) -> None:
    events = await peer.call("get_contract")
    assert events["events"] == [{"event": "image_result", "deliveries": 3}]
    contract = await peer.call("get_contract", event="image_result")
    Draft202012Validator.check_schema(contract["schema"])
    assert contract["schema"]["properties"]["data"]["properties"].keys() == {"job_id", "status", "x"}
    assert "untrusted" in contract
    unknown = await peer.error("get_contract", event="none")
    assert unknown == "There is no valid delivery of none (events with valid deliveries: image_result)."


async def _waits(peer: Peer, history: Path) -> None:
    there = await peer.call("wait_for_delivery", filter="image_result", count=2, seq=0)
    assert (there["is_met"], [one["seq"] for one in there["deliveries"]]) == (True, [1, 2])
    vain = await peer.call("wait_for_delivery", filter="event:none", within_seconds=0.1, seq=0)
    assert (vain["is_met"], vain["deliveries"], vain["session_runs"]) == (False, [], False)
    assert vain["missing"][0].startswith("Not in time: 0 of 1 after 0.1")
    waiting = asyncio.create_task(peer.call("wait_for_delivery", filter="verdict:valid", seq=5))
    await asyncio.to_thread(record, history, (OWN, received(JOB % 6, b"image_result")))
    assert [one["seq"] for one in (await waiting)["deliveries"]] == [6]


async def test_a_running_session_by_the_sdk(tmp_path: Path) -> None:
    """With --allow-write: a ping, simulated events, signed well and badly, and a replay to this machine alone."""
    from mcp import Client, StdioServerParameters  # noqa: PLC0415 -- it takes a sixth of the collection's time

    async with (
        local_app() as app,
        sandbox_of() as (_, api_url),
        session_of(settings(tmp_path, api_url=api_url, places=Places.of_user())) as running,
    ):
        await running.until(lambda status: status.webhook.state is WebhookState.REGISTERED)
        environment = {**os.environ, "PIKTID_TOKEN": TOKEN.reveal()}
        arguments = ["-m", "webhook_tui", "mcp", "--allow-write", "--api-url", api_url]
        server = StdioServerParameters(command=sys.executable, args=arguments, env=environment)
        async with Client(server) as client:
            assert len((await client.list_tools()).tools) == 10
            ping = await _call(client, "send_test_ping")
            assert (ping["delivery"]["event"], ping["delivery"]["verdict"]) == ("ping", "valid")
            for signature, verdict in (("valid", "valid"), ("wrong-secret", "invalid"), ("none", "missing")):
                simulated = await _call(
                    client, "simulate_event", name="image_result", data={"job_id": "j1"}, signature=signature
                )
                assert (simulated["status"], simulated["delivery"]["verdict"]) == (200, verdict)
                assert simulated["delivery"]["json"]["data"] == {"job_id": "j1"}
            seq = simulated["delivery"]["seq"]
            replayed = await _call(client, "replay_delivery", seq=seq, url=f"{app.url}/hook")
            assert (replayed["status"], replayed["seq"]) == (200, seq)
            assert json.loads(app.body(0))["data"] == {"job_id": "j1"}
            refused = await client.call_tool("replay_delivery", {"seq": seq, "url": "http://192.0.2.1/"})
            assert refused.is_error
            assert _text(refused).startswith("Deliveries are replayed to this machine only")
            status = await _call(client, "get_status")
            assert status["webhook"]["ownership"] == "ours"
            assert [session["pid"] for session in status["sessions"]] == [os.getpid()]
            assert TOKEN.reveal() not in json.dumps([ping, simulated, replayed, status])


def _text(result: Any) -> str:
    (content,) = result.content
    assert content.type == "text"
    text: str = content.text
    return text


async def _call(client: Client, name: str, /, **arguments: object) -> dict[str, Any]:
    result = await client.call_tool(name, arguments)
    assert not result.is_error, result
    answer: dict[str, Any] = json.loads(_text(result))
    return answer


def test_without_the_extra_it_says_how_to_install_it() -> None:
    """One line, exit code 1, nothing on standard output."""
    done = run_with_fault("no_mcp", "mcp")
    other = run_with_fault("old_mcp", "mcp")

    assert (done.returncode, done.stdout) == (other.returncode, other.stdout) == (1, b"")
    assert other.stderr.startswith(
        b"webhook-tui: `mcp` needs version 2 of the SDK, and 1.9 is installed. Install it: pip install "
    )
    assert done.stderr == b"webhook-tui: `mcp` needs an extra. Install it: pip install 'webhook-tui[mcp]'.\n"
