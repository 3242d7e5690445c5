"""Times on the screen and in lines for people are local ones, wherever that is; in exports they are UTC."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

from tests.integration.process import program, run
from tests.integration.terminal import terminal
from webhook_tui.domain.units import day_time

KIRITIMATI, ST_JOHNS = "LINT-14", "NST3:30"
"""As POSIX writes them, so that no file of time zones is needed."""


async def _received_at(path: Path) -> datetime:
    """When the first delivery of a history arrived, as an export says."""
    code, exported, words = await run("export", "--format", "jsonl", "--seq", "1", "--db", str(path))
    assert (code, words) == (0, "")
    at = datetime.fromisoformat(json.loads(exported)["received_at"])
    assert at.utcoffset() == timedelta()
    assert abs(datetime.now(UTC) - at) < timedelta(hours=1)
    return at


async def test_the_screen_shows_local_times(tmp_path: Path) -> None:
    """Also where the day is another one than in UTC."""
    path = tmp_path / "history.db"
    async with terminal("--sandbox", "--port", "0", "--db", str(path), TZ=KIRITIMATI) as screen:
        await screen.until("✓ valid")
        at = await _received_at(path)
        await screen.until(day_time(at, datetime.now(timezone(timedelta(hours=14)))))


async def test_lines_show_local_times(tmp_path: Path) -> None:
    """To the millisecond, also where the hour begins at another minute than in UTC."""
    path = tmp_path / "history.db"
    async with program("listen", "--sandbox", "--port", "0", "--db", str(path), TZ=ST_JOHNS) as listening:
        await listening.until(lambda: b"#1 " in listening.output)
        at = (await _received_at(path)).astimezone(timezone(-timedelta(hours=3, minutes=30)))
        clock = f"{at:%H:%M:%S}.{at.microsecond // 1000:03d}"
        await listening.until(lambda: any(line.startswith("#1 ") and clock in line for line in listening.lines))
