"""The tips of the first minute with the sandbox: one at a time, until what it proposes was done."""

from __future__ import annotations

from msgspec import Struct

from webhook_tui.domain.errors import Problem, Severity
from webhook_tui.domain.signature.verdict import Verdict

SANDBOX = "Sandbox: an embedded PiktID plays sample jobs, some badly signed on purpose."


class _Tip(Struct, frozen=True):
    action: str
    """Its id; once it was carried out, the tip is over."""
    text: str
    colourless: str = ""
    """The text where there are no colours, if it is another one."""


_INVALID = f"{Verdict.INVALID.glyph} {Verdict.INVALID}"
TIPS = (
    _Tip(
        "delivery.why",
        "Go up to a red row and press w: why its signature fails.",
        f"Go up to a {_INVALID} row and press w: why its signature fails.",
    ),
    _Tip("payload.open_link", "Go to an image_result row and press o: its picture."),
    _Tip("app.jobs", "Press J and then enter: all that came of one job."),
    _Tip("receiver.answers", "Press a and choose 503: watch PiktID try again."),
    _Tip("app.contract", "Press C: what each event contains. Then: webhook-tui --token …"),
)


class Tips:
    """Which tip is shown."""

    def __init__(self, *, is_on: bool, has_colours: bool) -> None:
        """`is_on`: this is the first run with them. `has_colours`: the terminal shows them."""
        self._is_on = is_on
        self._has_colours = has_colours
        self._done: set[str] = set()
        self.were_shown = False
        """Whether another run shows none."""

    def restart(self) -> None:
        """Begin with the first tip, also where another run showed them."""
        self._is_on = True
        self._done.clear()

    def on_action(self, action: str) -> bool:
        """Note that an action was carried out; return whether a tip is over."""
        is_over = self.were_shown and action not in self._done and any(tip.action == action for tip in TIPS)
        self._done.add(action)
        return is_over

    def problem(self) -> Problem | None:
        """The notice with the tip that is next; without tips, what the sandbox is; None: all was done."""
        if not self._is_on:
            return _notice("? shows all keys, : all commands (Show the tips again).")
        for number, tip in enumerate(TIPS, 1):
            if tip.action not in self._done:
                self.were_shown = True
                text = tip.text if self._has_colours else tip.colourless or tip.text
                return _notice(f"Tip {number} of {len(TIPS)}  {text}")
        return None


def _notice(hint: str) -> Problem:
    return Problem(SANDBOX, hint, is_transient=True, severity=Severity.TIP)
