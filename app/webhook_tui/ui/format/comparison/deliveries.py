"""The comparison of two deliveries: verdicts, signatures, headers, JSON paths, and lines of the payload."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from webhook_tui.domain import units
from webhook_tui.domain.comparison.diff import changed_paths
from webhook_tui.domain.delivery.delivery import StoredDelivery
from webhook_tui.domain.delivery.headers import SIGNATURE_HEADER, Headers, values
from webhook_tui.domain.delivery.text import visible
from webhook_tui.ui.format.comparison.event_sides import diff_lines, lines_of

_LONGEST_VALUE = 200
_WENT, _CAME = "$warning", "$secondary"


def comparison(before: StoredDelivery, after: StoredDelivery) -> Content:
    """Return the whole page; `-` marks the first delivery, `+` the second."""
    legend = Content.assemble(
        ("-", f"bold {_WENT}"), f" #{before.row.seq}   ", ("+", f"bold {_CAME}"), f" #{after.row.seq}"
    )
    blocks = [
        [legend],
        _titled("Signature", _signature(before, after)),
        _titled("Headers", _headers(before.delivery.headers, after.delivery.headers)),
        *_payloads(before.delivery.body, after.delivery.body),
    ]
    return Content("\n\n").join(Content("\n").join(block) for block in blocks)


def payload_comparison(before: bytes, after: bytes) -> Content:
    """Return the comparison of two bodies: paths, then lines."""
    return Content("\n\n").join(Content("\n").join(block) for block in _payloads(before, after))


def _payloads(before: bytes, after: bytes) -> list[list[Content]]:
    blocks = [_titled("Payload", _payload(before, after))]
    if before != after:
        blocks.append(_titled("Lines, keys sorted", diff_lines(lines_of(before), lines_of(after))))
    return blocks


def _titled(title: str, lines: Sequence[Content]) -> list[Content]:
    return [Content.assemble((title, "bold")), *lines]


def _signature(before: StoredDelivery, after: StoredDelivery) -> list[Content]:
    one, other = (values(each.delivery.headers, SIGNATURE_HEADER) for each in (before, after))
    lines = [
        _went(f"{before.row.verdict.value}: {before.row.reason}"),
        _came(f"{after.row.verdict.value}: {after.row.reason}"),
    ]
    if one == other:
        same = "The same signature." if one else "Neither has a signature."
        return [*lines, Content(same)]
    return [*lines, *(_went(value) for value in one), *(_came(value) for value in other)]


def _headers(before: Headers, after: Headers) -> list[Content]:
    """Return the headers that only one of them has, ignoring order and the case of names."""

    def only(these: Headers, those: Headers) -> list[bytes]:
        return [
            name + b": " + value
            for name, value in these
            if name.lower() != SIGNATURE_HEADER and value not in values(those, name)
        ]

    lines = [*map(_went, only(before, after)), *map(_came, only(after, before))]
    return lines or [Content("The same, besides the signature.")]


def _payload(before: bytes, after: bytes) -> list[Content]:
    if before == after:
        return [Content(f"The same {units.counted(len(before), 'byte')}.")]
    changes = changed_paths(before, after)
    if changes is None:
        return [Content("Not JSON, or too large to be compared by paths.")]
    if not changes:
        return [Content("The same JSON in other bytes.")]
    lines = []
    for change in changes:
        if change.before is None:
            lines.append(_came(f"{change.path}  {change.after}"))
        elif change.after is None:
            lines.append(_went(f"{change.path}  {change.before}"))
        else:
            path = Content.assemble(("≠ ", "bold"), visible(change.path))
            lines += [path, _went(change.before, indent=2), _came(change.after, indent=2)]
    return lines


def _went(text: str | bytes, indent: int = 0) -> Content:
    return Content.assemble((f"{' ' * indent}- {visible(text)[:_LONGEST_VALUE]}", _WENT))


def _came(text: str | bytes, indent: int = 0) -> Content:
    return Content.assemble((f"{' ' * indent}+ {visible(text)[:_LONGEST_VALUE]}", _CAME))
