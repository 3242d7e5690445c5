"""Texts of the check of a handler: its lamps, its table, and one exchange."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from textwrap import wrap

from msgspec import Struct
from rich.cells import cell_len
from textual.content import Content

from webhook_tui.domain import units
from webhook_tui.domain.delivery.text import visible, visible_lines
from webhook_tui.domain.forwarding.handler_check import CaseResult, CheckState, HandlerCheck, HandlerExchange
from webhook_tui.ui.format.delivery.forward_result import header_lines
from webhook_tui.ui.symbols import HALF, Symbols

WIDE = 100
"""From so many cells of the table on, what a failure means stands at the right of its row, not below it."""
INDENT = " " * 5
"""Before an explanation below its row."""
_LONGEST_LINE = 1000


class CheckLine(Struct, frozen=True):
    """A case in the table, or a line of its explanation below it."""

    place: int
    """Of the case among all."""
    case: CaseResult
    number: int = 0
    """0: the case itself."""
    text: str = ""
    role: str = ""


def check_lines(check: HandlerCheck, width: int, *, failed_only: bool) -> list[CheckLine]:
    """Return the lines of the table, for its width in cells."""
    lines: list[CheckLine] = []
    for place, case in enumerate(check.cases):
        has_failed = place < check.done and not case.passed
        if failed_only and not has_failed:
            continue
        lines.append(CheckLine(place, case))
        if has_failed and width < WIDE:
            lines += _explanation(place, case, max(20, width - len(INDENT) - 2))
    return lines


def _explanation(place: int, case: CaseResult, width: int) -> list[CheckLine]:
    texts = [(line, "") for line in wrap(meaning(case), width)] + [(line, "muted") for line in wrap(case.advice, width)]
    return [CheckLine(place, case, number, text, role) for number, (text, role) in enumerate(texts, 1)]


def meaning(case: CaseResult) -> str:
    """Return what it means that a case failed, after the reason where there was no answer."""
    reason = visible(case.no_answer)
    return f"{reason[:1].upper()}{reason[1:]}. {case.meaning}" if reason else case.meaning


def check_cell(
    line: CheckLine, column: str, check: HandlerCheck, seconds: float, before: Mapping[str, str]
) -> tuple[str, str]:
    """Return text and role of a cell. `seconds`: since the case under way was sent; `before`: earlier answers."""
    case = line.case
    is_done = line.place < check.done
    is_running = line.place == check.done and check.state is CheckState.RUNNING
    has_failed = is_done and not case.passed
    match column:
        case "state":
            if is_done:
                return ("✗", "invalid") if has_failed else ("✓", "valid")
            return (HALF[0], "attention") if is_running else ("○", "muted")
        case "test":
            return case.title, "invalid" if has_failed else "" if is_done or is_running else "muted"
        case "should":
            return case.expected.verb, "muted"
        case "answered":
            if is_done:
                return answered(case), "bad" if has_failed else "muted"
            if is_running and seconds >= 0.1:
                return f"{seconds:.1f} s", "attention"
            return before.get(case.name, ""), "muted"
        case _:
            return (meaning(case), "") if has_failed else ("", "")


def answered(case: CaseResult) -> str:
    """Return the answers in at most nine cells."""
    return ", ".join(dict.fromkeys(str(status) for status in case.statuses[-2:])) if case.statuses else "none"


def lamps(check: HandlerCheck, seconds: float) -> Content:
    """Return one lamp for each case, then the counts; `seconds`: since the check began."""
    if check.problem is not None:
        return Content.assemble((visible(check.problem.message), "bold $bad"), "  ", visible(check.problem.advice()))
    if not check.cases:
        return Content("")
    signs: list[Content | tuple[str, str]] = []
    for number, case in enumerate(check.cases):
        if number < check.done:
            signs.append(("●", "$valid") if case.passed else ("✗", "bold $bad"))
        elif number == check.done and check.state is CheckState.RUNNING:
            signs.append(HALF)
        else:
            signs.append(("○", "$muted"))
    return Content.assemble(*signs, "   ", _counts(check, seconds))


def _counts(check: HandlerCheck, seconds: float) -> Content:
    failed, total = len(check.failed), len(check.cases)
    passed = check.done - failed
    elapsed = f"{seconds:.0f} s"
    if check.state is CheckState.ENDED and not failed:
        return Content.assemble((f"{passed} of {total} passed in {elapsed}.", "$valid"))
    passed_and_failed = Content.assemble(
        (f"{passed} passed", "$valid"), "  ", (f"{failed} failed", "bold $bad" if failed else "$muted")
    )
    if check.state is CheckState.ENDED:
        first = f"Start with: {check.failed[0].title}."
        return Content.assemble(passed_and_failed, (f" in {elapsed}.  ", "$muted"), first)
    word = "stopped, " if check.state is CheckState.STOPPED else ""
    place = min(total, check.done + (check.state is CheckState.RUNNING))
    return Content.assemble(passed_and_failed, (f"   {word}{place} of {total} · {elapsed}", "$muted"))


def heading(url: str, width: int, symbols: Symbols, *, is_current: bool) -> Content:
    """Return the title with the URL, and at the right what deliveries are signed with."""
    signed = f"signed with the {'current' if is_current else 'newest known'} secret"
    title = "Test my handler  "
    shown = symbols.fit(visible(url), max(10, width - len(title)))
    gap = width - len(title) - cell_len(shown) - len(signed)
    right = (" " * gap + signed, "$muted") if gap >= 2 else ""
    return Content.assemble((title, "bold"), (shown, "$accent"), right)


def exchange_pages(exchanges: Sequence[HandlerExchange]) -> dict[str, Content]:
    """Return the tabs of a case: all requests, and all answers."""
    return {"Request": _page(exchanges, _request), "Answer": _page(exchanges, _answer)}


def _page(exchanges: Sequence[HandlerExchange], lines: Callable[[HandlerExchange], list[Content]]) -> Content:
    blocks = []
    for number, exchange in enumerate(exchanges, 1):
        title = [Content.assemble((f"{number} of {len(exchanges)}", "bold"))] if len(exchanges) > 1 else []
        blocks.append(Content("\n").join([*title, *lines(exchange)]))
    return Content("\n\n").join(blocks) if blocks else Content.assemble(("Nothing was sent yet.", "$muted"))


def _request(exchange: HandlerExchange) -> list[Content]:
    head = [Content.assemble(("POST ", "bold"), visible(exchange.url)), *header_lines(exchange.headers), Content("")]
    return [*head, *_body(exchange.body, exchange.size)]


def _answer(exchange: HandlerExchange) -> list[Content]:
    if exchange.status is None:
        return [Content.assemble((f"none: {visible(exchange.failure)}", "bold $warning"))]
    body = _body(exchange.answer_body, len(exchange.answer_body))
    return [
        Content.assemble((str(exchange.status), "bold")),
        *header_lines(exchange.answer_headers),
        Content(""),
        *body,
    ]


def _body(body: bytes, size: int) -> list[Content]:
    if not body:
        return [Content.assemble(("no body", "$muted"))]
    lines = [Content(line[:_LONGEST_LINE]) for line in visible_lines(body)]
    rest = [Content.assemble((f"… of {units.size(size)}", "$muted"))] if size > len(body) else []
    return [*lines, *rest]
