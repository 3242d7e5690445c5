"""The Answer tab: what the local app answered to a forwarded or replayed delivery."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from http import HTTPStatus

from textual.content import Content

from webhook_tui.domain import units
from webhook_tui.domain.delivery.headers import SENSITIVE, Headers
from webhook_tui.domain.delivery.text import visible, visible_lines
from webhook_tui.domain.forwarding.forward_result import ForwardOrigin, ForwardResult, hint

_MOST_LINES = 400
_LONGEST_LINE = 1000
_KEPT = "Answers are kept until webhook-tui ends, the last five of a delivery."


def forward_results_text(sendings: Sequence[ForwardResult], now: datetime) -> Content:
    """Return all outcomes of one delivery, newest first; `now` is aware."""
    blocks = [_one(sent, now, with_answer=at == 0) for at, sent in enumerate(sendings)]
    return Content("\n\n").join([*blocks, Content.assemble((_KEPT, "$muted"))])


def forward_result_headline(sent: ForwardResult) -> str:
    """Return `Replayed, re-signed: 200 in 31 ms.`"""
    return f"{_how(sent)}: {visible(sent.outcome)}."


def _how(sent: ForwardResult) -> str:
    if sent.origin is ForwardOrigin.FORWARDED:
        return "Forwarded" if sent.tries == 1 else f"Forwarded, {sent.tries} tries"
    parts = ["Replayed"]
    if sent.edited:
        parts.append("edited")
    parts.append("re-signed" if sent.re_signed else "original signature")
    return ", ".join(parts)


def _one(sent: ForwardResult, now: datetime, *, with_answer: bool) -> Content:
    local = units.exact_time(sent.at, now)
    lines = [
        Content.assemble((_how(sent), "bold"), (f"  {local}", "$muted")),
        Content.assemble(("to      ", "$muted"), visible(sent.url)),
        Content.assemble(("answer  ", "$muted"), (_answer(sent), "" if sent.is_good else "bold $warning")),
    ]
    if advice := hint(sent):
        lines.append(Content(advice))
    if with_answer and sent.status is not None:
        lines += [Content(""), *header_lines(sent.headers), Content(""), *_body(sent)]
    return Content("\n").join(lines)


def _answer(sent: ForwardResult) -> str:
    if sent.status is None:
        return f"none: {visible(sent.failure)}"
    phrase = f" {HTTPStatus(sent.status).phrase}" if sent.status in list(HTTPStatus) else ""
    cut = "" if sent.cut is None else f", body cut off: {sent.cut.value}"
    return f"{sent.status}{phrase} in {sent.ms:,} ms{cut}"


def header_lines(headers: Headers) -> list[Content]:
    """Return one line for each header; values of sensitive ones are not shown."""
    return [
        Content.assemble(
            (f"{visible(name[:200])}: ", "$muted"),
            ("(not shown)", "$muted") if name.lower() in SENSITIVE else visible(value[:_LONGEST_LINE]),
        )
        for name, value in headers
    ]


def _body(sent: ForwardResult) -> list[Content]:
    if not sent.body_size and sent.cut is None:
        return [Content.assemble(("no body", "$muted"))]
    lines = visible_lines(sent.body)
    shown = [Content(line[:_LONGEST_LINE]) for line in lines[:_MOST_LINES]]
    if sent.cut is not None:
        shown.append(Content.assemble((f"… cut off after {units.size(sent.body_size)}: {sent.cut.value}", "$warning")))
    elif len(lines) > _MOST_LINES or sent.body_size > len(sent.body):
        shown.append(Content.assemble((f"… of {units.size(sent.body_size)}", "$muted")))
    return shown
