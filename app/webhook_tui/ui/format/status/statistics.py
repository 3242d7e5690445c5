"""The page of the Status screen: counts, latencies, answers, tunnel, webhook, history."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from textwrap import wrap
from typing import TypeVar

from msgspec import Struct
from rich.cells import cell_len, set_cell_size
from textual.content import Content

from webhook_tui.domain import units
from webhook_tui.domain.delivery.text import visible
from webhook_tui.domain.jobs.job import USUAL_FIELDS, JobFields
from webhook_tui.domain.signature.verdict import Verdict
from webhook_tui.domain.statistics.counts import Counts, HistoryCounts, LatencySummary, Rate
from webhook_tui.domain.statistics.overview import Overview
from webhook_tui.domain.statistics.route_history import Call, Phase, RegistrationStep, TunnelPhase
from webhook_tui.domain.status import SessionStatus, TunnelState
from webhook_tui.ui.format.addresses import short_url
from webhook_tui.ui.symbols import Symbols

T = TypeVar("T")

_MOST_LINES = 12
_NARROW = 44
_INDENT = 12
_ROOM_FOR_ALL = 100
_LABEL = 18
_BARS, _ASCII_BARS = "▁▂▃▄▅▆▇█", "_.:-=+*#"
_SPANS = {900: "last 15 min", 86_400: "last 24 h", 2_592_000: "last 30 days"}
_COLOURS = {
    Verdict.VALID: "$valid",
    Verdict.OLDER: "$older",
    Verdict.INVALID: "$bad",
    Verdict.MISSING: "$warn",
    Verdict.MALFORMED: "$bad",
    Verdict.PENDING: "$muted",
}


class _Page(Struct, frozen=True):
    status: SessionStatus
    width: int
    now: datetime
    glyphs: Symbols

    def heading(self, name: str, failed: str = "") -> Content:
        """Return the name of a section and the headings of its columns."""
        of_run, of_all = ("run", "all") if self.width < _NARROW else ("this run", "all runs")
        heads = "".join(f"{head:>{self.room_for(at)}}" for at, head in enumerate((of_run, failed, of_all, failed)))
        return Content.assemble((self.name(name, indent=0), "bold"), (heads.rstrip(), "$muted"))

    def room_for(self, column: int) -> int:
        """Return the width of a column of counts; even columns count all, odd ones failures."""
        wide, slim = (7, 5) if self.width < _NARROW else (9, 6)
        return slim if column % 2 else wide

    def name(self, text: str, *, indent: int = 2) -> str:
        """Return the first column, padded."""
        room = max(12, min(36, self.width - 2 * (self.room_for(0) + self.room_for(1))))
        return " " * indent + set_cell_size(self.glyphs.fit(text, room - indent), room - indent)

    def line(self, label: str, *values: str | tuple[str, str] | Content) -> Content:
        """Return a label and its value."""
        return self.cut(Content.assemble((f"  {label}".ljust(_LABEL), "$muted"), *values))

    def cut(self, line: Content) -> Content:
        return line if line.cell_length <= self.width else line.truncate(self.width, ellipsis=True)

    # Counts

    def verdicts(self, tally: HistoryCounts) -> Iterator[Content]:
        yield self.heading("Deliveries")
        for verdict in Verdict:
            label = Content.assemble((self.name(f"{self.glyphs.verdict(verdict)} {verdict.value}"), _COLOURS[verdict]))
            yield label + self.numbers(tally.this_run.get(verdict, 0), tally.all_runs.get(verdict, 0))
        whole = self.numbers(sum(tally.this_run.values()), sum(tally.all_runs.values()))
        yield Content.assemble((self.name("total"), "$muted")) + whole
        if not tally.is_done:
            counted = f"{units.count(tally.examined)} of {units.count(tally.total)}"
            yield Content.assemble((f"  counting: {counted}", "$muted"))

    def events(self, tally: HistoryCounts) -> Iterator[Content]:
        failed = self.glyphs.verdict(Verdict.INVALID)
        yield self.heading("Events", failed)
        for counts in tally.events:
            name = self.name(self.glyphs.text(counts.event) or "no name")
            yield Content(name) + self.of_event(counts.this_run) + self.of_event(counts.all_runs)
        if tally.others_all_runs:
            names = units.counted(tally.other_names, "other name") if tally.other_names else "other names"
            line = self.numbers(tally.others_this_run, tally.others_all_runs)
            yield Content.assemble((self.name(names), "$muted")) + line
        if not tally.events:
            yield Content.assemble(("  none yet", "$muted"))

    def numbers(self, this_run: int, all_runs: int | None = None) -> Content:
        """Return the counts of an event."""
        parts = [(f"{units.count(this_run):>{self.room_for(0)}}", "" if this_run else "$muted")]
        if all_runs is not None:
            room = self.room_for(1) + self.room_for(2)
            parts.append((f"{units.count(all_runs):>{room}}", "" if all_runs else "$muted"))
        return Content.assemble(*parts)

    def of_event(self, counts: Counts) -> Content:
        """Return a count and how many of it failed."""
        total, bad = sum(counts.values()), sum(count for verdict, count in counts.items() if verdict.is_bad)
        return Content.assemble(
            (f"{units.count(total):>{self.room_for(0)}}", "" if total else "$muted"),
            (f"{units.count(bad) if bad else '':>{self.room_for(1)}}", "bold $bad"),
        )

    # Time

    def rates(self, rates: Sequence[Rate]) -> Iterator[Content]:
        yield Content.assemble(("Over time", "bold"))
        all_shown = [rate if self.width >= _ROOM_FOR_ALL else _halved(rate) for rate in rates]
        longest = max((len(rate.counts) for rate in all_shown), default=0)
        for shown in all_shown:
            most = max(shown.counts)
            text = f"  {units.count(sum(shown.counts))}"
            peak = f", at most {units.count(most)} in {_span(shown.part_seconds)}" if most else ""
            if _LABEL + longest + len(text + peak) <= self.width:
                text += peak
            before = " " * (longest - len(shown.counts))  # what is now stands at the right of all
            bars = Content.assemble(before, _bars(shown.counts, self.glyphs))
            yield self.line(_SPANS.get(shown.span_seconds, ""), bars, (text, "$muted"))

    def answers(self, acks: LatencySummary) -> Iterator[Content]:
        yield Content.assemble(("Answers", "bold"))
        app = self.status.forward_to
        rule = visible(self.status.answer)
        if app is not None and rule == "200":
            yield self.line("rule", f"as {visible(app)} answers")
        else:
            yield self.line("rule", (rule, "" if rule == "200" else "bold $warning"))
        if not acks.count:
            yield self.line("time to answer", ("no delivery in this run yet", "$muted"))
            return
        times = (("p50", acks.p50), ("p95", acks.p95), ("p99", acks.p99), ("max", acks.longest))
        text = "   ".join(f"{name} {_duration(seconds)}" for name, seconds in times)
        yield self.line("time to answer", text, (f"   of {units.count(acks.count)}", "$muted"))

    def refused(self) -> Iterator[Content]:
        yield Content.assemble(("Refused", "bold"), (f"{units.count(self.status.refused):>{_LABEL - 7}}", "$warning"))
        for refusal in reversed(self.status.refusals):
            yield from self.entry(
                Content.assemble(
                    (f"  {refusal.status}", "$warning"), (f"{units.count(refusal.count):>{_LABEL - 5}}  ", "")
                ),
                (visible(refusal.explanation), ""),
                ("", ""),
            )

    # The route

    def tunnel(self, phases: Sequence[TunnelPhase]) -> Iterator[Content]:
        yield Content.assemble(("Tunnel", "bold"))
        if not phases:
            is_none = self.status.tunnel.state is TunnelState.NONE
            yield Content.assemble(("  none is opened in this run" if is_none else "  not opened yet", "$muted"))
        for phase in _newest(phases):
            yield from self.phase(phase)
        yield from self.earlier(len(phases))

    def phase(self, phase: TunnelPhase) -> Iterator[Content]:
        is_up = phase.phase in (Phase.OPEN, Phase.REOPENED)
        style = "$valid" if is_up else "$bad" if phase.phase in (Phase.DOWN, Phase.FAILED) else "$warning"
        lasted = units.age(((phase.until or self.now) - phase.since).total_seconds())
        text = visible(phase.public_url) if phase.public_url is not None else visible(phase.reason)
        tries = f"  {phase.tries} tries" if phase.tries > 1 else ""
        yield from self.entry(
            Content.assemble(
                (f"  {units.day_time(phase.since, self.now):<10}", "$muted"),
                (f"{phase.phase.value:<12}", style),
                (f"{lasted:>7}{'' if phase.until else ' so far'}".ljust(16), "$muted"),
            ),
            (text, ""),
            (tries, "$muted"),
        )

    def entry(self, head: Content, text: tuple[str, str], tail: tuple[str, str]) -> Iterator[Content]:
        """Return a line; a text without room behind the label is wrapped below it."""
        if head.cell_length + cell_len(text[0]) <= self.width:
            yield self.cut(Content.assemble(head, text, tail))
            return
        yield self.cut(Content.assemble(head, (tail[0].lstrip(), tail[1])))
        for line in wrap(text[0], max(10, self.width - _INDENT)):
            yield self.cut(Content.assemble(" " * _INDENT, (line, text[1])))

    def webhook(self, steps: Sequence[RegistrationStep]) -> Iterator[Content]:
        yield Content.assemble(("Webhook", "bold"))
        if not steps:
            yield Content.assemble(("  nothing was registered in this run", "$muted"))
        for step in _newest(steps):
            number = "" if step.webhook_id is None else visible(str(step.webhook_id))[:12]
            url = "" if step.url is None else short_url(step.url)
            yield from self.entry(
                Content.assemble(
                    (f"  {units.day_time(step.at, self.now):<10}", "$muted"),
                    (f"{step.call.value if step.call is not Call.OTHER else '':<8}", ""),
                    (f"{number:<6} ", "$muted"),
                ),
                (visible(step.outcome), "$valid" if step.worked else "$bad"),
                (f"  {url}", "$muted"),
            )
        yield from self.earlier(len(steps))

    def earlier(self, count: int) -> Iterator[Content]:
        if count > _MOST_LINES:
            yield Content.assemble((f"  and {count - _MOST_LINES} earlier", "$muted"))

    def fields(self, fields: JobFields) -> Iterator[Content]:
        """The fields of a payload that tell of its job; the usual ones are muted."""
        yield Content.assemble(("Fields of a job", "bold"))
        for name, now, usual in (
            ("id", fields.ids, USUAL_FIELDS.ids),
            ("status", fields.status, USUAL_FIELDS.status),
            ("progress", fields.progress, USUAL_FIELDS.progress),
            ("image", fields.images, USUAL_FIELDS.images),
        ):
            room, label = max(1, self.width - _LABEL), f"  {name}"
            for line in wrap(", ".join(map(visible, now)), room):
                looks = "$muted" if list(now) == list(usual) else ""
                yield self.cut(Content.assemble((label.ljust(_LABEL), "$muted"), (line, looks)))
                label = ""
        yield self.cut(Content.assemble(("  --job-id-field, --job-status-field ... name others.", "$muted")))

    def history(self, overview: Overview) -> Iterator[Content]:
        yield Content.assemble(("History", "bold"))
        place = overview.place
        if place is None:
            what = "It is being opened." if overview.problem is None else visible(overview.problem.message)
            yield Content.assemble((f"  {what}", "$bad" if overview.problem is not None else "$muted"))
        else:
            kept = "  deleted when leaving" if place.is_temporary else ""
            yield self.line("size", units.size(place.size), (kept, "$muted"))
            # Never cut: it is there to be read.
            yield Content.assemble(("  file            ", "$muted"), visible(str(place.path)))
        run = "" if place is None else f"{place.run}, "
        began = units.day_time(overview.started_at, self.now)
        lasts = units.age((self.now - overview.started_at).total_seconds())
        yield self.line("run", f"{run}since {began}", (f"  {lasts}", "$muted"))


def overview_text(
    overview: Overview | None, status: SessionStatus, width: int, now: datetime, glyphs: Symbols
) -> Content:
    """Return the page; `overview`: None while it is awaited."""
    if overview is None:
        return Content.assemble(("counting", "$muted"))
    page = _Page(status, max(width, 20), now, glyphs)
    tally = overview.counts
    sections: list[Iterator[Content]] = []
    if tally is not None:
        sections += [page.verdicts(tally), page.events(tally), page.rates(tally.rates)]
    sections.append(page.answers(overview.answer_times))
    if status.refusals:
        sections.append(page.refused())
    sections += [page.tunnel(overview.phases), page.webhook(overview.steps)]
    sections += [page.fields(overview.job_fields), page.history(overview)]
    return Content("\n\n").join([Content("\n").join(list(section)) for section in sections])


def public_address(status: SessionStatus) -> str | None:
    """Return the public URL, as registered if it is; None if there is none."""
    tunnel, webhook = status.tunnel, status.webhook
    if tunnel.state is TunnelState.NONE:
        is_local = status.sandbox or webhook.url is None or tunnel.kind == "none"
        return None if is_local else webhook.url
    return tunnel.public_url


def _newest(entries: Sequence[T]) -> list[T]:
    return list(reversed(entries))[:_MOST_LINES]


def _halved(rate: Rate) -> Rate:
    counts = rate.counts
    return Rate(rate.span_seconds, tuple(map(sum, zip(counts[::2], counts[1::2], strict=True))))


def _bars(counts: Sequence[int], glyphs: Symbols) -> Content:
    """Return a bar for each count; the lowest stands for 0."""
    bars = _ASCII_BARS if glyphs.ascii else _BARS
    most = max(counts)
    parts = []
    for count in counts:
        height = 0 if not count else 1 + round((len(bars) - 2) * count / most)
        parts.append((bars[height], "$valid" if count else "$line"))
    return Content.assemble(*parts)


def _span(seconds: int) -> str:
    return f"{seconds} s" if seconds < 60 else f"{seconds // 60} min" if seconds < 3600 else f"{seconds // 3600} h"


def _duration(seconds: float) -> str:
    if seconds >= 1:
        return f"{seconds:.1f} s"
    milliseconds = seconds * 1000
    return f"{milliseconds:.0f} ms" if milliseconds >= 10 else f"{milliseconds:.1f} ms"
