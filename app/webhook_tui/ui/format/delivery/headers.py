"""The Headers tab: the three headers that matter first, then the others in order of arrival."""

from __future__ import annotations

from collections import Counter

from msgspec import Struct
from rich.cells import cell_len, chop_cells
from textual.content import Content

from webhook_tui.domain import units
from webhook_tui.domain.delivery.delivery import Delivery
from webhook_tui.domain.delivery.headers import Headers
from webhook_tui.domain.delivery.text import visible

_FIRST = (b"content-type", b"x-webhook-event", b"x-webhook-signature")
_CLAIMED = (b"forwarded", b"x-real-ip", b"x-client-ip", b"true-client-ip", b"cf-connecting-ip", b"via")
_LEAST_VALUE = 20


class HeaderLine(Struct, frozen=True):
    """One header, sanitised, and a remark on it."""

    name: str
    value: str
    mark: str = ""
    """`twice`, `claimed`, or nothing."""

    def content(self, name_width: int, width: int, *, whole: bool) -> Content:
        """Return the line in `width` cells with the value cut; `whole`: on as many lines as it needs."""
        name = Content.assemble((self.name, "$muted")).truncate(name_width, ellipsis=True, pad=True) + "   "
        room = max(1, width - name_width - 3 - (len(self.mark) + 2 if self.mark else 0))
        mark = (f"  {self.mark}", "$warning") if self.mark else ""
        if cell_len(self.value) <= room or not whole:
            value = Content(self.value).truncate(room, ellipsis=True, pad=bool(self.mark))
            return Content.assemble(name, value, mark)
        pieces = chop_cells(self.value, room)
        rest = "".join(f"\n{' ' * (name_width + 3)}{piece}" for piece in pieces[1:])
        return Content.assemble(name, pieces[0], mark, rest)


def header_lines(headers: Headers) -> tuple[HeaderLine | None, ...]:
    """Return the lines in the order of the tab; None is the blank line after the first three."""
    times = Counter(name.lower() for name, _ in headers)

    def line(name: bytes, value: bytes) -> HeaderLine:
        lowered = name.lower()
        mark = "twice" if times[lowered] > 1 else "claimed" if _is_claimed(lowered) else ""
        return HeaderLine(visible(name), visible(value), mark)

    first = [line(name, value) for wanted in _FIRST for name, value in headers if name.lower() == wanted]
    others = [line(name, value) for name, value in headers if name.lower() not in _FIRST]
    return (*first, None, *others) if first and others else (*first, *others)


def name_width(lines: tuple[HeaderLine | None, ...], width: int) -> int:
    """Return the width of the column of names: the longest one, but leave values 20 cells or half."""
    longest = max((cell_len(line.name) for line in lines if line is not None), default=0)
    return max(1, min(longest, width - 3 - max(_LEAST_VALUE, width // 2)))


def summary(delivery: Delivery, width: int) -> str:
    """Return the last line: count, size and, if `width` cells suffice, the order."""
    count = len(delivery.headers)
    size = sum(len(name) + len(value) + 4 for name, value in delivery.headers)
    short = f"{units.counted(count, 'header')}, {units.size(size)}"
    whole = f"{short}, in order of arrival below the first three"
    return whole if len(whole) <= width else short


def as_text(delivery: Delivery) -> str:
    """Return all headers as lines for the clipboard, in order of arrival, sanitised."""
    return "\n".join(f"{visible(name)}: {visible(value)}" for name, value in delivery.headers)


def _is_claimed(name: bytes) -> bool:
    return name.startswith(b"x-forwarded-") or name in _CLAIMED
