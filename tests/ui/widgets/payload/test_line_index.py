"""Lines of a block of bytes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from webhook_tui.ui.widgets.payload.line_index import LineIndex


@given(st.lists(st.binary(max_size=6).map(lambda raw: raw.replace(b"\n", b"")), min_size=1, max_size=1200))
def test_lines_are_those_of_a_split(parts: list[bytes]) -> None:
    """Every line, its start and the line of every start, over blocks of any number."""
    body = b"\n".join(parts)
    lines = LineIndex(body)
    assert len(lines) == len(parts)
    assert list(lines) == parts
    at = 0
    for index, part in enumerate(parts):
        assert lines[index] == part
        assert lines.start(index) == at
        assert lines.index_at(at) == index
        at += len(part) + 1


def test_there_is_no_line_beyond_the_last() -> None:
    """As with a list."""
    lines = LineIndex(b"a\nb")
    for index in (2, -1):
        try:
            lines[index]
        except IndexError:
            continue
        raise AssertionError(index)
