"""Words and bodies for a POSIX shell: whatever bytes were received, the shell runs nothing of them and changes none."""

from __future__ import annotations

import base64
import shlex

from webhook_tui.domain.text import is_harmless

_LONGEST_TEXT = 65_536
"""Bytes; Linux takes at most 131,072 in one argument."""
_END = "END_OF_BODY"


def word(content: bytes) -> str:
    """One word of a command line; bytes that no terminal should see are written as octal escapes for printf.

    `content` holds no NUL and does not end in a newline.
    """
    text = _harmless(content)
    if text is not None:
        return shlex.quote(text)
    # A dash is escaped, too: in front it would make the text an option of printf's.
    escaped = "".join(chr(byte) if _is_plain(byte) else f"\\{byte:03o}" for byte in content)
    return f"\"$(printf '{escaped.replace('%', '%%')}')\""


def _is_plain(byte: int) -> bool:
    return 0x20 <= byte < 0x7F and byte not in b"\\'!-"


def text_body(body: bytes) -> str | None:
    """The body as a quoted word if it is text that can be pasted, else None."""
    if len(body) > _LONGEST_TEXT:
        return None
    lines = [_harmless(line) for line in body.split(b"\n")]
    texts = [line for line in lines if line is not None]
    return shlex.quote("\n".join(texts)) if len(texts) == len(lines) else None


def from_base64(body: bytes, command: str) -> str:
    """`command` with exactly the body's bytes on its standard input."""
    lines = base64.encodebytes(body).decode("ascii")
    return f"base64 -d <<'{_END}' | {command}\n{lines}{_END}\n"


def command_line(program: str, words: list[str]) -> str:
    """One argument (or option with its value) a line."""
    return " \\\n  ".join([program, *words])


def _harmless(content: bytes) -> str | None:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return None
    if text.isascii():
        return text if text.isprintable() else None
    return text if all(is_harmless(character) for character in text) else None
