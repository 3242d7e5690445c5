#!/usr/bin/env python3
"""Stands in for ngrok's agent: logfmt on standard output, /api/endpoints and /api/tunnels on loopback, real forwarding.

FAKE_NGROK_MODE says what it does: ok, noauth (ERR_NGROK_4018), badtoken (105, which repeats the token), session_limit
(108), online (334, in an HTTP body), old (knows no /api/endpoints), crash, silent, garbled (a byte that is no UTF-8,
then nothing), mute (a session, then nothing), nonetwork, quit (ends with 3 when it is asked for an endpoint), drop
(loses its session soon after the endpoint is open, finds another), moved (the same, with another URL), lost (the same,
finds none), die (ends with 3), deaf (heeds no SIGTERM). With FAKE_NGROK_LOOPBACK the public URL is that of its own
front, and SIGUSR1 and SIGUSR2 do what drop and moved do; FAKE_NGROK_STARTS gets a line with its pid each time that it
starts.
"""

from __future__ import annotations

import json
import os
import secrets
import signal
import socket
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

MODE = os.environ.get("FAKE_NGROK_MODE", "ok")
SOON = 0.3
FAILURES = {
    "noauth": "authentication failed: Usage of ngrok requires a verified account.\r\n\r\nERR_NGROK_4018\r\n",
    "badtoken": "authentication failed: The authtoken you specified does not look like a proper ngrok authtoken.\r\n"
    f"Your authtoken: {os.environ.get('NGROK_AUTHTOKEN')}\r\n\r\nERR_NGROK_105\r\n",
    "session_limit": "authentication failed: Your account is limited to 1 simultaneous ngrok agent session.\r\n\r\n"
    "ERR_NGROK_108\r\n",
}
endpoints: list[dict[str, Any]] = []
fronts: list[socket.socket] = []
upstreams: list[str] = []


def log(level: str, message: str, **fields: str) -> None:
    """One line as ngrok logs it."""
    words = " ".join(f"{name}={json.dumps(value)}" for name, value in fields.items())
    sys.stdout.write(f't=2026-11-23T14:20:00+0000 lvl={level} msg="{message}" {words}\n')
    sys.stdout.flush()


def session() -> None:
    """Say that there is one."""
    log("info", "client session established", obj="tunnels.session")
    log("info", "tunnel session started", obj="tunnels.session")


class Api(BaseHTTPRequestHandler):
    """The agent's web interface."""

    def do_GET(self) -> None:
        """List what is open."""
        self._answer(200, {self.path.rpartition("/")[2]: endpoints})

    def do_POST(self) -> None:
        """Open an endpoint."""
        wanted = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if MODE == "old" and self.path.endswith("endpoints"):
            self._answer(404, {"msg": "no such path"})
            return
        if MODE == "online":
            details = {
                "err": "failed to start tunnel: the endpoint 'https://a.ngrok.app' is already online. ERR_NGROK_334"
            }
            self._answer(
                502, {"error_code": 103, "status_code": 502, "msg": "failed to start tunnel", "details": details}
            )
            return
        if MODE == "quit":
            os._exit(3)
        if MODE == "mute":
            threading.Event().wait()
        url = opened(wanted.get("addr") or wanted["upstream"]["url"])
        endpoints[:] = [{"name": wanted["name"], "url": url, "public_url": url}]
        log("info", "started tunnel", obj="tunnels", name=wanted["name"], url=url)
        self._answer(201, endpoints[0])
        if MODE in ("drop", "moved", "lost", "die"):
            threading.Timer(SOON, fail, (MODE,)).start()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 -- its name in the base
        """Nothing but logfmt is printed."""

    def _answer(self, status: int, fields: object) -> None:
        body = json.dumps(fields).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def fail(mode: str) -> None:
    """What the mode does after a while."""
    if mode == "die":
        os._exit(3)
    log(
        "eror",
        "session closed, starting reconnect loop",
        obj="tunnels.session",
        err="read tcp: connection reset by peer",
    )
    if mode == "lost":
        log("eror", "failed to reconnect session", err="the endpoint is already online. ERR_NGROK_334")
        return
    if mode == "moved":
        url = opened(upstreams[-1])
        endpoints[0] |= {"url": url, "public_url": url}
    threading.Timer(SOON, session).start()


def opened(upstream: str) -> str:
    """A public URL; with a front of its own where that is wanted."""
    upstreams.append(upstream)
    for old in fronts:
        old.close()
    if "FAKE_NGROK_LOOPBACK" not in os.environ:
        return f"https://{secrets.token_hex(4)}.ngrok-free.app"
    front = socket.create_server(("127.0.0.1", 0))
    fronts[:] = [front]
    target = urlsplit(upstream)
    threading.Thread(target=accept, args=(front, (target.hostname, target.port)), daemon=True).start()
    return f"http://127.0.0.1:{front.getsockname()[1]}"


def accept(front: socket.socket, target: tuple[str, int]) -> None:
    """Carry every connection to the target."""
    while True:
        try:
            outer, _ = front.accept()
        except OSError:
            return
        inner = socket.create_connection(target)
        for source, sink in ((outer, inner), (inner, outer)):
            threading.Thread(target=carry, args=(source, sink), daemon=True).start()


def carry(source: socket.socket, sink: socket.socket) -> None:
    """All bytes, then the end."""
    try:
        while data := source.recv(65_536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def main() -> int:
    """Play the mode."""
    if starts := os.environ.get("FAKE_NGROK_STARTS"):
        with Path(starts).open("a") as file:
            file.write(f"{os.getpid()}\n")
    if MODE == "garbled":
        os.write(1, b"\xff\n")
    if MODE in ("silent", "garbled"):
        threading.Event().wait()
    if MODE == "crash":
        return 1
    if MODE == "deaf":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Api)
    log("info", "starting web service", obj="web", addr=f"127.0.0.1:{server.server_address[1]}")
    if MODE in FAILURES:
        log("eror", "failed to auth", obj="tunnels.session", err=FAILURES[MODE])
        sys.stderr.write(f"ERROR:  {FAILURES[MODE]}\n")
        return 1
    if MODE == "nonetwork":
        log("eror", "failed to reconnect session", err="dial tcp: lookup connect.ngrok-agent.com: no such host")
    else:
        session()
    signal.signal(signal.SIGUSR1, lambda *_: fail("drop"))
    signal.signal(signal.SIGUSR2, lambda *_: fail("moved"))
    server.serve_forever()
    return 0


if __name__ == "__main__":
    sys.exit(main())
