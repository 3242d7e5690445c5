"""How the receiver answers: one rule of seven kinds, whose numbers can be changed."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from webhook_tui.domain import units
from webhook_tui.domain.answer_rules.answer import NoResponse
from webhook_tui.domain.answer_rules.rules import (
    AnswerRule,
    ByEvent,
    Default,
    EveryNth,
    FailThenRecover,
    Fixed,
    NoAnswer,
    RateLimit,
    RuleError,
    parse,
    text_of,
)
from webhook_tui.domain.delivery.text import visible
from webhook_tui.ui.dialogs.dialog import Dialog
from webhook_tui.ui.dialogs.fields import Field, Mistake
from webhook_tui.ui.widgets.keys.key_button import KeyButton

_LABEL = 19
_LONGEST_BODY = 20
_KINDS: tuple[AnswerRule, ...] = (
    Default(),
    Fixed(),
    FailThenRecover(),
    RateLimit(),
    EveryNth(),
    ByEvent(),
    NoAnswer(),
)


def rule_line(rule: AnswerRule, *, forwards: bool) -> tuple[str, str]:
    """Return the kind of a rule, with its numbers."""
    match rule:
        case Fixed(status, delay, headers, body):
            text = "…" if body is None else visible(body[:_LONGEST_BODY])
            extra = f"    {units.counted(len(headers), 'header')}" if headers else ""
            return "One answer", f"status {status}    delay {delay:g} s    body {text}{extra}"
        case FailThenRecover(status, times):
            return "Fail, then recover", f"{status}, {_times(times)}, then 200"
        case RateLimit(retry_after, times):
            return "Rate limit", f"429 Retry-After {retry_after} s, {_times(times)}, then 200"
        case EveryNth(n, status):
            nth = text_of(rule).split()[1]
            return "Now and then", f"{status} for every {nth if n > 1 else 'single'} delivery"
        case ByEvent():
            return "By event", f"{visible(text_of(rule))}, others 200"
        case NoAnswer(silence):
            return "No answer", "reset the connection" if silence is NoResponse.RESET else "let the sender wait"
        case _:
            return ("Your app's answer", "of what is forwarded") if forwards else ("200 OK", "")


def _times(times: int) -> str:
    return f"{units.counted(times, 'time')} per event"


class RuleList(Static, can_focus=True):
    """Lists the kinds of rules; up and down choose one."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "Up", show=False, id="answers.up", tooltip="the rule above"),
        Binding("down,j", "move(1)", "Down", show=False, id="answers.down", tooltip="the rule below"),
        Binding("enter", "choose", "Use it", show=False, id="answers.use", tooltip="answer by this rule"),
    ]
    DEFAULT_CSS = """
    RuleList { height: auto; width: 1fr; text-wrap: nowrap; text-overflow: ellipsis; }
    """

    class Chosen(Message):
        """The user applies the rule."""

    def __init__(self, rule: AnswerRule, *, forwards: bool) -> None:
        super().__init__(markup=False, id="rules")
        self._rules = list(_KINDS)
        self._forwards = forwards
        self._at = 0
        self.put(rule)

    @property
    def rule(self) -> AnswerRule:
        """The chosen rule."""
        return self._rules[self._at]

    def put(self, rule: AnswerRule) -> None:
        """Choose this rule; it replaces the one of its kind."""
        self._at = next(at for at, kind in enumerate(self._rules) if type(kind) is type(rule))
        self._rules[self._at] = rule
        self.refresh(layout=True)

    def render(self) -> Content:
        return Content("\n").join([self._line(at, rule) for at, rule in enumerate(self._rules)])

    def _line(self, at: int, rule: AnswerRule) -> Content:
        label, numbers = rule_line(rule, forwards=self._forwards)
        text = f"{'●' if at == self._at else '○'} {label:<{_LABEL}}{numbers}".rstrip()
        style = ("bold $primary" if self.has_focus else "bold") if at == self._at else ""
        return Content.assemble((text, style))

    def action_move(self, by: int) -> None:
        self._at = min(max(0, self._at + by), len(self._rules) - 1)
        self.refresh()

    def action_choose(self) -> None:
        self.post_message(self.Chosen())

    def on_click(self, event: events.Click) -> None:
        if 0 <= event.y < len(self._rules):
            self._at = event.y
            self.refresh()


class AnswersDialog(Dialog[AnswerRule]):
    """Returns the rule to apply."""

    AUTO_FOCUS = "#rules"
    TITLE_TEXT = "How the receiver answers"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("e", "change", "Change", show=False, id="answers.change", tooltip="change the numbers of the rule"),
    ]
    DEFAULT_CSS = """
    AnswersDialog #entry { display: none; margin: 1 0 0 0; }
    """

    def __init__(self, rule: AnswerRule, *, forwards: bool) -> None:
        super().__init__()
        self._rule = rule
        self._forwards = forwards

    def body(self) -> ComposeResult:
        yield RuleList(self._rule, forwards=self._forwards)
        yield Field("rule", Input(id="rule", select_on_focus=False), id="entry")
        yield Mistake()
        yield self.paragraph("")
        yield self.paragraph(
            "Every delivery is stored before it is answered, whatever the answer.\n"
            "Per event: each event id has its own count. The rule stays in force.\n"
            "The status line shows the rule, and what is left for the last event."
        )

    def buttons(self) -> ComposeResult:
        yield KeyButton("Use it", "enter", id="use")
        yield KeyButton("Change the numbers", "e", id="change")
        yield KeyButton("Cancel", "esc", id="safe")

    @property
    def _list(self) -> RuleList:
        return self.query_one(RuleList)

    def on_rule_list_chosen(self, event: RuleList.Chosen) -> None:
        event.stop()
        self.action_use()

    def action_use(self) -> None:
        if not self.query_one("#entry").display or self._take():
            self.dismiss(self._list.rule)

    def action_change(self) -> None:
        entry = self.query_one("#rule", Input)
        entry.value = text_of(self._list.rule)
        entry.cursor_position = len(entry.value)
        self.query_one("#entry").display = True
        entry.focus()

    def submit(self) -> None:
        """Go back to the list with the typed rule."""
        if self._take():
            self.query_one("#entry").display = False
            self._list.focus()

    def _take(self) -> bool:
        mistake = self.query_one(Mistake)
        try:
            self._list.put(parse(self.query_one("#rule", Input).value))
        except RuleError as error:
            mistake.show(str(error))
            self.query_one("#rule", Input).focus()
            return False
        mistake.display = False
        return True
