"""Every sentence that the screen itself says: the problems of its notices, and its toasts. They may name keys."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from webhook_tui.domain import units
from webhook_tui.domain.delivery.text import visible
from webhook_tui.domain.errors import Problem, Severity, ended

# The session and the screen

WAS_STOPPED = Problem(
    "The screen was stopped. Deliveries were received and answered meanwhile.", "", severity=Severity.TIP
)
CANNOT_STOP = Problem("There is no shell here that ctrl+z could return to.", "q leaves.", severity=Severity.TIP)


def session_ended(newest_seq: int | None, *, is_unexpected: bool, is_repeated: bool) -> Problem:
    """The session ended without giving a problem; `is_repeated`: soon after it was restarted."""
    what = "Session ended unexpectedly." if is_unexpected else "Session ended."
    stored = "" if newest_seq is None else f" Deliveries up to #{newest_seq:,} are stored."
    return ended(what + stored, hint="Its log: webhook-tui paths.") if is_repeated else ended(what + stored)


def session_bug(error: Exception) -> Problem:
    """The part of the screen that runs the session raised an error that the program does not expect."""
    return Problem(f"webhook-tui has a bug: {type(error).__name__}.", "Report it.", screen_hint="q leaves; report it.")


def crashed(error: BaseException | None) -> str:
    """The screen ended by an error."""
    kind = type(error).__name__ if error is not None else "error"
    return f"webhook-tui ended by an error of its own ({kind}). What was received is stored."


# config.toml


def no_theme(name: str, known: Sequence[str]) -> Problem:
    """`theme` names none."""
    return Problem(f"There is no theme {visible(name)}.", f"There are: {', '.join(known)}.", severity=Severity.WARNING)


def key_clash(lost: Sequence[str]) -> Problem:
    """[keymap] gives a key of the bindings `lost` to others."""
    return Problem(
        f"[keymap] gives one key to two actions; {', '.join(lost)} lost it.",
        "Give it another key in config.toml.",
        severity=Severity.WARNING,
    )


def unknown_bindings(names: Sequence[str]) -> Problem:
    """[keymap] has ids that no binding has."""
    return Problem(
        f"[keymap] in config.toml names no key: {', '.join(names)}.",
        "webhook-tui keys lists all names.",
        severity=Severity.WARNING,
    )


def filter_not_applied(reason: str) -> Problem:
    """A filter of the last run, or one that was turned off, cannot be parsed any more."""
    return Problem(f"The filter was not applied: {reason.rstrip('.')}.", "", severity=Severity.WARNING)


def filter_not_saved(reason: str) -> Problem:
    """A filter that cannot be parsed is not saved."""
    return Problem(f"The filter was not saved: {reason.rstrip('.')}.", "", severity=Severity.WARNING)


def filter_saved(name: str) -> str:
    """A toast: a filter got a name."""
    return f"Saved @{name} in config.toml"


def filter_removed(name: str) -> str:
    """A toast: a named filter was removed."""
    return f"Removed @{name} from config.toml"


# The webhook

NO_WEBHOOK = Problem("There is no webhook of ours to delete.", "u registers one.", severity=Severity.WARNING)

# Deliveries

NO_LINK = Problem(
    "There is no web link in this payload.", "image_result deliveries have some.", severity=Severity.WARNING
)
NONE_MARKED = Problem(
    "No other delivery is marked.", "m marks the one to compare with; then D on this one.", severity=Severity.WARNING
)


def no_matches(total: int, last: str = "", without: int | None = None) -> str:
    """Nothing passes the filter, in the table's place; `without`: how many do without its last term, if any."""
    line = f"No matches in {units.counted(total, 'delivery')}.  esc clears the filter."
    if not without:
        return line
    there_are = "there is" if without == 1 else "there are"
    return f"{line}\nWithout {last} {there_are} {without:,}:  ctrl+w drops it."


