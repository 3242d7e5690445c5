"""What a check of this machine found, and how it is printed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum

from msgspec import Struct

from webhook_tui import __version__
from webhook_tui.domain.delivery.text import visible

_NAME, _STATE = 12, 10


class CheckState(StrEnum):
    """How a check ended."""

    OK = "ok"
    WARNING = "warning"
    """It works without it, or not as well."""
    MISSING = "missing"
    """webhook-tui does not work here with these options."""


class Check(Struct, frozen=True):
    """One check and its result."""

    name: str
    state: CheckState
    found: str
    """What there is, or what is missing."""
    hint: str = ""
    """What to do; empty: nothing."""


def is_ok(checks: Sequence[Check]) -> bool:
    """Return whether nothing is missing that is needed."""
    return all(check.state is not CheckState.MISSING for check in checks)


def checks_page(checks: Sequence[Check], *, in_ascii: bool) -> str:
    """Return the checks as lines for people, without a newline at the end."""
    lines = []
    for check in checks:
        state = f"{_glyph(check.state, in_ascii=in_ascii)} {check.state.value}"
        lines.append(f"{state:<{_STATE}}{check.name:<{_NAME}}{visible(check.found)}")
        if check.hint:
            lines.append(f"{'':<{_STATE + _NAME}}{visible(check.hint)}")
    missing = sum(check.state is CheckState.MISSING for check in checks)
    summary = {0: "Nothing is missing.", 1: "One thing is missing."}.get(missing, f"{missing} things are missing.")
    return "\n".join([*lines, summary])


def checks_record(checks: Sequence[Check]) -> Mapping[str, object]:
    """Return the same as an object for JSON."""
    return {
        "type": "doctor",
        "version": __version__,
        "is_ok": is_ok(checks),
        "checks": [
            {"name": check.name, "state": check.state.value, "found": check.found, "hint": check.hint or None}
            for check in checks
        ],
    }


def _glyph(state: CheckState, *, in_ascii: bool) -> str:
    glyphs = {CheckState.OK: "✓+", CheckState.WARNING: "!!", CheckState.MISSING: "✗x"}
    return glyphs[state][in_ascii]
