"""The last line of the detail: find in the payload."""

from __future__ import annotations

from tests.ui.stage import stage


async def test_searching_in_the_payload() -> None:
    """n asks when nothing is searched for, then n and N go on, and the words stay for the next delivery."""
    async with stage() as played:
        await played.choose(8)
        await played.press("n")
        await played.until(lambda: played.is_focused("FindInput"))
        await played.press(*"JOB_", "enter")
        await played.until("$.data.job_id")
        assert played.is_focused("payload")
        await played.press("n")
        await played.until("$.data.output.full_size")
        await played.press("n", "n")
        await played.until("$.data.job_id")
        await played.press("N")
        await played.until("$.data.output.thumbnail")
        await played.press("escape", "g", "j", "j", "n")
        await played.until(lambda: played.main.deliveries.detail.seq == 3)
        await played.until("$.data.job_id")
        await played.press("enter", "ctrl+f", *"nowhere", "enter")
        await played.until("No match for nowhere")
        await played.press("ctrl+f", "escape")
        await played.until(lambda: "No match" not in played.text())
        await played.press("n")
        await played.until(lambda: played.is_focused("FindInput"))
