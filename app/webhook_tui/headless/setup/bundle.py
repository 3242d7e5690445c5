"""The report for a bug report: versions, checks, options and the ends of the logs, without what identifies a user."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from webhook_tui import __version__
from webhook_tui.domain.delivery.text import visible
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.export.redaction import text_redaction
from webhook_tui.headless.setup.doctor import Check, checks_page

_LIBRARIES = ("textual", "rich", "httpx", "httptools", "uvloop", "msgspec", "pyngrok", "starlette", "keyring", "mcp")
_VARIABLES = ("TERM", "COLORTERM", "LANG", "LC_ALL", "NO_COLOR")
_LINES = 100
"""Of each log, the last ones."""
_LARGEST_READ = 262_144
_HOST = re.compile(r"(?i)(?<=://)(?:[\w-]+\.)+[a-z]{2,}\b|(?<=@)(?:[\w-]+\.)+[a-z]{2,}\b")
_KNOWN = ("piktid.com", "localhost.run", "lhr.life", "ngrok.io", "ngrok.app", "ngrok-free.app", "trycloudflare.com")
"""Domains that identify no user."""
_ADDRESS = re.compile(r"\b(?!127\.)(?!0\.0\.0\.0)\d{1,3}(?:\.\d{1,3}){3}\b")
_HOOK = re.compile(r"/h/[0-9a-f]{16,}")
_FINGERPRINT = re.compile(r"(?<=#)[0-9a-f]{12}\b")


def bundle(
    checks: Sequence[Check],
    options: Iterable[tuple[str, str, str]],
    logs: Iterable[Path],
    secrets: Iterable[Secret],
) -> str:
    """Return the report as Markdown. `options`: name, value and origin of those that are no defaults.

    `secrets`: what must not be in it, besides addresses, host names, links' signatures and the home directory.
    """
    clean = anonymizer(secrets, str(Path.home()))
    return "".join(f"{clean(line)}\n" for line in _lines(checks, options, logs))


def anonymizer(secrets: Iterable[Secret], home: str) -> Callable[[str], str]:
    """Return a function that takes out of a line what identifies an account, a machine or a person."""
    without_secrets = text_redaction(tuple(secrets))

    def clean(line: str) -> str:
        if len(home) > 1:
            line = line.replace(home, "~")
        line = _HOST.sub(_host, without_secrets(line))
        return _FINGERPRINT.sub("...", _HOOK.sub("/h/...", _ADDRESS.sub("<address>", line)))

    return clean


def _host(found: re.Match[str]) -> str:
    name = found[0].lower()
    if name in _KNOWN:
        return name
    return next((f"*.{domain}" for domain in _KNOWN if name.endswith(f".{domain}")), "<host>")


def _lines(checks: Sequence[Check], options: Iterable[tuple[str, str, str]], logs: Iterable[Path]) -> Iterator[str]:
    yield from ("# webhook-tui report", "", "Read it before you share it.", "")
    yield f"- webhook-tui {__version__}, Python {platform.python_version()}, {platform.platform()}"
    yield f"- {' '.join(_variables())}"
    yield f"- {', '.join(_versions())}"
    yield from ("", "## Checks", "", "```text", *checks_page(checks, in_ascii=True).splitlines(), "```", "")
    chosen = [f"{name} = {value}  ({origin})" for name, value, origin in options]
    yield from ("## Options", "", "```text", *(map(visible, chosen) if chosen else ("all by default",)), "```", "")
    for path in logs:
        lines = _last_lines(path)
        yield from (f"## {path.name}", "", "```text", *(lines or ("(empty)",)), "```", "")


def _variables() -> Iterator[str]:
    return (f"{name}={os.environ[name]}" for name in _VARIABLES if name in os.environ)


def _versions() -> Iterator[str]:
    for name in _LIBRARIES:
        try:
            yield f"{name} {version(name)}"
        except PackageNotFoundError:
            continue


def _last_lines(path: Path) -> Sequence[str]:
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - _LARGEST_READ))
            text = file.read().decode("utf-8", "replace")
    except OSError:
        return ()
    return [visible(line).replace("```", "'''") for line in text.splitlines()[-_LINES:]]
