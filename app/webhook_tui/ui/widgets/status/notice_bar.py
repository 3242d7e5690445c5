"""The notice: one or two lines below the status line, with a bar in the colour of the severity."""

from __future__ import annotations

from datetime import datetime

from textual.content import Content
from textual.widgets import Static

from webhook_tui.domain.errors import Severity
from webhook_tui.ui.format.status.notices import Notice

_CLOSES = "esc Close"
_LEAST_GAP = 3


class NoticeBar(Static):
    """Shows one problem; hidden without one."""

    DEFAULT_CSS = """
    NoticeBar {
        display: none;
        height: auto;
        max-height: 4;
        background: $background;
        offset: 1 0; /* not a margin, which would narrow every sibling */
        padding: 0 2 0 1;
        border-left: outer $error;
    }
    NoticeBar.-shown { display: block; }
    NoticeBar.-warning { border-left: outer $warning; }
    NoticeBar.-tip { border-left: outer $primary; }
    """

    def __init__(self) -> None:
        super().__init__(markup=False)
        self.shown: Notice | None = None
        self._plain = ""
        self._shown_at: datetime | None = None

    def on_resize(self) -> None:
        if self._shown_at is not None:
            self.show(self.shown, self._shown_at)

    def show(self, notice: Notice | None, now: datetime) -> None:
        """Show a notice with its seconds as of `now`, or nothing."""
        self.shown, self._shown_at = notice, now
        self.set_class(notice is not None, "-shown")
        if notice is None:
            self._plain = ""
            return
        self.set_class(notice.problem.severity is Severity.WARNING, "-warning")
        self.set_class(notice.problem.severity is Severity.TIP, "-tip")
        text = Content("\n").join(self._lines(notice, now))
        if text.plain != self._plain:
            self._plain = text.plain
            self.update(text)

    def _lines(self, notice: Notice, now: datetime) -> list[Content]:
        """Its sentences; at the right of the last one the key that closes it, where there is room."""
        *others, last = notice.lines(now)
        gap = self.content_size.width - last.cell_length - len(_CLOSES)
        if gap >= _LEAST_GAP:
            key, _, word = _CLOSES.partition(" ")
            last = Content.assemble(last, " " * gap, (key, "bold $primary"), (f" {word}", "$muted"))
        return [*others, last]
