"""Takes the pictures in this folder from the real application: the sandbox plays, keys are pressed, SVG and PNG saved.

Run it with the development dependencies installed: `python screenshots/take.py`. The PNGs use DejaVu Sans Mono, and
Fira Code where it is installed.
"""

from __future__ import annotations

import asyncio
import re
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import resvg_py
from textual.app import App
from textual.pilot import Pilot

from webhook_tui.config import Settings
from webhook_tui.places import Places
from webhook_tui.session.session import Session
from webhook_tui.ui.app import WebhookTuiApp
from webhook_tui.ui.widgets.table.table import Table

HERE = Path(__file__).parent
FONT = "'Fira Code', 'DejaVu Sans Mono'"
FONT_FOLDERS = ["/usr/share/fonts", "/Library/Fonts", "/System/Library/Fonts"]


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture: its name, size in cells, theme, and the keys pressed once the sandbox has played."""

    name: str
    columns: int
    rows: int
    theme: str = "webhook-dark"
    row: str = ""
    """The cursor goes down from the first row until this text is on the screen."""
    keys: tuple[str, ...] = ()
    awaited: str = ""
    """Text that must be on the screen before the picture is taken."""


_QUERY = "data.{job: job_id, status: status, images: output.*}"

PICTURES = (
    Picture("main-140x42-dark", 140, 42, row="newline"),
    Picture("main-100x30-light", 100, 30, "webhook-light", row="newline"),
    Picture("main-80x24-dark", 80, 24, row="newline"),
    Picture("signature-140x42-dark", 140, 42, row="newline", keys=("w",), awaited="What to change"),
    Picture("stream-100x30-dark", 100, 30, keys=("s",), awaited="only SSE 1"),
    Picture("status-100x30-dark", 100, 30, keys=("i",), awaited="identity_preprocessing"),
    Picture("job-100x30-light", 100, 30, "webhook-light", keys=("J", "g", "enter"), awaited="image 1"),
    Picture("query-140x42-dark", 140, 42, keys=("j", "j", "Q", *_QUERY, "enter"), awaited='"job"'),
    Picture("answers-100x30-dark", 100, 30, keys=("a",), awaited="answers"),
    Picture("help-140x42-dark", 140, 42, keys=("question_mark",), awaited="move"),
)


async def take(picture: Picture) -> None:
    """Play, press, save."""
    with tempfile.TemporaryDirectory() as folder:
        places = Places(Path(folder) / "config", Path(folder) / "state")
        settings = Settings(sandbox=True, port=9876, places=places)
        app = WebhookTuiApp(
            Session.open(settings, asks=True),
            now=lambda: datetime.now().astimezone(),
            theme_name=picture.theme,
        )
        async with app.run_test(size=(picture.columns, picture.rows)) as pilot:
            await until(pilot, lambda: app.screen.query_one("#deliveries", Table).places >= 10)
            await pilot.press("escape")
            await go_to(pilot, picture.row)
            for key in picture.keys:
                await pilot.press(key)
                await pilot.pause(0.4)  # a dialog that has just opened hears nothing
            await until(pilot, lambda: picture.awaited in screen_text(app))
            await pilot.pause(1.2)  # rows that came just now stop glowing
            svg = app.export_screenshot(title="webhook-tui")
        app.host.join(5)
    save(picture.name, svg)


async def go_to(pilot: Pilot[object], text: str) -> None:
    """Move the cursor until the detail says `text`."""
    async with asyncio.timeout(20):
        while True:
            await pilot.press("g")
            for _ in range(12):
                await pilot.pause(0.05)
                if text in screen_text(pilot.app):
                    return
                await pilot.press("j")


async def until(pilot: Pilot[object], is_so: Callable[[], bool]) -> None:
    """Wait for a fact, at most 20 s."""
    async with asyncio.timeout(20):
        while not is_so():
            await pilot.pause(0.05)


def screen_text(app: App[object]) -> str:
    """What the screen shows, as text."""
    return "\n".join("".join(segment.text for segment in line) for line in app.screen._compositor.render_strips())  # noqa: SLF001 -- there is no public way


def save(name: str, svg: str) -> None:
    """Write NAME.svg and NAME.png."""
    svg = re.sub(r"terminal-\d+", "terminal", svg)
    (HERE / f"{name}.svg").write_text(svg, "utf-8")
    drawable = re.sub(r"font-family:\s*(?:Fira Code, monospace|arial)", f"font-family: {FONT}", svg)
    png = resvg_py.svg_to_bytes(
        svg_string=drawable,
        font_dirs=[folder for folder in FONT_FOLDERS if Path(folder).is_dir()],
        monospace_family="DejaVu Sans Mono",
        zoom=1,
    )
    (HERE / f"{name}.png").write_bytes(bytes(png))
    print(name)


async def main(wanted: list[str]) -> None:
    """Take all pictures, or those whose names are given."""
    for picture in PICTURES:
        if not wanted or picture.name in wanted:
            await take(picture)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
