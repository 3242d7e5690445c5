"""Both contents of one event as a line diff; keys are sorted, so that only differences in meaning appear."""

from __future__ import annotations

import difflib
import json
from collections.abc import Sequence

from textual.content import Content

from webhook_tui.domain import units
from webhook_tui.domain.comparison.diff import LARGEST_COMPARED
from webhook_tui.domain.delivery.text import visible_lines
from webhook_tui.domain.payload.json_decoder import decode, is_too_deep_to_indent

_MOST_LINES = 2000
_MOST_SHOWN = 1000
_LONGEST_LINE = 400
_CONTEXT = 3
_WEBHOOK, _SSE = "$warning", "$secondary"


def sides_text(webhook: bytes | None, sse: bytes | None) -> Content:
    """Return the diff; if one side is missing, a note and the other side."""
    if webhook is None or sse is None:
        return _one_side(webhook, sse)
    before, after = lines_of(webhook), lines_of(sse)
    if before == after:
        return Content("\n").join([Content("Both are the same."), Content(""), *map(Content, before[:_MOST_SHOWN])])
    legend = Content.assemble(("-", f"bold {_WEBHOOK}"), " only by webhook   ", ("+", f"bold {_SSE}"), " only by SSE")
    return Content("\n").join([legend, Content(""), *diff_lines(before, after)])


def diff_lines(before: Sequence[str], after: Sequence[str]) -> list[Content]:
    """Return sanitised lines, equal ones only as context; at most 1,000."""
    shown = _diff(before, after)
    left_out = len(shown) - _MOST_SHOWN
    return [*shown[:_MOST_SHOWN], _quiet(units.counted(left_out, "more line"))] if left_out > 0 else shown


def lines_of(body: bytes) -> list[str]:
    """Return a body as sanitised lines, JSON indented with sorted keys unless that is too large; at most 2,000."""
    is_too_large = len(body) > LARGEST_COMPARED or is_too_deep_to_indent(body, 2)
    lines = visible_lines(body if is_too_large else _indented(body))
    return [line[:_LONGEST_LINE] for line in lines[:_MOST_LINES]]


def _indented(body: bytes) -> str | bytes:
    try:
        return json.dumps(decode(body), indent=2, sort_keys=True, ensure_ascii=False)
    except (ValueError, MemoryError):
        return body


def _one_side(webhook: bytes | None, sse: bytes | None) -> Content:
    there, name = (sse, "SSE") if webhook is None else (webhook, "webhook")
    missing = "webhook" if webhook is None else "SSE"
    if there is None:
        return Content("Neither content is kept any more.")
    head = Content(f"It came only by {name}, or what came by {missing} is not kept any more.")
    return Content("\n").join([head, Content(""), *map(Content, lines_of(there)[:_MOST_SHOWN])])


def _diff(before: Sequence[str], after: Sequence[str]) -> list[Content]:
    shown: list[Content] = []
    reached = 0
    for group in difflib.SequenceMatcher(None, before, after).get_grouped_opcodes(_CONTEXT):
        shown += _skipped(group[0][1] - reached)
        for tag, start, end, other_start, other_end in group:
            if tag == "equal":
                shown += [Content(f"  {line}") for line in before[start:end]]
            else:
                shown += [Content.assemble((f"- {line}", _WEBHOOK)) for line in before[start:end]]
                shown += [Content.assemble((f"+ {line}", _SSE)) for line in after[other_start:other_end]]
        reached = group[-1][2]
    return shown + _skipped(len(before) - reached)


def _skipped(count: int) -> list[Content]:
    return [_quiet(f"{units.counted(count, 'equal line')}")] if count > 0 else []


def _quiet(text: str) -> Content:
    return Content.assemble((f"  … {text}", "$muted"))
