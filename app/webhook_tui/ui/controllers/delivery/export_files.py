"""Redacts and formats deliveries for a copy or an export; runs in a worker thread."""

from __future__ import annotations

import json
import os.path
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from datetime import datetime
from itertools import chain, count
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from webhook_tui.domain import units
from webhook_tui.domain.delivery.delivery import StoredDelivery
from webhook_tui.domain.delivery.rows import DeliveryRows
from webhook_tui.domain.delivery.text import visible_lines
from webhook_tui.domain.errors import ProblemError
from webhook_tui.domain.session_port import SessionPort
from webhook_tui.export.destination import Destination
from webhook_tui.export.files import write_file
from webhook_tui.export.formats import FORMATS, Format
from webhook_tui.export.redaction import redacted, redaction
from webhook_tui.ui import notice_texts
from webhook_tui.ui.dialogs.export import Share, file_name
from webhook_tui.ui.long_work import LongWork, WorkStoppedError
from webhook_tui.ui.selection import Selection, wait_until_done

LARGEST_COPY = 1_000_000
"""Bytes; terminals refuse more, most of them much less."""
_LARGEST_PREVIEW = 65_536
_PAGE = 200


class Copied(Struct, frozen=True):
    """A text for the clipboard."""

    text: str
    what: str
    """`curl`, `curl of 3 deliveries`"""


class Exported(Struct, frozen=True):
    """Files were written."""

    sentence: str


