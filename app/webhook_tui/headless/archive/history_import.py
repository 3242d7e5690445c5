"""Takes deliveries out of a file into the history, marked as imported: what `import` does."""

from __future__ import annotations

import asyncio
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeGuard

from msgspec import Struct, field

from webhook_tui.domain.account import Account
from webhook_tui.domain.delivery.delivery import DeliveryRow
from webhook_tui.domain.delivery.text import visible
from webhook_tui.domain.errors import ExitCode, ProblemError
from webhook_tui.domain.signature.secret_ring import SecretRing
from webhook_tui.domain.signature.signature import check_signature
from webhook_tui.domain.units import counted
from webhook_tui.export.har import read_har
from webhook_tui.export.json_lines import Imported, Skipped, read_jsonl
from webhook_tui.headless import messages
from webhook_tui.headless.archive.progress_bar import DeliveryBar
from webhook_tui.storage.history import DeliveryStore
from webhook_tui.storage.history_query import StoredCopies

COMMENT = "imported"
_BATCH = 200
_MOST_PLACES = 5
_DUPLICATE = "already in the history"
_NOT_DELIVERIES = "not a delivery"


class ImportReport(Struct):
    """What was taken out of a file, and what was not."""

    rows: list[DeliveryRow] = field(default_factory=list)
    skipped: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    """Places in the file by reason."""

    @property
    def exit_code(self) -> ExitCode:
        """0 when something was taken, or all of it was there already."""
        return ExitCode.OK if self.rows or _DUPLICATE in self.skipped else ExitCode.FAILURE

    def lines(self) -> Iterator[str]:
        """Yield a line for each reason for which entries were skipped."""
        for reason, places in sorted(self.skipped.items(), key=lambda item: -len(item[1])):
            named = ", ".join(places[:_MOST_PLACES])
            more = "" if len(places) <= _MOST_PLACES else ", …"
            yield f"not imported: {len(places):,}  {visible(reason)} ({named}{more})"

    def summary(self) -> str:
        """Return `12 deliveries imported as #45 to #56: 8 valid, 4 pending.`"""
        if not self.rows:
            return "0 deliveries imported."
        counts = Counter(row.verdict for row in self.rows)
        verdicts = ", ".join(
            f"{counts[verdict]:,} {verdict.value}" for verdict in sorted(counts, key=list(counts).index)
        )
        first, last = self.rows[0].seq, self.rows[-1].seq
        numbers = f"#{first}" if first == last else f"#{first} to #{last}"
        return f"{counted(len(self.rows), 'delivery')} imported as {numbers}: {verdicts}."


def import_file(name: str, content: bytes, history: Path, account: Account, ring: SecretRing) -> ExitCode:
    """Import the deliveries in `content`, print what was taken and what was not, and return the exit code.

    Each is verified by `ring`, since a file can claim any verdict. `name`: of the file, for the comment. Raises
    ProblemError when the history cannot be written.
    """
    found = read_har(content) if not _is_jsonl(content) else None
    parts = list(found if found is not None else read_jsonl(content.splitlines()))
    if not any(isinstance(part, Imported) for part in parts):
        reason = next((f" ({part.place}: {part.reason})" for part in parts if isinstance(part, Skipped)), "")
        raise ProblemError(messages.nothing_to_import(visible(name), visible(reason)))
    with closing(DeliveryStore.open(history, started_at=datetime.now(UTC))) as store:
        copies = StoredCopies(history)
        try:
            report = ImportReport()
            wanted = [part for part in parts if _is_wanted(part, copies, report)]
            asyncio.run(_store(store, wanted, account, ring, report, comment=f"{COMMENT} from {name}"))
        except KeyboardInterrupt:
            sys.stderr.write("Stopped. Import the file again for the rest: what the history has is skipped.\n")
            raise
        finally:
            copies.close()
            for line in report.lines():
                sys.stderr.write(f"{line}\n")
            sys.stdout.write(f"{report.summary()}\n")
    return report.exit_code


def _is_jsonl(content: bytes) -> bool:
    """Whether the first line is an object of ours: an archive begins otherwise."""
    first = next(read_jsonl(content.lstrip().splitlines()[:1]), None)
    return isinstance(first, Imported) or (first is not None and first.reason == _NOT_DELIVERIES)


async def _store(
    store: DeliveryStore,
    parts: Sequence[Imported],
    account: Account,
    ring: SecretRing,
    report: ImportReport,
    *,
    comment: str,
) -> None:
    """Add what was stored to the report, also when it is stopped; on a terminal a bar shows how far it is."""
    now = datetime.now().astimezone()

    async def record(part: Imported) -> None:
        verification = check_signature(part.delivery.headers, part.delivery.body, ring, zone_now=now)
        row = await store.record(part.delivery, verification, account=account, answered=part.answered)
        report.rows.append(row)
        await store.set_imported(row.seq, comment)
        bar.advance()

    with DeliveryBar(len(parts)) as bar:
        for start in range(0, len(parts), _BATCH):
            batch = map(record, parts[start : start + _BATCH])
            for outcome in await asyncio.gather(*batch, return_exceptions=True):  # so that the others are stored whole
                if outcome is not None:
                    raise outcome


def _is_wanted(part: Imported | Skipped, copies: StoredCopies, report: ImportReport) -> TypeGuard[Imported]:
    if isinstance(part, Skipped):
        report.skipped[part.reason].append(part.place)
        return False
    if copies.has(part.delivery):
        report.skipped[_DUPLICATE].append(part.place)
        return False
    return True
