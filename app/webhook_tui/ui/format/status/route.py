"""The status line: the route webhook -> public URL -> receiver -> answer, and the counts of this run.

What does not fit is given up in a fixed order, the least important first; lamps, the answer and the counts of good
and bad always stay.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from enum import Enum, auto
from typing import Literal, get_args
from urllib.parse import urlsplit

from msgspec import Struct
from textual.content import Content
from textual.style import Style

from webhook_tui.domain import units
from webhook_tui.domain.delivery.text import visible
from webhook_tui.domain.signature.verdict import Verdict
from webhook_tui.domain.status import (
    ReceiverState,
    ReceiverStatus,
    SessionEnd,
    SessionStatus,
    StreamStatus,
    TunnelState,
    TunnelStatus,
    WebhookState,
    WebhookStatus,
)
from webhook_tui.domain.url import connect_host, is_loopback_host
from webhook_tui.ui.format.addresses import host_of, listener, short_host
from webhook_tui.ui.symbols import BROKEN, HALF, ON, WAITING

_LEAST_GAP = 3
_PART = "part"
"""The name under which the style of a part holds its own."""

Count = Literal["good", "bad", "pending"]
Part = Literal["answer", "work", "refused", "unequal", "good", "bad", "pending"]
"""What of the line can be clicked by itself."""
_PARTS: dict[str, Part] = {part: part for part in get_args(Part)}


def part_of(meta: Mapping[str, object]) -> Part | None:
    """Return the part from whose style this meta data is; None: from none."""
    return _PARTS.get(str(meta.get(_PART)))


class _Give(Enum):
    """What the line leaves out, in this order."""

    SECRET_AGE = auto()
    SCHEME = auto()
    LOOPBACK = auto()
    ANSWERS = auto()
    RECEIVED = auto()
    WIDE_ARROWS = auto()
    WEBHOOK = auto()
    WHOLE_HOST = auto()
    STREAM = auto()
    REFUSED = auto()
    PENDING = auto()
    TOTAL = auto()
    PORT = auto()
    HOST = auto()
    NUMBER = auto()


_ORDER = tuple(_Give)


class _Line(Struct, frozen=True):
    status: SessionStatus
    now: datetime
    kept: frozenset[_Give]
    in_ascii: bool
    work: tuple[str, str] = ("", "")

    def keeps(self, part: _Give) -> bool:
        return part in self.kept

    def route(self) -> Content:
        if self.status.end is not None:
            return self.arrows(self.ended(self.status.end))
        if self.status.receiver.state is ReceiverState.STARTING:
            return Content.assemble(HALF, " starting")
        links = [self.webhook(self.status.webhook)]
        if self.status.tunnel.state is not TunnelState.NONE:
            links.append(self.tunnel(self.status.tunnel))
        links += [self.receiver(self.status.receiver), _clickable("answer", self.answer())]
        return self.arrows(links)

    def arrows(self, links: list[Content]) -> Content:
        blank = "  " if self.keeps(_Give.WIDE_ARROWS) else " "
        return Content.assemble((f"{blank}→{blank}", "$muted")).join(links)

    def ended(self, end: SessionEnd) -> list[Content]:
        if end.restarting_since is not None:
            return [Content.assemble(HALF, f" restarting{self.seconds(end.restarting_since)}")]
        at = f" {end.at.astimezone(self.now.tzinfo):%H:%M:%S}" if self.keeps(_Give.WHOLE_HOST) else ""
        links = [Content.assemble(BROKEN, (f" session ended{at}", "$bad"))]
        if self.status.tunnel.state is not TunnelState.NONE:
            links.append(Content.assemble(WAITING, (" tunnel", "$muted")))
        links.append(Content.assemble(WAITING, (self.listener(self.status.receiver), "$muted")))
        return links

    def webhook(self, webhook: WebhookStatus) -> Content:
        name = self.webhook_name(webhook)
        match webhook.state:
            case WebhookState.REGISTERED:
                lamp = Content.assemble(ON, " ", name)
                return lamp + self.secret_age(webhook)
            case WebhookState.REGISTERING:
                return Content.assemble(HALF, f" registering{self.seconds(webhook.since)}")
            case WebhookState.STALE:
                return Content.assemble(BROKEN, " ", (name, "$bad"))
            case WebhookState.WAITING:
                return Content.assemble(WAITING, (" no webhook", "$muted"))
            case WebhookState.WATCHING:
                return Content.assemble(WAITING, (" watching", "$muted"))
            case WebhookState.TAKEN:
                return Content.assemble(BROKEN, (f" taken by {visible(webhook.taken_by or 'another')}", "$bad"))
            case WebhookState.DELETED:
                return Content.assemble(WAITING, (" deleted", "$muted"))
            case _:
                return Content.assemble(BROKEN, (" not registered", "$bad"))

    def webhook_name(self, webhook: WebhookStatus) -> str:
        if self.status.sandbox:
            return "sandbox"
        number = "" if webhook.webhook_id is None else visible(str(webhook.webhook_id))[:12]
        if not self.keeps(_Give.NUMBER):
            return ""
        if number and not self.keeps(_Give.WEBHOOK):
            return number
        return f"webhook {number}".rstrip()

    def secret_age(self, webhook: WebhookStatus) -> Content:
        if webhook.secret_since is None or not self.keeps(_Give.SECRET_AGE):
            return Content.empty()
        return Content.assemble((f" · secret {units.age((self.now - webhook.secret_since).total_seconds())}", "$muted"))

    def tunnel(self, tunnel: TunnelStatus) -> Content:
        match tunnel.state:
            case TunnelState.LIVE | TunnelState.UNVERIFIED:
                note = " not verified" if tunnel.state is TunnelState.UNVERIFIED else ""
                return Content.assemble(ON, self.public(tunnel.public_url or ""), (note, "$warning"))
            case TunnelState.OPENING:
                return Content.assemble(HALF, f" opening tunnel{self.seconds(tunnel.since)}")
            case TunnelState.DOWN:
                again = self.again(tunnel.next_try_at) if self.keeps(_Give.WHOLE_HOST) else ""
                return Content.assemble(BROKEN, (f" tunnel down{again}", "$bad"))
            case TunnelState.FAILED:
                advice = ": q leaves, u tries again" if self.keeps(_Give.WHOLE_HOST) else ""
                return Content.assemble(BROKEN, (f" no tunnel{advice}", "$bad"))
            case _:
                return Content.assemble(WAITING, (" no tunnel", "$muted"))

    def public(self, url: str) -> str:
        if not self.keeps(_Give.HOST):
            return ""
        if self.keeps(_Give.SCHEME):
            return f" {visible(url)}"
        host = host_of(url)
        return f" {host if self.keeps(_Give.WHOLE_HOST) else short_host(host)}"

    def receiver(self, receiver: ReceiverStatus) -> Content:
        match receiver.state:
            case ReceiverState.LISTENING:
                return Content.assemble(ON, self.listener(receiver))
            case _:
                return Content.assemble(BROKEN, (" stopped", "$bad"))

    def listener(self, receiver: ReceiverStatus) -> str:
        if not self.keeps(_Give.PORT):
            return ""
        is_local = is_loopback_host(receiver.host) and connect_host(receiver.host) == receiver.host
        if is_local and not self.keeps(_Give.LOOPBACK):
            return f" :{receiver.port}"
        return f" {listener(receiver.host, receiver.port)}"

    def answer(self) -> Content:
        rule = visible(self.status.answer)
        if rule != "200":
            return Content.assemble((rule, "bold $warning"))
        word = "answers " if self.keeps(_Give.ANSWERS) else ""
        if (app := self.status.forward_to) is not None:
            return Content.assemble(word, f"as {self.app_name(app)}")
        return Content.assemble(word, rule)

    def app_name(self, url: str) -> str:
        """Return `:3000` for an app on this machine, else the host."""
        parts = urlsplit(url)
        host = visible(parts.hostname or "")
        if not is_loopback_host(host):
            return short_host(host)
        return f":{parts.port or (443 if parts.scheme == 'https' else 80)}"

    def counts(self) -> Content:
        counts, stream = self.status.counts, self.status.stream
        if self.status.receiver.state is ReceiverState.STARTING:
            return Content.empty()
        parts: list[Content] = []
        if work := self.work[not self.keeps(_Give.STREAM)]:
            parts.append(_clickable("work", Content.assemble(HALF, f" {work}")))
        if self.status.refused and self.keeps(_Give.REFUSED):
            refused = Content.assemble((f"{units.count(self.status.refused)} refused", "$warning"))
            parts.append(_clickable("refused", refused))
        if stream.lost or stream.differing:
            parts.append(_clickable("unequal", Content.assemble((self.not_equal(stream), "bold $warning"))))
        if self.keeps(_Give.TOTAL) or not counts.received:
            until = _Give.RECEIVED if counts.received else _Give.WEBHOOK
            word = " received" if self.keeps(until) else ""
            parts.append(Content.assemble((f"{units.count(counts.received)}{word}", "$muted")))
        if counts.received:
            good = Content.assemble((f"✓ {units.count(counts.good)}", "$valid"))
            bad = Content.assemble((f"✗ {units.count(counts.bad)}", "bold $bad" if counts.bad else "$muted"))
            parts += [_clickable("good", good), _clickable("bad", bad)]
        if counts.pending and self.keeps(_Give.PENDING):
            glyph = Verdict.PENDING.ascii_glyph if self.in_ascii else Verdict.PENDING.glyph
            pending = Content.assemble((f"{glyph} {units.count(counts.pending)}", "$muted"))
            parts.append(_clickable("pending", pending))
        return Content("  " if self.keeps(_Give.PENDING) else " ").join(parts)

    def not_equal(self, stream: StreamStatus) -> str:
        """`1 lost · 1 differs`; short: `1 lost 1 ≠`."""
        is_short = not self.keeps(_Give.STREAM)
        differs = (" !=" if self.in_ascii else " ≠") if is_short else " differ" if stream.differing > 1 else " differs"
        parts = [
            *((f"{units.count(stream.lost)} lost",) if stream.lost else ()),
            *((f"{units.count(stream.differing)}{differs}",) if stream.differing else ()),
        ]
        return (" " if is_short else " · ").join(parts)

    def seconds(self, since: datetime | None) -> str:
        return "" if since is None else f" {units.age((self.now - since).total_seconds())}"

    def again(self, at: datetime | None) -> str:
        return "" if at is None else f", again in {max(0, round((at - self.now).total_seconds()))} s"


_COUNTED: dict[Count, Callable[[Verdict], bool]] = {
    "good": lambda verdict: verdict.is_good,
    "bad": lambda verdict: verdict.is_bad,
    "pending": lambda verdict: verdict is Verdict.PENDING,
}


def _clickable(part: Part, content: Content) -> Content:
    return content.stylize(Style.from_meta({_PART: part}))


def filter_of(count: Count, run: int | None) -> str:
    """Return the filter that finds exactly what a count counts; `run`: in this run only."""
    of_run = "" if run is None else f"run:{run} "
    return " or ".join(f"{of_run}verdict:{verdict}" for verdict in Verdict if _COUNTED[count](verdict))


def status_line(
    status: SessionStatus, width: int, now: datetime, *, work: tuple[str, str] = ("", ""), in_ascii: bool = False
) -> Content:
    """The line in exactly `width` cells, one blank at either end; `now` is aware. `work`: how far long
    work is, and the same where there is no room.

    Parts go in the order of `_Give` until the rest fits with three blanks before the counts.
    """
    for given in range(len(_ORDER) + 1):
        line = _Line(status, now, frozenset(_ORDER[given:]), in_ascii, work)
        route, counts = line.route(), line.counts()
        gap = width - 2 - route.cell_length - counts.cell_length
        if gap >= _LEAST_GAP or given == len(_ORDER):
            break
    whole = Content.assemble(" ", route, " " * max(gap, 1), counts, " ")
    return whole.truncate(width, ellipsis=True)
