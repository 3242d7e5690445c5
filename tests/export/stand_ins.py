"""Stand-ins for curl and HTTPie, as strict as their manuals: an option or a sign that we do not mean to use ends them.

Run as `python stand_ins.py curl|http ARGUMENTS`; `install` puts both on a PATH.
"""

from __future__ import annotations

import os
import re
import socket
import sys
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

HeaderList = list[tuple[bytes, bytes]]


def install(directory: Path) -> Path:
    """Make `curl` and `http` in `directory`; gives it back."""
    directory.mkdir()
    for name in ("curl", "http"):
        file = directory / name
        file.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{__file__}" {name} "$@"\n')
        file.chmod(0o755)
    return directory


def _send(method: bytes, url: bytes, target: bytes | None, headers: HeaderList, body: bytes) -> None:
    parts = urlsplit(url.decode("ascii"))
    assert parts.hostname == "127.0.0.1"
    assert parts.port
    path = target or (parts.path + (f"?{parts.query}" if parts.query else "")).encode("ascii")
    head = [method + b" " + path + b" HTTP/1.1", b"Host: " + parts.netloc.encode("ascii")]
    head += [name + b": " + value for name, value in headers]
    head += [b"Content-Length: " + str(len(body)).encode("ascii"), b"Connection: close"]
    with socket.create_connection((parts.hostname, parts.port), 20) as connection:
        connection.sendall(b"\r\n".join([*head, b"", body]))
        answer = b""
        while part := connection.recv(65_536):
            answer += part
    assert answer.startswith(b"HTTP/1.1 200 "), answer


def _curl(arguments: Sequence[bytes]) -> None:
    given = iter(arguments)
    method = url = body = target = b""
    custom: list[bytes] = []
    for argument in given:
        if argument == b"--request":
            method = next(given)
        elif argument == b"--header":
            custom.append(next(given))
        elif argument == b"--request-target":
            target = next(given)
        elif argument == b"--data-raw":
            body = next(given)
        elif argument == b"--data-binary":
            assert next(given) == b"@-"
            body = sys.stdin.buffer.read()
        else:
            assert not argument.startswith(b"-"), argument
            assert not url, "one URL"
            url = argument
    headers: HeaderList = []
    defaults = {b"accept": b"*/*", b"user-agent": b"curl/8", b"content-type": b"application/x-www-form-urlencoded"}
    for text in custom:
        assert not text.startswith(b"@"), "curl would read a file"
        if (named := re.fullmatch(rb"([^:;]+);", text)) is not None:
            headers.append((named[1], b""))
            defaults.pop(named[1].lower(), None)
            continue
        name, _, value = text.partition(b":")
        defaults.pop(name.lower(), None)
        if value.strip():
            headers.append((name, value.strip()))
    _send(method, url, target or None, [*defaults.items(), *headers], body)


def _http(arguments: Sequence[bytes]) -> None:
    at = arguments.index(b"--")
    options, (method, url, *items) = arguments[:at], arguments[at + 1 :]
    raw = [option.removeprefix(b"--raw=") for option in options if option.startswith(b"--raw=")]
    others = [option for option in options if not option.startswith(b"--raw=")]
    if raw:
        assert others == [b"--ignore-stdin", b"--path-as-is"]
    else:
        assert others == [b"--path-as-is"]
    body = raw[0] if raw else sys.stdin.buffer.read()
    headers: HeaderList = []
    defaults = {b"accept": b"*/*", b"accept-encoding": b"gzip", b"user-agent": b"HTTPie", b"content-type": b"x"}
    for item in items:
        if (named := re.fullmatch(rb"([^:;=@]+);", item)) is not None:
            headers.append((named[1], b""))
            defaults.pop(named[1].lower(), None)
            continue
        name, _, value = item.partition(b":")
        assert value[:1] not in (b"=", b"@"), "HTTPie would read a file or JSON"
        value.decode("utf-8")
        defaults.pop(name.lower(), None)
        if value:
            headers.append((name, re.sub(rb"\\([:;=@])", rb"\1", value)))
    _send(method, url, None, [*defaults.items(), *headers], body)


if __name__ == "__main__":
    {"curl": _curl, "http": _http}[sys.argv[1]]([os.fsencode(argument) for argument in sys.argv[2:]])
