"""`webhook-tui export`: stored deliveries in the form of another tool, without a secret, in files that we name."""

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

from webhook_tui.cli.why import secret_ring
from webhook_tui.domain.delivery.delivery import Explanation, StoredDelivery
from webhook_tui.domain.delivery.rows import DeliveryRows
from webhook_tui.domain.diagnostics.report import change_text, why_text
from webhook_tui.domain.diagnostics.stored_report import LARGEST_COMPARED, MOST_RECENT, stored_report
from webhook_tui.domain.errors import ExitCode, Problem, ProblemError
from webhook_tui.domain.filtering.filter import Expression
from webhook_tui.domain.jobs.job import JOB_FIELDS
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.export.destination import Destination
from webhook_tui.export.files import terminal_refused, write_file
from webhook_tui.export.format import Format
from webhook_tui.export.redaction import redaction
from webhook_tui.storage.accounts import AccountStore
from webhook_tui.storage.history_query import HistoryQuery
from webhook_tui.storage.rows import open_history
from webhook_tui.storage.search.search import find_in_history
from webhook_tui.streams import OutputError

_PAGE = 200


class Choice(Struct, frozen=True):
    """Which deliveries; all that is set must hold."""

    seqs: tuple[int, ...] = ()
    """Their numbers; empty: any."""
    marked: bool = False
    """Only marked ones."""
    filter: Expression | None = None
    """Only those that pass it; None: any."""
    job_fields: Sequence[str] = JOB_FIELDS
    """Where the filter's `job:` looks."""


def known_secrets(accounts: Path, given: Iterable[Secret]) -> tuple[Secret, ...]:
    """What must not be in an export: every signing secret that was kept, and what this call was given."""
    if not accounts.exists():
        return tuple(given)
    with closing(AccountStore.open(accounts)) as store:
        return (*store.all_secrets(), *given)


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

    `now`: from when the filter's `age:` counts; `say`: takes notes for people; `accounts`: the file with the rings that
    explain verdicts. Raises ProblemError when there are
    none, or they cannot be read or written; OutputError when the reader of a pipe has left.
    """
    with closing(open_history(history)) as rows:
        count = _Count()
        chosen = _chosen(rows, _numbers(rows, history, choice, now), choice)
        if form.is_explained:
            chosen = _explained(chosen, history, accounts)
        deliveries = _clean(chosen, redaction(secrets, keep_links=True), keep_links, count)
        if output is not None and output.is_dir():
            _write_each(form, deliveries, destination, output)
        elif output is not None:
            try:
                write_file(output, _joined(form, deliveries, destination), to_terminal=form.harmless)
            except BrokenPipeError as error:
                raise OutputError(error) from error
        else:
            _write_out(form, _joined(form, deliveries, destination))
    if not count.all:
        raise ProblemError(Problem("There is no such delivery in the history.", "webhook-tui shows those there are."))
    if count.changed:
        say(f"A secret was taken out of {_bodies(count.changed)}: what is left there is not what was signed.")
    if count.blanked:
        where = _bodies(count.blanked)
        say(f"Signatures in links were blanked in {where}, not what was signed. --keep-links keeps them.")
    if output is not None:
        say(f"{count.all} {'delivery' if count.all == 1 else 'deliveries'} exported to {output}.")


class _Count(Struct):
    all: int = 0
    changed: int = 0
    """Bodies that held a secret."""
    blanked: int = 0
    """Bodies with links whose signatures were blanked."""


def _bodies(count: int) -> str:
    return "one body" if count == 1 else f"{count} bodies"


def _numbers(rows: DeliveryRows, history: Path, choice: Choice, now: datetime) -> Iterable[int]:
    """Those that are named and pass the filter, in the order of arrival; marks are not looked at."""
    if choice.filter is None:
        return sorted(set(choice.seqs)) if choice.seqs else _all_numbers(rows)
    found = find_in_history(history, choice.filter, now, job_fields=choice.job_fields)
    return sorted(set(choice.seqs).intersection(found)) if choice.seqs else found


def _chosen(rows: DeliveryRows, numbers: Iterable[int], choice: Choice) -> Iterator[StoredDelivery]:
    for seq in numbers:
        stored = rows.stored(seq)
        if stored is None and choice.seqs:
            raise ProblemError(Problem(f"There is no delivery {seq} in the history.", ""))
        if stored is not None and (stored.row.marked or not choice.marked):
            yield stored


def _all_numbers(rows: DeliveryRows) -> Iterator[int]:
    for start in range(0, len(rows), _PAGE):
        yield from (row.seq for row in rows.window(start, _PAGE))


def _explained(deliveries: Iterable[StoredDelivery], history: Path, accounts: Path) -> Iterator[StoredDelivery]:
    """Add to each delivery why it has its verdict, by the ring of the account that received it, where there is one."""
    with HistoryQuery(history) as query:
        for stored in deliveries:
            ring = secret_ring(accounts, query.account(stored.row.seq))
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
    """The parts of one file, none at all without deliveries; several where that form cannot hold them are refused."""
    begin = list(islice(deliveries, 2))
    if len(begin) > 1 and not form.joins:
        raise ProblemError(
            Problem(
                f"One file holds one {form.name}: these are several deliveries.",
                "Name one with --seq, or a directory that is there with --output.",
                ExitCode.USAGE,
            )
        )
    if begin:
        yield from form.write(chain(begin, deliveries), destination)


def _write_each(form: Format, deliveries: Iterable[StoredDelivery], destination: Destination, directory: Path) -> None:
    for stored in deliveries:
        path = directory / form.file_name(stored.row.seq)
        write_file(path, form.write((stored,), destination), to_terminal=form.harmless)


def _write_out(form: Format, parts: Iterator[bytes]) -> None:
    if not form.harmless and sys.stdout.isatty():
        raise ProblemError(terminal_refused("Standard output", "Name a file with --output, or pipe it."))
    sys.stdout.buffer.writelines(parts)
    sys.stdout.buffer.flush()
