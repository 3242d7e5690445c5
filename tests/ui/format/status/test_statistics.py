"""The words of the Status screen are harmless and keep to their width, whatever was received."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace
from rich.cells import cell_len

from tests.hostile.strings import strings
from tests.ui.dialogs.test_status import OVERVIEW, REFUSED, TALLY, at
from tests.ui.fake_session import NOW, RUNNING
from webhook_tui.domain.delivery.text import is_harmless
from webhook_tui.domain.errors import Problem
from webhook_tui.domain.jobs.job import JobFields
from webhook_tui.domain.refusal import Refusal
from webhook_tui.domain.signature.verdict import Verdict
from webhook_tui.domain.statistics.counts import EventCounts
from webhook_tui.domain.statistics.overview import HistoryPlace
from webhook_tui.domain.statistics.route_history import Call, Phase, RegistrationStep, TunnelPhase
from webhook_tui.ui.format.status.statistics import overview_text
from webhook_tui.ui.symbols import ASCII, UNICODE, Symbols


@pytest.mark.parametrize("signs", [UNICODE, ASCII], ids=["unicode", "ascii"])
def test_the_status_screen_says_nothing_raw(signs: Symbols) -> None:
    """Names, reasons, addresses, ids, PiktID's messages, and the path of the file."""
    for text in strings(200):
        overview = replace(
            OVERVIEW,
            phases=(
                TunnelPhase(Phase.OPEN, at("14:02:05"), at("14:19:52"), f"https://{text}"),
                TunnelPhase(Phase.DOWN, at("14:19:52"), None, None, text, 3),
            ),
            steps=(RegistrationStep(Call.PUT, at("14:02:06"), text, f"https://{text}/{text}", text, worked=True),),
            counts=replace(TALLY, events=(EventCounts(text, {Verdict.VALID: 1}, {Verdict.VALID: 1}),)),
            job_fields=JobFields(ids=(text, "job_id"), images=[text]),
            place=HistoryPlace(Path("/home") / text.replace("/", "_"), 1, 1, is_temporary=False),
        )
        status = replace(REFUSED, refusals=(Refusal(404, text, text),), answer=text, forward_to=None)
        page = overview_text(overview, status, 60, NOW, signs).plain.split("\n")
        assert all(map(is_harmless, {*"".join(page)}))
        assert max(cell_len(line) for line in page if "  file  " not in line) <= 60
        broken = replace(overview, place=None, problem=Problem(text, ""))
        forwarding = replace(RUNNING, forward_to=f"http://{text}")
        assert all(map(is_harmless, {*overview_text(broken, forwarding, 60, NOW, signs).plain} - {"\n"}))


def test_the_fields_of_a_job() -> None:
    """Those that are used now, in as many lines as they need, and the options that name others."""
    overview = replace(OVERVIEW, job_fields=JobFields(status=("state",)))
    lines = overview_text(overview, RUNNING, 58, NOW, UNICODE).plain.split("\n")
    start = lines.index("Fields of a job")
    assert lines[start + 1 : start + 8] == [
        "  id              job_id, id_task, task_id, job",
        "  status          state",
        "  progress        processed_images/total_images, progress",
        "  image           output.full_size,",
        "                  results.output.full_size",
        "  --job-id-field, --job-status-field ... name others.",
        "",
    ]
