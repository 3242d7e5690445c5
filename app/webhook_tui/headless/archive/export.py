"""What `webhook-tui export` does: writes stored deliveries in the format of another tool, without secrets."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from datetime import datetime
from itertools import chain, islice
from pathlib import Path
from time import monotonic

from msgspec import Struct
from msgspec.structs import replace

from webhook_tui.domain.delivery.delivery import Explanation, StoredDelivery
from webhook_tui.domain.delivery.rows import DeliveryRows
from webhook_tui.domain.diagnostics.report import LARGEST_COMPARED, MOST_RECENT, change_text, stored_report, why_text
from webhook_tui.domain.errors import ProblemError
from webhook_tui.domain.filtering.filter import Expression
from webhook_tui.domain.jobs.job import USUAL_FIELDS, JobFields
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.domain.units import counted
from webhook_tui.errors import terminal_refused
from webhook_tui.export.destination import Destination
from webhook_tui.export.files import write_file
from webhook_tui.export.formats import Format
from webhook_tui.export.redaction import redaction
from webhook_tui.headless import messages
from webhook_tui.headless.archive.progress_bar import DeliveryBar
from webhook_tui.headless.signing.stored_accounts import stored_ring
from webhook_tui.storage.database.errors import no_delivery
from webhook_tui.storage.history_query import HistoryQuery
from webhook_tui.storage.rows import open_history
from webhook_tui.storage.search.search import find_in_history
from webhook_tui.streams import OutputError

_PAGE = 200


class Choice(Struct, frozen=True):
    """Which deliveries: those that meet every condition that is set."""

    seqs: tuple[int, ...] = ()
    """Their numbers; empty: any."""
    marked: bool = False
    """Only marked ones."""
    filter: Expression | None = None
    """Only matching ones; None: any."""
    job_fields: JobFields = USUAL_FIELDS
    """Fields of a job id, for the filter `job:`."""


def run(
    form: Format,
    *,
    history: Path,
    choice: Choice,
    now: datetime,
    secrets: Sequence[Secret],
    destination: Destination,
    output: Path | None,
    say: Callable[[str], None],
    accounts: Path,
    keep_links: bool = False,
) -> None:
    """Write the chosen deliveries to `output` (a directory: a file for each); None: to standard output.

    `now`: for the filter's `age:`. `say`: is called with sentences for people. `accounts`: the file with the secrets
    that explain verdicts. Raises ProblemError when there are no deliveries, or they cannot be read or written;
    OutputError when the reader of a pipe has left.
    """
    with closing(open_history(history)) as rows:
        count = _Count()
        total, numbers = _numbers(rows, history, choice, now)
        with DeliveryBar(total, is_shown=output is not None or not sys.stdout.isatty()) as bar:
            chosen = _chosen(rows, numbers, choice, bar)
            if form.is_explained:
                chosen = _explained(chosen, history, accounts)
            deliveries = _clean(chosen, redaction(secrets, keep_links=True), keep_links, count)
            _write(form, deliveries, destination, output)
    if not count.all:
        raise ProblemError(messages.NOTHING_TO_EXPORT)
    if count.changed:
        say(f"A secret was removed from {_bodies(count.changed)}, which no longer match their signatures.")
    if count.blanked:
        where = _bodies(count.blanked)
        say(f"Signatures in links were blanked in {where}. Use --keep-links for the signed bytes.")
    if output is not None:
        say(f"{counted(count.all, 'delivery')} exported to {output}.")


def _write(form: Format, deliveries: Iterator[StoredDelivery], destination: Destination, output: Path | None) -> None:
    if output is None:
        _write_out(form, _joined(form, deliveries, destination))
    elif output.is_dir():
        _write_each(form, deliveries, destination, output)
    else:
        try:
            write_file(output, _joined(form, deliveries, destination), to_terminal=form.harmless)
        except BrokenPipeError as error:
            raise OutputError(error) from error


class _Count(Struct):
    all: int = 0
    changed: int = 0
    """Bodies that contained a secret."""
    blanked: int = 0
    """Bodies with links whose signatures were blanked."""


def _bodies(count: int) -> str:
    return "one body" if count == 1 else f"{count} bodies"


def _numbers(rows: DeliveryRows, history: Path, choice: Choice, now: datetime) -> tuple[int, Iterable[int]]:
    """How many deliveries are named and match the filter, marked or not, and their numbers, oldest first."""
    if choice.filter is None and not choice.seqs:
        return len(rows), _all_numbers(rows)
    named = sorted(set(choice.seqs))
    if choice.filter is None:
        return len(named), named
    found = find_in_history(history, choice.filter, now, job_fields=choice.job_fields)
    both = sorted(set(named).intersection(found)) if choice.seqs else found
    return len(both), both


def _chosen(rows: DeliveryRows, numbers: Iterable[int], choice: Choice, bar: DeliveryBar) -> Iterator[StoredDelivery]:
    for seq in numbers:
        bar.advance()
        stored = rows.stored(seq)
        if stored is None and choice.seqs:
            raise ProblemError(no_delivery(seq))
        if stored is not None and (stored.row.marked or not choice.marked):
            yield stored


def _all_numbers(rows: DeliveryRows) -> Iterator[int]:
    for start in range(0, len(rows), _PAGE):
        yield from (row.seq for row in rows.window(start, _PAGE))


def _explained(deliveries: Iterable[StoredDelivery], history: Path, accounts: Path) -> Iterator[StoredDelivery]:
    """Add the explanation of the verdict, with the secrets of the account that received the delivery."""
    with HistoryQuery(history) as query:
        for stored in deliveries:
            ring = stored_ring(accounts, query.account(stored.row.seq))
            if not ring.secrets:
                yield stored
                continue
            recent = query.recent(stored.row.seq, MOST_RECENT, LARGEST_COMPARED)
            report = stored_report(stored, ring, None, recent, monotonic)
            explanation = Explanation(why_text(report, stored.row), change_text(report, stored.row))
            yield replace(stored, explanation=explanation)


def _clean(
    deliveries: Iterable[StoredDelivery],
    without_secrets: Callable[[StoredDelivery], StoredDelivery],
    keep_links: bool,
    count: _Count,
) -> Iterator[StoredDelivery]:
    without_links = redaction((), keep_links=keep_links)
    for stored in deliveries:
        clean = without_secrets(stored)
        blanked = without_links(clean)
        count.all += 1
        count.changed += clean.delivery.body != stored.delivery.body
        count.blanked += blanked.delivery.body != clean.delivery.body
        yield blanked


def _joined(form: Format, deliveries: Iterator[StoredDelivery], destination: Destination) -> Iterator[bytes]:
    """Return the content of one file; empty without deliveries. Raises ProblemError when the format holds one only."""
    begin = list(islice(deliveries, 2))
    if len(begin) > 1 and not form.joins:
        raise ProblemError(messages.not_joinable(form.name))
    if begin:
        yield from form.write(chain(begin, deliveries), destination)


def _write_each(form: Format, deliveries: Iterable[StoredDelivery], destination: Destination, directory: Path) -> None:
    for stored in deliveries:
        path = directory / form.file_name(stored.row.seq)
        write_file(path, form.write((stored,), destination), to_terminal=form.harmless)


def _write_out(form: Format, parts: Iterator[bytes]) -> None:
    if not form.harmless and sys.stdout.isatty():
        raise ProblemError(terminal_refused("Standard output", "Use --output FILE, or a pipe."))
    sys.stdout.buffer.writelines(parts)
    sys.stdout.buffer.flush()
