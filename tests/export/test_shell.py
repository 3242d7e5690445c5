"""Quoting, against real shells: whatever the bytes are, the program gets exactly them."""

from __future__ import annotations

import json
import shutil
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.export.shell_record import BODIES, CONTENTS, FILE, written_body, written_word
from tests.patience import PATIENCE_SECONDS
from webhook_tui.domain.delivery.text import is_harmless
from webhook_tui.export.shell import from_base64, text_body, word

pytestmark = [pytest.mark.integration, pytest.mark.portable]

SHELLS = [shell for shell in ("sh", "bash", "dash", "zsh", "ksh", "fish") if shutil.which(shell)]
"""sh is everywhere; the others are tried where they are."""

HOSTILE = st.sampled_from(
    [
        b"'",
        b'"',
        b"\\",
        b"\\\\",
        b"$(x)",
        b"`x`",
        b"%s",
        b"\\n",
        b"!",
        b"\xff",
        b"\x1b[",
        b"\n",
        b"-",
        b"~",
        b"=",
        b"%",
        b"{a,b}",
        b"#",
    ]
)
BYTES = st.lists(HOSTILE | st.binary(max_size=4), max_size=12).map(b"".join)
WORDS = BYTES.map(lambda content: content.replace(b"\0", b"").rstrip(b"\n"))


def printed(shell: str, command: str) -> bytes:
    """Standard output of a command."""
    return subprocess.run([shell, "-c", command], capture_output=True, check=True, timeout=PATIENCE_SECONDS).stdout


@pytest.mark.parametrize("shell", SHELLS)
@given(words=st.lists(WORDS, min_size=1, max_size=20))
@settings(max_examples=20, deadline=None)
def test_words_reach_the_program(shell: str, words: list[bytes]) -> None:
    """Each as one argument, and none with a character in it that could act on a terminal."""
    quoted = [word(content) for content in words]

    assert printed(shell, f"printf '%s\\0' {' '.join(quoted)}") == b"".join(content + b"\0" for content in words)
    assert all(is_harmless(character) for text in quoted for character in text)


@pytest.mark.parametrize("shell", SHELLS)
@given(bodies=st.lists(BYTES, min_size=1, max_size=5))
@settings(max_examples=20, deadline=None)
def test_bodies_reach_the_program(shell: str, bodies: list[bytes]) -> None:
    """As an argument where they are text, else by standard input."""
    for body in bodies:
        text = text_body(body)
        command = from_base64(body, "cat") if text is None else f"printf %s {text}"

        assert printed(shell, command) == body


def test_text_is_readable_and_anything_else_is_not_pasted() -> None:
    """JSON stays JSON; what a terminal would act on goes as base64."""
    assert text_body(b'{"id": 1}') == """'{"id": 1}'"""
    assert text_body("Zoë\n".encode()) == "'Zoë\n'"
    for body in (b"\t", b"\r\n", b"\x00", b"\xff", "\u202e".encode(), b"x" * 70_000):
        assert text_body(body) is None


def test_shells_that_need_not_be_here_read_it_alike() -> None:
    """What each made of these very commands was written down, with its version."""
    record = json.loads(FILE.read_text())

    assert list(record["shells"]) == ["bash", "dash", "zsh", "fish"]
    assert [one["command"] for one in record["read"]] == [
        *map(written_word, CONTENTS),
        *map(written_body, BODIES),
    ]
    assert all(one["by"] == dict.fromkeys(record["shells"], True) for one in record["read"])
