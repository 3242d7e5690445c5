"""Answers of a terminal between keys."""

from __future__ import annotations

from textual.message import Message

from webhook_tui.ui.terminal.answers import (
    AnswerReader,
    AttributesReported,
    CellSizeReported,
    GraphicsAnswered,
    TerminalNamed,
)

GRAPHICS, NAME, CELL, ATTRIBUTES = (
    b"\x1b_Gi=31;OK\x1b\\",
    b"\x1bP>|kitty(0.36.4)\x1b\\",
    b"\x1b[6;20;9t",
    b"\x1b[?62;4c",
)


def _read(*parts: bytes) -> tuple[list[Message], bytes]:
    reader = AnswerReader()
    reader.expect()
    found = [each for part in parts for each in reader.feed(part)]
    return [each for each in found if isinstance(each, Message)], b"".join(
        each for each in found if isinstance(each, bytes)
    )


def test_answers_are_told_from_keys_wherever_the_input_is_cut() -> None:
    """Each answer once, each key in its order, at every place where one read can end and the next begin."""
    stream = b"j\x1b[A" + GRAPHICS + b"\xc3\xa9" + NAME + b"\x1b[6~" + CELL + b"x" + ATTRIBUTES + b"\x1b[?2026;2$yk"
    keys = b"j\x1b[A\xc3\xa9\x1b[6~x\x1b[?2026;2$yk"

    for cut in range(len(stream) + 1):
        messages, rest = _read(stream[:cut], stream[cut:])
        assert rest == keys, cut
        match messages:
            case [
                GraphicsAnswered(text=text),
                TerminalNamed(name=name),
                CellSizeReported() as cell,
                AttributesReported(),
            ]:
                assert (text, name, (cell.width, cell.height)) == ("i=31;OK", "kitty(0.36.4)", (9, 20))
            case _:
                raise AssertionError(messages)


def test_an_answer_byte_by_byte() -> None:
    messages, rest = _read(*(bytes([byte]) for byte in GRAPHICS + b"q" + NAME))
    assert [type(each) for each in messages] == [GraphicsAnswered, TerminalNamed]
    assert rest == b"q"


def test_what_only_begins_like_an_answer_is_passed_on_in_time() -> None:
    """The escape key at once, alt+P as soon as Textual itself would, the rest after a second.

    While an answer is expected, escape as soon as alt+P.
    """
    now = 0.0
    reader = AnswerReader(clock=lambda: now)

    assert list(reader.feed(b"\x1b")) == [b"\x1b"]
    assert list(reader.feed(b"a\x1bP")) == [b"a"]
    assert reader.tick() == b""
    now = 0.1
    assert reader.tick() == b"\x1bP"
    assert reader.tick() == b""
    assert list(reader.feed(b"\x1b_Gi=31")) == []
    now = 1.0
    assert reader.tick() == b""
    now = 1.1
    assert reader.tick() == b"\x1b_Gi=31"
    assert list(reader.feed(b"z")) == [b"z"]

    reader.expect()
    assert list(reader.feed(b"\x1b")) == []
    now = 1.25
    assert reader.tick() == b"\x1b"
    assert list(reader.feed(b"\x1b")) == []
    assert [type(each) for each in reader.feed(b"[?6c")] == [AttributesReported]
    assert list(reader.feed(b"\x1b")) == [b"\x1b"]
    reader.expect()
    now = 9.0
    assert list(reader.feed(b"\x1b")) == [b"\x1b"]


def test_an_answer_with_other_bytes_is_none() -> None:
    """Nor one that never ends: nothing is kept without bound."""
    assert _read(b"\x1b_Gi=31;\x07OK\x1b\\") == ([], b"\x1b_Gi=31;\x07OK\x1b\\")
    assert _read(b"\x1b_G" + b"a" * 500) == ([], b"\x1b_G" + b"a" * 500)
