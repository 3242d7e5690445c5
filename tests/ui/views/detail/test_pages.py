"""One page, or two beside each other."""

from __future__ import annotations

from tests.ui.snapshots import Snapshot
from tests.ui.stage import stage
from webhook_tui.domain.diagnostics.report import SignatureReport
from webhook_tui.domain.queries import ExplainSignature
from webhook_tui.ui.views.detail.pages import Page, Pages
from webhook_tui.ui.views.detail.shown_delivery import TABS

ALL = (*TABS, "Image", "Attempts", "Answer")


def test_two_pages_have_tabs_of_their_own() -> None:
    """What is chosen is shown in its half; a delivery without it shows the first one; [ ] stay in the half."""
    pages = Pages()
    pages.choose("Signature")
    assert pages.of(ALL) == (Page(ALL, "Signature"),)
    assert pages.step(ALL, 1) == "Raw"
    pages.is_double = True
    left, right = ("Payload", "Headers", "Raw", "Attempts", "Answer"), ("Image", "Signature")
    assert pages.of(ALL) == (Page(left, "Payload"), Page(right, "Signature"))
    assert [pages.step(ALL, 1), pages.step(ALL, -1)] == ["Image", "Image"]
    pages.choose("Attempts")
    assert pages.shown(ALL) == ("Attempts", "Signature")
    assert (pages.step(ALL, 1), pages.text_tab(ALL)) == ("Answer", "")
    pages.choose("Image")
    assert pages.shown(TABS) == ("Payload", "Signature")
    assert pages.text_tab(TABS) == "Payload"
    pages.is_double = False
    assert pages.shown(ALL) == ("Image",)


async def test_from_96_columns_the_detail_shows_two_pages(snapshot: Snapshot) -> None:
    """w chooses in the right half, [ ] in the half that has the focus; zoomed there is one; the keys keep their tab."""
    async with stage(size=(200, 60)) as played:
        detail = played.main.deliveries.detail
        await played.press("g", *"jjjjjjj")
        await played.until(lambda: detail.seq == 8)
        await played.until("Payload  Headers  Raw")
        assert '"job_id": "job_7c1e90"' in played.text()
        played.session.answer(ExplainSignature(8), SignatureReport(8, (), None, (), tried=1012, seconds=0.014))
        await played.until("register again")
        snapshot(played.lines(), "main-200x60")
        await played.press("enter", "]")
        assert (detail.tab, played.is_focused("HeaderList")) == ("Headers", True)
        await played.press("tab")
        await played.until(lambda: detail.tab == "Signature")
        await played.press("]", "w")
        assert (detail.tab, played.is_focused("signature")) == ("Signature", True)
        await played.press("shift+tab", "]", "]")
        await played.until(lambda: detail.tab == "Payload")
        await played.press("ctrl+f", *"image_index", "enter")
        await played.until("$.data.image_index")
        await played.press("z")
        await played.until("Payload  Headers  Signature  Raw")
        assert "register again" not in played.text()
        await played.press("escape")
        await played.until("register again")
        await played.pilot.resize_terminal(170, 40)
        await played.press(*["less_than_sign"] * 5)
        await played.until("Payload  Headers  Raw")
        snapshot(played.lines(), "split-170x40")
        await played.pilot.resize_terminal(140, 40)
        await played.until("Payload  Headers  Signature  Raw")