def no_match_yet(examined: int, total: int) -> str:
    """In the table's place: a search has found nothing among the deliveries that it has examined."""
    return f"No match in the newest {examined:,} of {total:,} deliveries yet.  esc ends the search."


def deleted(count: int, *, is_stopped: bool) -> str:
    """A toast: deliveries were deleted, all that were to be, or those before the user stopped it."""
    before = "Stopped. " if is_stopped else ""
    return f"{before}Deleted {units.counted(count, 'delivery')}"


# Replay and simulated events

UNCHANGED = Problem("Nothing changed: not sent.", "r replays it as it is.", severity=Severity.TIP)
NO_TERMINAL = Problem("This terminal cannot be given to an editor.", "r replays the delivery as it is.")


def replayed(seq: int, outcome: object) -> str:
    """A toast: a delivery was replayed; `outcome`: how it was answered."""
    return f"Replayed #{seq}: {outcome}"


def unreadable_payload(name: str, reason: str) -> Problem:
    """The file of a simulated event cannot be read."""
    return Problem(f"{visible(name)} cannot be read: {reason}.", "Nothing was sent.", severity=Severity.WARNING)


def payload_too_large(name: str) -> Problem:
    """The file of a simulated event is larger than the receiver accepts."""
    return Problem(f"{visible(name)} is larger than 10 MiB.", "Nothing was sent.", severity=Severity.WARNING)


# Copies and exports

NO_SUCH_DELIVERY = Problem(
    "There is no such delivery.", "Mark some with m, or choose others.", severity=Severity.WARNING
)
COPY_TOO_LARGE = Problem(
    "This is more than a clipboard takes: 1 MB.", "e exports it into a file.", severity=Severity.WARNING
)
RESULT_TOO_LARGE = Problem(
    "This is more than a clipboard takes: 1 MB.", "Query for less of it.", severity=Severity.WARNING
)
OUTPUT_IS_SCREEN = Problem("Standard output belongs to the screen.", "Name a file.", severity=Severity.WARNING)


def not_copyable(title: str) -> Problem:
    """A format with bytes that are not text; `title` names it."""
    return Problem(
        f"The {title} is not text, so it cannot be copied.", "e exports it into a file.", severity=Severity.WARNING
    )


def not_joinable(format_name: str) -> Problem:
    """A format that holds one delivery a file, and several deliveries."""
    return Problem(
        f"One {format_name} holds one delivery: these are several.",
        "e exports each into a file.",
        severity=Severity.WARNING,
    )


def reader_ended(path: Path) -> Problem:
    """`path` is a pipe without a reader."""
    return Problem(f"The program that reads {path} has ended.", "Name another file.", severity=Severity.WARNING)


def no_directory(path: Path, reason: str | None) -> Problem:
    """The directory of an export cannot be created."""
    return Problem(f"{path} cannot be created: {reason}.", "Name another directory.", severity=Severity.WARNING)


def export_stopped(count: int) -> Problem:
    """Return what a stopped export has left behind: `count` whole files."""
    files = "1 file is" if count == 1 else f"{count:,} files are"
    left = f"{files} written." if count else "Nothing was written."
    return Problem("Export stopped.", left, severity=Severity.TIP)


def exported(what: str, path: Path, *, is_redacted: bool) -> str:
    """A toast: `what` was written."""
    note = "; a secret or a link's signature was taken out" if is_redacted else ""
    return f"Exported {what} to {path}{note}"


def copied(what: str, size: int) -> str:
    """A toast: `size` bytes are in the clipboard."""
    return f"Copied: {what}, {units.counted(size, 'byte')}"


def sent_to_terminal(what: str, size: int, limit: int) -> str:
    """A toast: the terminal got `size` bytes for its clipboard, and most take at most `limit`."""
    note = f". Most terminals drop more than {units.size(limit)}: export it instead." if size > limit else ""
    return f"Sent to the terminal: {what}, {units.counted(size, 'byte')} for its clipboard{note}"
