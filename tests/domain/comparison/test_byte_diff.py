"""The difference that is shown before an edited body is sent."""

from __future__ import annotations

import pytest

from webhook_tui.domain.comparison.diff import byte_diff, first_difference


@pytest.mark.parametrize(
    ("before", "after", "lines", "first"),
    [
        (b"a\nb\nc\n", b"a\nB\nc\n", ["-b", "+B"], 2),
        (b"a\nb\n", b"a\nb", ["-b", "+b|"], 3),
        (b"{}", b"{}\n", ["-{}|", "+{}"], 2),
        (b"a\nb\nc", b"a\nc", ["-b"], 2),
        (b"", b"new\n", ["+new"], 0),
        (b"a\r\nb", b"a\nb", ["-a\r", "+a"], 1),
        (b"same", b"same", [], 4),
    ],
)
def test_changed_lines(before: bytes, after: bytes, lines: list[str], first: int) -> None:
    """`|`: no newline at the end, which editors like to add."""
    changes = byte_diff(before, after, most=40)

    assert [c.sign + c.text.decode() + "|" * c.ends_without_newline for c in changes] == lines
    assert first_difference(before, after) == first


def test_a_long_line_is_cut_to_the_place() -> None:
    """One line of JSON is the usual body."""
    before = b"x" * 1000 + b"1" + b"y" * 1000
    removed, added = byte_diff(before, before.replace(b"1", b"2"), most=40)

    assert removed.text == b"x" * 20 + b"1" + b"y" * 39
    assert added.text == b"x" * 20 + b"2" + b"y" * 39
    assert (removed.cut_before, removed.cut_after) == (True, True)


def test_large_bodies_are_compared_in_no_time() -> None:
    """Ten thousand other lines are one block, of which the first are reported."""
    before = b"".join(b"%d\n" % n for n in range(100_000))
    after = b"".join(b"%d!\n" % n for n in range(100_000))

    assert len(byte_diff(before, after, most=40)) == 40
