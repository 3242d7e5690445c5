"""The Attempts tab: a table of the attempts, a time line, and the rule of the delays."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct
from textual.content import Content

from webhook_tui.domain import units
from webhook_tui.domain.answer_rules.answer import answer_word, is_success
from webhook_tui.domain.attempts import TimelineEntry, fit, refusals, timeline, waits_of
from webhook_tui.domain.delivery.delivery import DeliveryRow
from webhook_tui.ui.format.delivery.backoff import backoff_sentences, due_sentence

_NEAR = 4
_ENOUGH_WAITS = 3


class Sameness(Struct, frozen=True):
    """Whether body and signature of an attempt equal those of the first; None if not compared."""

    body: bool | None
    signature: bool | None


def attempts_text(
    rows: Sequence[DeliveryRow],
    same: Sequence[Sameness],
    width: int,
    now: datetime,
    of_run: Sequence[DeliveryRow] = (),
) -> Content:
    """Return the whole tab; `same` belongs to `rows`, oldest first. `of_run`: other deliveries of the run."""
    blocks = [_table(timeline(rows), same, width, now), _scale(rows, width - 1, now)]
    if sentences := _rule(rows, of_run, now):
        blocks.append(Content("\n".join(sentences)))
    if equal := _equal(same, len(rows)):
        blocks.append(Content(equal))
    return Content("\n\n").join(blocks)


def outcome(rows: Sequence[DeliveryRow]) -> str:
    """Return the sentence above the tab: `Answered 200 after 3 refusals.`"""
    refused, last = refusals(rows), rows[-1].answered
    if is_success(last):
        return (
            f"Answered {last} after {units.counted(refused, 'refusal')}."
            if refused
            else f"Answered {last}; it came {len(rows)} times."
        )
    return f"Not accepted in {len(rows)} attempts; the last answer was {answer_word(last)}."


def _table(line: Sequence[TimelineEntry], same: Sequence[Sameness], width: int, now: datetime) -> Content:
    wide, middle = width >= 72, width >= 52
    head = " attempt   time           after"
    head += ("   factor" if middle else "") + "   answered" + ("   body    signature" if wide else "")
    rows = [Content.assemble((head, "$muted"))]
    for entry, equal in zip(line, same, strict=True):
        rows.append(_row(entry, equal, now, wide=wide, middle=middle))
    return Content("\n").join(rows)


def _row(entry: TimelineEntry, equal: Sameness, now: datetime, *, wide: bool, middle: bool) -> Content:
    row = entry.row
    local = row.received_at.astimezone(now.tzinfo)
    after = "–" if entry.gap_seconds is None else f"{entry.gap_seconds:.1f} s"
    factor = "–" if entry.factor is None else f"{entry.factor:.1f}"
    answered = answer_word(row.answered)
    start = f"{row.attempt:>8}   {local:%H:%M:%S}.{local.microsecond // 1000:03d}{after:>8}"
    start += f"{factor:>9}" if middle else ""
    style = "$muted" if is_success(row.answered) else "bold $warning"
    ends = f"   {_word(equal.body):<8}{_word(equal.signature)}" if wide else ""
    return Content.assemble(start, (f"{answered:>11}", style), ends)


def _word(equal: bool | None) -> str:
    return "–" if equal is None else "same" if equal else "other"


def _scale(rows: Sequence[DeliveryRow], width: int, now: datetime) -> Content:
    """Return the time line, to scale; attempts nearer than 4 columns share a dot with their count.

    A dot has the colour of its answers.
    """
    width = max(20, min(width, 78))
    first, last = rows[0].received_at, rows[-1].received_at
    whole = (last - first).total_seconds()
    groups: list[list[tuple[int, DeliveryRow]]] = []
    for row in rows:
        part = (row.received_at - first).total_seconds() / whole if whole > 0 else 0.0
        at = round(part * (width - 4))
        if groups and at - groups[-1][0][0] < _NEAR:
            groups[-1].append((at, row))
        else:
            groups.append([(at, row)])
    dots: list[Content] = []
    answers = [" "] * width
    end = 0
    for group in groups:
        at = group[0][0]
        mark = "●" if len(group) == 1 else str(len(group))
        style = "$valid" if all(is_success(row.answered) for _, row in group) else "bold $warning"
        dots.append(Content.assemble(("─" * (at - end), "$line"), (mark, style)))
        end = at + len(mark)
        answer = answer_word(group[-1][1].answered)
        answers[at : at + len(answer)] = answer
    zone = now.tzinfo
    begins, ends = f"{first.astimezone(zone):%H:%M:%S}", f"{last.astimezone(zone):%H:%M:%S}"
    times = f"{begins}{ends:>{max(width - 8, 9)}}"
    return Content.assemble((times, "$muted"), "\n", *dots, "\n", ("".join(answers).rstrip(), "$muted"))


def has_enough(rows: Sequence[DeliveryRow]) -> bool:
    """Return whether the delays of this event alone suffice to fit a rule."""
    return len(waits_of(rows)) >= _ENOUGH_WAITS


def _rule(rows: Sequence[DeliveryRow], of_run: Sequence[DeliveryRow], now: datetime) -> list[str]:
    waits, is_of_run = waits_of(rows), False
    if len(waits) < _ENOUGH_WAITS:
        more = waits_of([*rows, *(row for row in of_run if row.event_id != rows[0].event_id)])
        if len(more) > len(waits):
            waits, is_of_run = more, True
    found = fit(waits)
    if found is None:
        return []
    last = rows[-1]
    due = due_sentence(found, last.attempt, last.received_at, now, is_accepted=is_success(last.answered))
    return [*backoff_sentences(found, of_run=is_of_run), *([due] if due else [])]


def _equal(same: Sequence[Sameness], count: int) -> str:
    compared = [entry for entry in same[1:] if entry.body is not None and entry.signature is not None]
    if not compared:
        return ""
    bodies = all(entry.body for entry in compared)
    signatures = all(entry.signature for entry in compared)
    if bodies and signatures:
        return f"The body and the signature were equal in all {count} attempts."
    if bodies:
        return f"The body was equal in all {count} attempts, the signature was not."
    return f"The body was not the same in all {count} attempts."