class Exports:
    """Copies and exports of one session's deliveries; each call may come from any thread."""

    def __init__(self, session: SessionPort, destination: Destination, now: Callable[[], datetime]) -> None:
        self._session = session
        self._destination = destination
        self._now = now

    def preview(self, stored: StoredDelivery, name: str) -> list[str]:
        """Return the first lines of one delivery in a format, sanitised; none of a large one."""
        if len(stored.delivery.body) > _LARGEST_PREVIEW:
            return []
        clean = redacted(stored, self._session.known_secrets(), keep_links=True)
        return visible_lines(FORMATS[name].one(clean, self._destination)[:2000])

    def copy(self, share: Share) -> Copied:
        """Return the text of a copy. Its links are not redacted: it is for this user, and a command must work.

        Raises ProblemError if it is too large, or not text.
        """
        form = FORMATS[share.form]
        tally = _Tally(keep_links=True)
        content = bytearray()
        for part in self._parts(form, share.selection, tally):
            content += part
            if len(content) > LARGEST_COPY:
                raise ProblemError(notice_texts.COPY_TOO_LARGE)
        if not tally.all:
            raise ProblemError(notice_texts.NO_SUCH_DELIVERY)
        try:
            text = content.decode(form.encoding)
        except UnicodeDecodeError:
            raise ProblemError(notice_texts.not_copyable(form.title)) from None
        return Copied(text, form.name if tally.all == 1 else f"{form.name} of {tally.all:,} deliveries")

    def copy_found(self, stored: StoredDelivery, content: bytes) -> Copied:
        """Return the result of a query, indented. Raises ProblemError if it is too large."""
        found = replace(stored, delivery=replace(stored.delivery, body=content))
        clean = redacted(found, self._session.known_secrets(), keep_links=True)
        text = json.dumps(json.loads(clean.delivery.body), indent=2)
        if len(text) > LARGEST_COPY:
            raise ProblemError(notice_texts.RESULT_TOO_LARGE)
        return Copied(text, "the query's result")

    def export(self, share: Share, work: LongWork | None = None) -> Exported:
        """Write the file or files, and count the deliveries in `work`. Raises ProblemError, also when it is stopped."""
        tally = _Tally(work=work)
        try:
            return self._export(share, tally)
        except WorkStoppedError:
            raise ProblemError(notice_texts.export_stopped(tally.files)) from None

    def _export(self, share: Share, tally: _Tally) -> Exported:
        form, selection = FORMATS[share.form], share.selection
        each = not form.joins and selection.seq is None
        path = share.path if share.path is not None else _free(Path(file_name(form, selection)))
        has_directory = share.path is not None and os.path.isdir(path)  # noqa: PTH112 -- Path.is_dir raises for some
        if each or has_directory:
            self._export_each(form, selection, path, tally)
        else:
            _write(path, self._parts(form, selection, tally))
        if not tally.all:
            raise ProblemError(notice_texts.NO_SUCH_DELIVERY)
        what = f"#{selection.seq}" if selection.seq is not None else units.counted(tally.all, "delivery")
        return Exported(notice_texts.exported(what, path, is_redacted=tally.changed > 0))

    def _export_each(self, form: Format, selection: Selection, directory: Path, tally: _Tally) -> None:
        for stored in self._clean(selection, tally):
            if tally.all == 1:
                _make_directory(directory)
            _write(directory / form.file_name(stored.row.seq), form.write((stored,), self._destination))
            tally.files += 1

    def _parts(self, form: Format, selection: Selection, tally: _Tally) -> Iterator[bytes]:
        """Yield the parts of one file; none without a delivery."""
        deliveries = self._clean(selection, tally)
        first = next(deliveries, None)
        if first is None:
            return iter(())
        if not form.joins and selection.seq is None:
            second = next(deliveries, None)
            if second is not None:
                raise ProblemError(notice_texts.not_joinable(form.name))
        return form.write(chain((first,), deliveries), self._destination)

    def _clean(self, selection: Selection, tally: _Tally) -> Iterator[StoredDelivery]:
        clean = redaction(self._session.known_secrets(), keep_links=tally.keep_links)
        for stored in self._selected(selection, tally.work):
            without = clean(stored)
            tally.all += 1
            if tally.work is not None:
                tally.work.advance()
            tally.changed += without.delivery.body != stored.delivery.body
            yield without

    def _selected(self, selection: Selection, work: LongWork | None) -> Iterator[StoredDelivery]:
        if selection.seq is not None or selection.name == "all":
            with closing(self._session.open_rows()) as rows:
                yield from _whole(rows, [selection.seq] if selection.seq is not None else _numbers(rows))
            return
        changed = threading.Event()
        search = self._session.open_found(
            selection.expression, sort=selection.sort, now=self._now(), changed=changed.set
        )
        with closing(search) as found:
            wait_until_done(found, changed, lambda: work is None or not work.is_stopped)
            if work is not None and work.is_stopped:
                raise WorkStoppedError
            yield from _whole(found, _numbers(found))


class _Tally(Struct):
    all: int = 0
    changed: int = 0
    keep_links: bool = False
    work: LongWork | None = None
    files: int = 0
    """How many of several are whole."""


def _numbers(rows: DeliveryRows) -> Iterator[int]:
    for start in range(0, len(rows), _PAGE):
        yield from (row.seq for row in rows.window(start, _PAGE))


def _whole(rows: DeliveryRows, seqs: Iterable[int]) -> Iterator[StoredDelivery]:
    for seq in seqs:
        stored = rows.stored(seq)
        if stored is not None:
            yield stored


def _free(path: Path) -> Path:
    """Return that name, or the next with a number that no file has."""
    names = (path.with_stem(f"{path.stem}-{number}") for number in count(2))
    return next(name for name in chain((path,), names) if not name.exists())


def _write(path: Path, parts: Iterator[bytes]) -> None:
    """Write a file. Standard output is refused: it is the screen's. A pipe without a reader must not block the exit."""
    if path == Path("-"):
        raise ProblemError(notice_texts.OUTPUT_IS_SCREEN)
    try:
        write_file(path, parts, to_terminal=False, waits=False)
    except BrokenPipeError:
        raise ProblemError(notice_texts.reader_ended(path)) from None


def _make_directory(path: Path) -> None:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ProblemError(notice_texts.no_directory(path, error.strerror)) from error
