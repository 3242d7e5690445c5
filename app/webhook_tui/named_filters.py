"""The named filters: the table [filters] of config.toml. A change touches one line; the rest of the file stays.

The changed text is parsed before it is written: if it does not say what the old one said with that one change, because
the file writes the table in an unusual way, nothing is written.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from webhook_tui.domain.errors import ProblemError
from webhook_tui.errors import BAD_FILTER_NAME, NO_CONFIG_FILE, config_not_changed, filters_not_changed

_NAME = re.compile(r"[A-Za-z0-9_-]{1,40}")
_HEADER = re.compile(r"\ufeff?\s*\[\s*(filters|\"filters\"|'filters')\s*\]\s*(#.*)?")
_ANY_HEADER = re.compile(r"\s*\[")
_NO_ENTRY = re.compile(r"\s*(#.*)?")


class NamedFilters:
    """The filters of one file by name. `save` and `remove` raise ProblemError, and change nothing then."""

    def __init__(self, path: Path | None = None, texts: Mapping[str, str] | None = None) -> None:
        """`texts`: what was read from the file, and from the profile in use. Without a path nothing can be saved."""
        self._path = path
        self.texts: Mapping[str, str] = dict(texts or {})

    def save(self, name: str, text: str) -> None:
        """Give a filter a name, in place of the filter that had it."""
        if not _NAME.fullmatch(name):
            raise ProblemError(BAD_FILTER_NAME)
        self._change(name, text)
        self.texts = {**self.texts, name: text}

    def remove(self, name: str) -> None:
        """Remove a name and its filter."""
        self._change(name, None)
        self.texts = {other: text for other, text in self.texts.items() if other != name}

    def _change(self, name: str, text: str | None) -> None:
        if self._path is None:
            raise ProblemError(NO_CONFIG_FILE)
        path = self._path.resolve()  # a link stays a link
        try:
            before = path.read_bytes().decode() if path.exists() else ""
            after = changed(before, name, text)
            if after is None:
                raise ProblemError(filters_not_changed(name))
            _replace_file(path, after)
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
            raise ProblemError(config_not_changed(reason)) from error


def changed(content: str, name: str, text: str | None) -> str | None:
    """Return the file with another filter of that name, None: without it; None when it cannot be changed safely."""
    newline = "\r\n" if "\r\n" in content else "\n"
    lines = content.splitlines(keepends=True)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += newline
    start = next((at for at, line in enumerate(lines) if _HEADER.fullmatch(line.rstrip("\r\n"))), None)
    entry = None if text is None else f"{name} = {json.dumps(text, ensure_ascii=False)}"
    if start is None:
        lines += [] if entry is None else [*([newline] if lines else []), f"[filters]{newline}", f"{entry}{newline}"]
    else:
        _change_table(lines, start + 1, name, entry, newline)
    after = "".join(lines)
    return after if _is_change(content, after, name, text) else None


def _change_table(lines: list[str], start: int, name: str, entry: str | None, newline: str) -> None:
    """Change the entry in the lines of the table, or add it after the last one."""
    end = next((at for at in range(start, len(lines)) if _ANY_HEADER.match(lines[at])), len(lines))
    key = re.compile(rf"\s*({re.escape(name)}|\"{re.escape(name)}\"|'{re.escape(name)}')\s*=")
    at = next((at for at in range(start, end) if key.match(lines[at])), None)
    if at is None:
        entries = [at for at in range(start, end) if not _NO_ENTRY.fullmatch(lines[at].rstrip("\r\n"))]
        lines[(entries[-1] + 1 if entries else start) : start if not entries else entries[-1] + 1] = (
            [] if entry is None else [f"{entry}{newline}"]
        )
    elif entry is None:
        del lines[at]
    else:
        comment = _comment(lines[at].rstrip("\r\n"))
        lines[at] = f"{entry}{f'  {comment}' if comment else ''}{newline}"


def _comment(line: str) -> str:
    """The comment after an entry; a # in its text begins none."""
    for at, sign in enumerate(line):
        if sign == "#" and _parsed(line[:at]) is not None:
            return line[at:]
    return ""


def _is_change(before: str, after: str, name: str, text: str | None) -> bool:
    old, new = _parsed(before), _parsed(after)
    if old is None or not isinstance(old.get("filters", {}), dict):
        return False
    there = old.get("filters", {})
    if text is None:
        return name in there and new == {**old, "filters": {other: there[other] for other in there if other != name}}
    return new == {**old, "filters": {**there, name: text}}


def _parsed(content: str) -> Mapping[str, Any] | None:
    import tomllib  # noqa: PLC0415 -- only a change needs it

    try:
        return tomllib.loads(content.removeprefix("\ufeff"))
    except tomllib.TOMLDecodeError:
        return None


def _replace_file(path: Path, content: str) -> None:
    """Write the file as a whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        new.touch(0o600, exist_ok=False)
        new.write_bytes(content.encode())
        if path.exists():
            shutil.copymode(path, new)
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)
