"""What the last line of the detail says of a delivery that departs from those before it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rich.cells import cell_len

from webhook_tui.domain.contract.departures import Departure
from webhook_tui.domain.delivery.text import visible

_PLACE = re.compile(r"\[[0-9]+\]")
_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_KEY = "C"
_LEAST_PLACE = 24


def departure_line(departures: Sequence[Departure], path: str, width: int) -> tuple[str, str]:
    """Return the two texts of the line: where the cursor is, and how many fields depart.

    On a line that departs, `path` gives way to what is different there.
    """
    here = without_places(path)
    found = next((one for one in departures if json_path(one.path) == here), None)
    if found is not None:
        return found.sentence, _KEY
    absent = next((one for one in departures if one.found is None and json_path(one.path[:-1]) == here), None)
    if absent is not None:
        return f"{visible(absent.path[-1])}: {absent.sentence}", _KEY
    count = f"{len(departures)} {'departs' if len(departures) == 1 else 'depart'}"
    whole = f"{count} from contract {_KEY}"
    fits = cell_len(whole) + 1 + min(cell_len(path), _LEAST_PLACE) <= width
    return path, whole if fits else f"{count} {_KEY}"


def json_path(names: Sequence[str]) -> str:
    """Return names as the payload view writes the path of a line."""
    keys = [visible(name) for name in names]
    return "$" + "".join(f".{key}" if _PLAIN_KEY.fullmatch(key) else f'["{key}"]' for key in keys)


def without_places(path: str) -> str:
    """Return a path without the places in arrays."""
    return _PLACE.sub("", path)
