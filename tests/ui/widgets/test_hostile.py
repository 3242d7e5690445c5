"""Whatever a stranger sends: on the screen it is text, and nothing more."""

from __future__ import annotations

import json
from itertools import product

from tests.ui.memory_rows import MemoryRows
from tests.ui.terminal_view import lines
from tests.ui.widgets.stage import Clock, Stage, delivery, segments
from webhook_tui.domain.delivery.summary import Summary
from webhook_tui.domain.delivery.text import is_harmless
from webhook_tui.ui.widgets.payload.loader import document_for
from webhook_tui.ui.widgets.payload.view import PayloadView
from webhook_tui.ui.widgets.table.delivery_table import DeliveryTable
from webhook_tui.ui.widgets.table.table import Table

HOSTILE = [
    "\x1b[2J\x1b[31mred",
    "\x1b]2;PWNED\x07",
    "\x1b]52;c;ZXZpbA==\x1b\\",
    "\x9b31m\x9d2;t\x9c",
    "\u202eevil\u2066x\u2069",
    "zero\u200bwidth\ufeff\u2060",
    "a\u0301\u0301\u0301\u0301\u0301\u0301b",
    "[/]",
    "[/bold]",
    "[red]a[/blue]",
    "[@click=app.quit]x[/]",
    "[link=https://evil.example]L[/link]",
    "line\nbreak\rreturn\ttab\x0b\x0c\x85\u2028",
    "\ud800lone",
    "\U000e0041tag",
    "日本語" * 40,
    "x" * 100_000,
]


async def test_in_the_table_received_text_is_harmless() -> None:
    """No control reaches the screen, no markup is obeyed, no cell is moved."""
    table = DeliveryTable(now=Clock())
    app = Stage(table.widget)
    async with app.run_test(size=(130, 8)) as pilot:
        for text in HOSTILE:
            table.show_rows(
                MemoryRows.of(
                    [delivery(1, text, summary=Summary(text, text, text, text, text), attempt=2), delivery(2)]
                )
            )
            await pilot.click(Table, offset=(40, 1))
            await pilot.pause()
            assert app.is_running
            check(app)
            assert lines(app)[1].index("✓ valid") == lines(app)[2].index("✓ valid")
            if text.startswith("["):
                assert text[:20] in lines(app)[1]


async def test_in_the_payload_received_text_is_harmless() -> None:
    """As JSON with every letter as it is, and as text, in both tabs."""
    view = PayloadView()
    app = Stage(view)
    async with app.run_test(size=(80, 8)) as pilot:
        for text, raw in product(HOSTILE, (False, True)):
            body = json.dumps({text: [text]}, ensure_ascii=False).encode("utf-8", "surrogatepass")
            for sent in (body, text.encode("utf-8", "surrogatepass")):
                view.show(document_for(sent, raw=raw))
                view.find("[")
                await pilot.click(PayloadView, offset=(9, 1))
                await pilot.press("right", "right", "down")
                await pilot.pause()
                assert app.is_running
                check(app)


def check(app: Stage) -> None:
    """Every character on the screen may be there, and no cell does anything when clicked."""
    for number, line in enumerate(lines(app)):
        bad = [character for character in line if not is_harmless(character)]
        assert not bad, (number, bad)
        for segment in segments(app, number):
            if segment.style is not None:
                assert segment.style.link is None
                assert "@click" not in segment.style.meta
