"""Both contents of an event side by side."""

from __future__ import annotations

from webhook_tui.ui.format.comparison.event_sides import lines_of, sides_text


def test_contents_that_cannot_be_laid_side_by_side() -> None:
    """One side only, none, equal ones, long ones and what is not JSON."""
    assert sides_text(None, None).plain == "Neither content is kept any more."
    assert sides_text(b"{}", None).plain.endswith("\n\n{}")
    assert "only by SSE" in sides_text(None, b"{}").plain
    assert sides_text(b'{"b":1,"a":2}', b'{"a":2, "b":1}').plain.startswith("Both are the same.")
    assert "… 998 more lines" in sides_text(b"\n".join(b"%d" % n for n in range(1000)), b"x\n" * 997).plain
    assert "… 43 equal lines" in sides_text(b"a\n" * 50, b"a\n" * 46 + b"b\n" + b"a\n" * 3).plain
    assert len(lines_of(b"x\n" * 10_000)) == 2000
    assert lines_of(b"\xff\x1b" + b"y" * 1000)[0].startswith("ÿ␛yyy")
    assert max(map(len, lines_of(b"[" * 100_000))) == 400
