"""The changes of an edited body: a line for each JSON path, or for each line if it is not JSON."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from webhook_tui.domain import units
from webhook_tui.domain.comparison.diff import Change, PathChange, byte_diff, changed_paths, keeps_key_order
from webhook_tui.domain.delivery.event import parse_event
from webhook_tui.domain.delivery.text import visible
from webhook_tui.ui.edited_body import indent_of

MOST_PATHS = 6
_LONGEST_PATH = 28
_LONGEST_SHARED, _SHARED = 8, 4
"""Characters of what two values have in common in front: above the first, only the second are kept."""
_ABSENT = "–"


def changes_text(before: bytes, after: bytes, width: int) -> Content:
    """Return at most six changes and a line that counts them; `width`: cells of a line."""
    changes = changed_paths(before, after)
    if not changes:
        return Content("\n").join(
            [*_byte_lines(byte_diff(before, after, most=MOST_PATHS), width), _count(before, after, 0)]
        )
    path_width = min(_LONGEST_PATH, max(len(visible(change.path)) for change in changes[:MOST_PATHS]))
    lines = [_path_line(change, path_width, width) for change in changes[:MOST_PATHS]]
    if (more := len(changes) - MOST_PATHS) > 0:
        lines.append(Content.assemble((f"and {more} more; y shows the diff", "$muted")))
    return Content("\n").join([*lines, _count(before, after, len(changes))])


def warning_text(before: bytes, after: bytes) -> str:
    """Return a warning about an edited body, or ""."""
    return "It is not JSON any more." if parse_event(before).is_json and not parse_event(after).is_json else ""


def _count(before: bytes, after: bytes, changes: int) -> Content:
    parts = [f"{len(before):,} → {units.counted(len(after), 'byte')}"]
    if changes:
        parts.insert(0, units.counted(changes, "change"))
    elif changed_paths(before, after) == ():
        parts.insert(0, "no value changed")
    if parse_event(before).is_json and parse_event(after).is_json:
        parts.append(_layout(before, after))
    return Content.assemble((" · ".join(parts), "$muted"))


def _layout(before: bytes, after: bytes) -> str:
    spacing = (indent := indent_of(before)) is not None and indent == indent_of(after)
    order = keeps_key_order(before, after)
    if spacing == order:
        return f"spacing and key order {'kept' if order else 'changed'}"
    return f"spacing {'kept' if spacing else 'changed'}, key order {'kept' if order else 'changed'}"


def _path_line(change: PathChange, path_width: int, width: int) -> Content:
    sign = ("≠", "bold")
    if change.before is None:
        sign = ("+", "bold $secondary")
    elif change.after is None:
        sign = ("-", "bold $warning")
    path = visible(change.path)
    if len(path) > path_width:
        path = f"…{path[-(path_width - 1) :]}"
    values = _apart(_value(change.before, change.before_size), _value(change.after, change.after_size))
    room = max(8, (width - path_width - 9) // 2)
    one, other = (Content(value).truncate(room, ellipsis=True) for value in values)
    return Content.assemble(
        sign, " ", Content(path).truncate(path_width, pad=True), "  ", one, ("  →  ", "$muted"), other
    )


def _value(text: str | None, size: int | None) -> str:
    if text is None:
        return _ABSENT
    if size is None:
        return visible(text)
    return units.counted(size, "key" if text.startswith("{") else "item")


def _apart(one: str, other: str) -> tuple[str, str]:
    """Return two values without most of a long common beginning: URLs differ at their ends."""
    shared = next((index for index, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), 0)
    if shared <= _LONGEST_SHARED:
        return one, other
    start = shared - _SHARED
    return f"…{one[start:]}", f"…{other[start:]}"


def _byte_lines(changes: Sequence[Change], width: int) -> list[Content]:
    tells_ends = len({change.ends_without_newline for change in changes}) > 1
    lines = []
    for change in changes:
        text = f"{'…' if change.cut_before else ''}{visible(change.text)}{'…' if change.cut_after else ''}"
        end = "  (no newline at the end)" if tells_ends and change.ends_without_newline else ""
        style = "$bad" if change.sign == "-" else "$valid"
        line = Content.assemble((f"{change.sign} {text}", style)).truncate(width - len(end), ellipsis=True)
        lines.append(line + Content.assemble((end, "$muted")))
    return lines
