"""The tips of the first minute: their order, and that what was done is not proposed again."""

from __future__ import annotations

from webhook_tui.ui.format.status.tips import TIPS, Tips


def _hint(tips: Tips) -> str:
    problem = tips.problem()
    return "" if problem is None else problem.hint


def test_one_after_the_other_until_all_was_done() -> None:
    """What was done before its turn is left out; other actions change nothing."""
    tips = Tips(is_on=True, has_colours=True)
    assert _hint(tips).startswith("Tip 1 of 5  Go up to a red row and press w")
    assert not tips.on_action("table.filter")
    assert tips.on_action("app.jobs")
    assert _hint(tips).startswith("Tip 1 of 5")
    assert tips.on_action("delivery.why")
    assert not tips.on_action("delivery.why")
    assert _hint(tips).startswith("Tip 2 of 5")
    assert tips.on_action("payload.open_link")
    assert _hint(tips).startswith("Tip 4 of 5")
    for tip in TIPS:
        tips.on_action(tip.action)
    assert tips.problem() is None
    assert tips.were_shown
    tips.restart()
    assert _hint(tips).startswith("Tip 1 of 5")


def test_in_a_later_run_there_is_only_what_the_sandbox_is() -> None:
    """And the key to all others."""
    tips = Tips(is_on=False, has_colours=True)
    assert _hint(tips) == "? shows all keys, : all commands (Show the tips again)."
    assert not tips.on_action("delivery.why")
    assert not tips.were_shown


def test_each_fits_beside_its_bar() -> None:
    """In one line of 80 columns."""
    assert max(len(f"Tip 5 of 5  {text}") for tip in TIPS for text in (tip.text, tip.colourless)) <= 76


def test_without_colours_none_is_named() -> None:
    """A verdict's glyph and word stand for its colour; other tips are the same."""
    tips = Tips(is_on=True, has_colours=False)
    assert _hint(tips) == "Tip 1 of 5  Go up to a ✗ invalid row and press w: why its signature fails."
    tips.on_action("delivery.why")
    assert _hint(tips) == "Tip 2 of 5  Go to an image_result row and press o: its picture."
