"""One line of the table: what was measured, and what it is compared with."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from typing import NamedTuple


class Figure(NamedTuple):
    """A measured value beside its peer from the same run."""

    what: str
    measured: str
    """The value, as a multiple of the peer's where there is one."""
    wanted: str = ""
    is_reached: bool | None = None
    """None: nothing is wanted."""

    def line(self) -> str:
        """The figure as a line of the table."""
        verdict = {True: "yes", False: "NO", None: ""}[self.is_reached]
        return f"{self.what:<62} {self.measured:<34} {self.wanted:<22} {verdict}".rstrip()


def at_least(what: str, ratio: float, wanted: float, note: str) -> Figure:
    """A ratio that is to be `wanted` or more. `note`: the ratio of what."""
    return Figure(what, f"{ratio:.2f} x {note}", f">= {wanted:g} x", ratio >= wanted)


def at_most(what: str, value: float, wanted: float, unit: str, note: str = "") -> Figure:
    """A value that is to be `wanted` or less. `unit`: of both. `note`: what stands beside the value."""
    digits = 0 if value >= 100 else 1 if value >= 10 else 2
    return Figure(what, f"{value:,.{digits}f} {unit} {note}".rstrip(), f"<= {wanted:g} {unit}", value <= wanted)


def median_ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """The median of the ratios of what was measured side by side."""
    return statistics.median(one / other for one, other in zip(ours, theirs, strict=True))
