"""Where a delivery is sent to: the questions before replaying one, and before forwarding all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Input, Static

from webhook_tui.domain.byte_diff import Change, byte_diff, first_difference
from webhook_tui.domain.text import visible
from webhook_tui.tui.modals.dialog import Answer, Dialog
from webhook_tui.tui.widgets.key_button import KeyButton

EXAMPLE = "http://127.0.0.1:3000/webhook"
_MOST_CHANGES = 40


@dataclass(frozen=True, slots=True)
class ReplayChoice:
    """Where to, and with which signature."""

    url: str
    sign_anew: bool


class _UrlDialog(Dialog[Answer]):
    """Has one field, a URL."""

    DEFAULT_CSS = """
    _UrlDialog #entry { height: 1; width: 1fr; }
    _UrlDialog #entry Static { width: 6; color: $muted; }
    _UrlDialog Input, _UrlDialog Input:focus {
        width: 1fr; height: 1; border: none; padding: 0 1; background: $background; color: $foreground;
    }
    _UrlDialog #mistake { color: $bad; display: none; }
    _UrlDialog #changes { margin: 1 0; }
    """

    def field(self, url: str) -> ComposeResult:
        """The field, and what was wrong with it."""
        with Horizontal(id="entry"):
            yield Static(Content("to"))
            yield Input(url, placeholder=EXAMPLE, id="url", select_on_focus=False)
        yield self.paragraph(f"Write a whole URL, as in {EXAMPLE}.", id="mistake")

    def url(self) -> str | None:
        """The URL; None, and the mistake is shown, when it is none."""
        text = self.query_one("#url", Input).value.strip()
        if text.startswith(("http://", "https://")) and not any(c.isspace() for c in text):
            return text
        self.query_one("#mistake").display = True
        self.query_one("#url", Input).focus()
        return None


class ReplayDialog(_UrlDialog[ReplayChoice]):
    """`edited`: the body before and after, whose difference is shown."""

    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s", "anew", "Signed anew", show=False, id="replay.anew", tooltip="with the current secret"),
        Binding("a", "received", "As received", show=False, id="replay.received", tooltip="with its own signature"),
    ]

    def __init__(self, what: str, url: str, *, edited: tuple[bytes, bytes] | None = None) -> None:
        self.TITLE_TEXT = f"Replay {what}{', edited' if edited else ''}"
        super().__init__()
        self._url = url
        self._edited = edited

    def on_mount(self) -> None:
        """The focus goes where enter does the likely thing."""
        self.query_one("#url" if not self._url else "#anew" if self._edited else "#received").focus()

    def words(self) -> ComposeResult:
        """What is sent, and where to."""
        if self._edited is None:
            yield self.paragraph("It is sent byte for byte as it came, once, and not by PiktID.")
        else:
            before, after = self._edited
            yield self.paragraph(
                f"{len(before):,} bytes become {len(after):,}; the first difference is at byte "
                f"{first_difference(before, after):,}. The signature that was received does not fit them."
            )
            yield self.paragraph(changes_text(byte_diff(before, after, most=_MOST_CHANGES)), id="changes")
        yield from self.field(self._url)

    def buttons(self) -> ComposeResult:
        """Which signature, or not at all."""
        if self._edited is None:
            yield KeyButton("As received", "a", id="received")
            yield KeyButton("Signed anew", "s", id="anew")
        else:
            yield KeyButton("Signed anew", "s", id="anew")
            yield KeyButton("Signature as received", "a", id="received")
        yield KeyButton("Cancel", "esc", id="safe")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter in the field does what the first button does."""
        event.stop()
        self._send(sign_anew=self._edited is not None)

    def action_received(self) -> None:
        """Its own signature."""
        self._send(sign_anew=False)

    def action_anew(self) -> None:
        """A new signature."""
        self._send(sign_anew=True)

    def _send(self, *, sign_anew: bool) -> None:
        if (url := self.url()) is not None:
            self.dismiss(ReplayChoice(url, sign_anew))


class ForwardDialog(_UrlDialog[str]):
    """The answer is a URL, or "" for: no more."""

    AUTO_FOCUS = "#url"
    TITLE_TEXT = "Forward every delivery"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+n", "stop", "Stop", show=False, id="forward.stop", tooltip="forward no more"),
    ]

    def __init__(self, url: str, *, is_on: bool) -> None:
        super().__init__()
        self._url = url
        self._is_on = is_on

    def words(self) -> ComposeResult:
        """What it does."""
        yield self.paragraph(
            "Each delivery goes to your app byte for byte as soon as it is stored, and PiktID gets your app's answer. "
            "While your app does not answer, that is 502."
        )
        yield self.paragraph("")
        yield from self.field(self._url)

    def buttons(self) -> ComposeResult:
        """Forward, no more, cancel."""
        yield KeyButton("Forward", "enter", id="forward")
        if self._is_on:
            yield KeyButton("No more", "ctrl+n", id="stop")
        yield KeyButton("Cancel", "esc", id="safe")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """As the first button."""
        event.stop()
        self.action_forward()

    def action_forward(self) -> None:
        """Forward there."""
        if (url := self.url()) is not None:
            self.dismiss(url)

    def action_stop(self) -> None:
        """Forward no more."""
        if self._is_on:
            self.dismiss("")


def changes_text(changes: Sequence[Change]) -> Content:
    """Each changed line with its sign."""
    lines = []
    for change in changes:
        text = f"{'…' if change.cut_before else ''}{visible(change.text)}{'…' if change.cut_after else ''}"
        end = "  (no newline at the end)" if change.ends_without_newline else ""
        style = "$bad" if change.sign == "-" else "$valid"
        lines.append(Content.assemble((f"{change.sign} {text}", style), (end, "$muted")))
    if len(changes) == _MOST_CHANGES:
        lines.append(Content.assemble(("…", "$muted")))
    return Content("\n").join(lines)
