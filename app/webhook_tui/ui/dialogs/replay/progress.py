"""The progress of a replay of several deliveries, and at its end the outcomes."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from webhook_tui.domain.delivery.text import visible
from webhook_tui.domain.forwarding.forward_result import ReplayProgress, ReplayState, hint, summary
from webhook_tui.ui.dialogs.dialog import Dialog
from webhook_tui.ui.symbols import glyphs
from webhook_tui.ui.widgets.keys.key_button import KeyButton

_BAR = 48


class ReplayingDialog(Dialog[tuple[int, ...]]):
    """Returns the deliveries to retry, () for none, None if it was hidden and goes on."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("h", "safe", "Hide", show=False, id="replaying.hide", tooltip="hide the progress; r shows it again"),
        Binding("p", "pause", "Pause", show=False, id="replaying.pause", tooltip="pause the replay, or resume it"),
        Binding("x", "stop", "Stop", show=False, id="replaying.stop", tooltip="stop the replay"),
        Binding("r,a", "again", "Again", show=False, id="replaying.again", tooltip="retry those that failed"),
    ]
    DEFAULT_CSS = """
    ReplayingDialog #bar { margin: 1 0 0 0; text-wrap: nowrap; }
    ReplayingDialog #now { color: $muted; }
    ReplayingDialog #counts { margin: 1 0 0 0; }
    ReplayingDialog #odd { margin: 1 0 0 0; }
    ReplayingDialog #again { display: none; }
    ReplayingDialog.-over.-missed #again { display: block; }
    ReplayingDialog.-over #pause, ReplayingDialog.-over #stop { display: none; }
    """

    def __init__(
        self, progress: ReplayProgress, *, stop: Callable[[], None], pause: Callable[[], None], in_ascii: bool
    ) -> None:
        self.TITLE_TEXT = f"Replaying {progress.total:,} deliveries"
        super().__init__()
        self._progress = progress
        self._stop = stop
        self._pause = pause
        self._glyphs = glyphs(plain=in_ascii)

    def body(self) -> ComposeResult:
        how = "re-signed" if self._progress.re_sign else "original signatures"
        yield self.paragraph(Content.assemble(("to ", "$muted"), visible(self._progress.url), (f", {how}", "$muted")))
        for name in ("bar", "now", "counts", "odd"):
            yield self.paragraph("", id=name)

    def buttons(self) -> ComposeResult:
        yield KeyButton("Hide", "esc", id="safe")
        yield KeyButton("Pause", "p", id="pause")
        yield KeyButton("Stop", "x", id="stop")
        yield KeyButton("Retry failed", "r", id="again")

    def on_mount(self) -> None:
        self.show(self._progress)

    def show(self, progress: ReplayProgress) -> None:
        """Show the progress."""
        self._progress = progress
        if not self.query("#again"):  # the last one that is mounted; then this is called again
            return
        self._update("bar", self._bar())
        self._update("now", Content(_now(progress)))
        self._update("counts", _counts(progress))
        self._update("odd", _odd(progress))
        self.query_one("#odd").display = bool(progress.odd)
        self.query_one("#pause", KeyButton).name_it("Resume" if progress.is_paused else "Pause")
        if progress.is_over:
            self._end(progress)

    def _end(self, progress: ReplayProgress) -> None:
        self.add_class("-over")
        self.set_class(bool(progress.missed), "-missed")
        self._update("title", Content(summary(progress)))
        self.query_one("#safe", KeyButton).name_it("Close")

    def _update(self, name: str, content: Content) -> None:
        self.query_one(f"#{name}", Static).update(content)

    def _bar(self) -> Content:
        progress = self._progress
        full = _BAR * progress.done // max(1, progress.total)
        return Content.assemble(
            (self._glyphs.rule_active * full, "$primary"),
            (self._glyphs.rule * (_BAR - full), "$line"),
            f"  {progress.done:,} of {progress.total:,}",
        )

    def action_safe(self) -> None:
        """Hide the dialog, and let the replay go on; once it has ended, close."""
        self.dismiss(() if self._progress.is_over else None)

    def action_stop(self) -> None:
        """Stop the replay after the delivery that is under way."""
        if not self._progress.is_over:
            self._stop()

    def action_pause(self) -> None:
        """Pause the replay after the delivery that is under way, or resume it."""
        if not self._progress.is_over:
            self._pause()

    def action_again(self) -> None:
        """Retry those that were not answered 2xx."""
        if self._progress.is_over and self._progress.missed:
            self.dismiss(self._progress.missed)


def _now(progress: ReplayProgress) -> str:
    if progress.state is ReplayState.STOPPED:
        whose = f" #{progress.current} was under way: it may have arrived." if progress.current is not None else ""
        return f"Stopped.{whose}"
    if progress.is_paused and progress.current is None:
        return "Paused. Nothing is sent until it is resumed."
    last = f"#{progress.last.seq}: {visible(progress.last.outcome)}" if progress.last is not None else ""
    if progress.current is None:
        return f"The last was {last}." if last else ""
    now = f"#{progress.current} is under way" + (", the last before the pause" if progress.is_paused else "")
    return f"{now}; before it {last}" if last else now


def _counts(progress: ReplayProgress) -> Content:
    parts = [Content.assemble((f"{progress.good:,} answered 2xx", "$valid" if progress.good else "$muted"))]
    for number, text in (
        (progress.other, "something else"),
        (progress.failed, "not at all"),
        (progress.gone, "not in the history any more"),
    ):
        if number:
            parts.append(Content.assemble((f"{number:,} {text}", "bold $warning")))
    return Content("   ").join(parts)


def _odd(progress: ReplayProgress) -> Content:
    """Describe the first that were not answered 2xx, with possible causes."""
    lines = [Content.assemble((f"#{sent.seq}  {visible(sent.outcome)}", "$warning")) for sent in progress.odd]
    more = progress.other + progress.failed - len(lines)
    if more > 0:
        lines.append(Content(f"and {more:,} more"))
    advice = dict.fromkeys(hint(sent) for sent in progress.odd)
    return Content("\n").join([*lines, *(Content.assemble((text, "$muted")) for text in advice if text)])
