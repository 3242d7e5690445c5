"""A test of somebody's webhook handler: it gets the good and the bad, and is told what each wrong answer means."""

from webhook_tui.checking.cases import Case, Expected, Message, cases
from webhook_tui.checking.forms import FORMS
from webhook_tui.checking.run import Result, check

__all__ = ["FORMS", "Case", "Expected", "Message", "Result", "cases", "check"]
