"""Takes the pictures in this folder from the real application: the sandbox plays, keys are pressed, SVG and PNG saved.

Run it with the development dependencies installed: `python screenshots/take.py`. The PNGs and the GIF use DejaVu Sans
Mono and its bold face alone: with a second family, resvg draws a run that lacks a sign in it with a proportional font.
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path

import resvg_py
from PIL import Image
from textual.app import App
from textual.pilot import Pilot

from webhook_tui.config import Settings
from webhook_tui.places import Places
from webhook_tui.session.process.launcher import SessionLauncher
from webhook_tui.ui.app import WebhookTuiApp
from webhook_tui.ui.widgets.table.table import Table

HERE = Path(__file__).parent
FONT = "DejaVu Sans Mono"
FONT_FILES = ("DejaVuSansMono.ttf", "DejaVuSansMono-Bold.ttf")
FONT_FOLDERS = ("/usr/share/fonts", "/Library/Fonts", "~/Library/Fonts", "~/.local/share/fonts")
WAIT_SECONDS = 30


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

_PIXELS = "▀" * 8
"""A part of an image."""
PICTURES = (
    Picture("main-140x42-dark", 140, 42, row="newline"),
    Picture("main-100x30-light", 100, 30, "webhook-light", row="newline"),
    Picture("main-80x24-dark", 80, 24, row="newline"),
    Picture("signature-140x42-dark", 140, 42, row="newline", keys=("w",), awaited="What to change"),
    Picture("stream-100x30-dark", 100, 30, keys=("s",), awaited="only SSE 1"),
    Picture("status-100x30-dark", 100, 30, keys=("i",), awaited="identity_preprocessing"),
    Picture("job-100x30-light", 100, 30, "webhook-light", keys=("J", "g", "enter"), awaited=_PIXELS),
    Picture("query-140x42-dark", 140, 42, keys=("j", "j", "Q", *_QUERY, "enter"), awaited='"job"'),
    Picture("image-140x42-dark", 140, 42, row="look-1.jpg", keys=("j", "j", "o"), awaited=_PIXELS),
    Picture("answers-100x30-dark", 100, 30, keys=("a",), awaited="answers"),
    Picture("help-140x42-dark", 140, 42, keys=("question_mark",), awaited="move"),
)


_DELIVERIES = 10
"""How many the sandbox plays at once."""
FILM = "first-minute-110x30-dark"
_FILM = (
    (("w",), "What to change", 4000),
    (("escape",), "verdict", 400),
    (("slash", *"!verdict:valid", "enter"), "Show all", 2500),
    (("escape",), "valid", 800),
    (("g", "j", "j", "o"), _PIXELS, 4000),
    (("escape", "J"), "events", 2500),
    (("g", "enter"), _PIXELS, 4000),
)
"""Keys, the text that is awaited after them, and how long it is shown."""


@asynccontextmanager
async def playing(columns: int, rows: int, theme: str) -> AsyncIterator[tuple[WebhookTuiApp, Pilot[object]]]:
    """Run the application with the sandbox, without a terminal."""
    os.environ |= {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
    with tempfile.TemporaryDirectory() as folder:
        places = Places(Path(folder) / "config", Path(folder) / "state")
        settings = Settings(sandbox=True, port=9876, places=places)
        launcher = SessionLauncher(settings)
        process = launcher.start()
        try:
            app = WebhookTuiApp(process, now=lambda: datetime.now().astimezone(), theme_name=theme)
            process.wait_until_bound()
            async with app.run_test(size=(columns, rows)) as pilot:
                yield app, pilot
            app.host.leave()
            app.host.join(5)
        finally:
            launcher.close()


async def take(picture: Picture) -> None:
    """Play, press, save."""
    async with playing(picture.columns, picture.rows, picture.theme) as (app, pilot):
        await until(pilot, lambda: app.screen.query_one("#deliveries", Table).places >= _DELIVERIES)
        await pilot.press("escape")
        await go_to(pilot, picture.row)
        for key in picture.keys:
            await pilot.press(key)
            await pilot.pause(0.4)  # a dialog that has just opened hears nothing
        await until(pilot, lambda: picture.awaited in screen_text(app))
        await pilot.pause(1.2)  # rows that came just now stop glowing
        svg = without_serial(app.export_screenshot(title="webhook-tui"))
    (HERE / f"{picture.name}.svg").write_text(svg, "utf-8")
    (HERE / f"{picture.name}.png").write_bytes(drawn(svg))
    print(picture.name)


async def film() -> None:
    """Play the first minute and save it as a GIF: deliveries arrive, one fails, why, a filter, its job."""
    frames: list[tuple[str, int]] = []
    async with playing(110, 30, "webhook-dark") as (app, pilot):

        def shoot(milliseconds: int) -> None:
            frames.append((app.export_screenshot(title="webhook-tui"), milliseconds))

        table = app.screen.query_one("#deliveries", Table)
        for count in range(_DELIVERIES + 1):
            await until(pilot, lambda wanted=count: table.places >= wanted)  # type: ignore[misc]  # mypy cannot infer a lambda with a default
            await pilot.pause(0.2)
            shoot(700)
        for _ in range(12):
            if "newline" in screen_text(app):
                break
            await pilot.press("up")
            await pilot.pause(0.3)
            shoot(400)
        shoot(1500)
        for keys, awaited, milliseconds in _FILM:
            for key in keys:
                await pilot.press(key)
                await pilot.pause(0.4)
                shoot(140)
            await until(pilot, lambda wanted=awaited: wanted in screen_text(app))  # type: ignore[misc]  # as above
            await pilot.pause(0.4)
            shoot(milliseconds)
    images = [
        Image.open(BytesIO(drawn(svg, 0.8)))
        .convert("RGB")
        .quantize(96, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
        for svg, _ in frames
    ]
    images[0].save(
        HERE / f"{FILM}.gif",
        save_all=True,
        append_images=images[1:],
        duration=[milliseconds for _, milliseconds in frames],
        loop=0,
        optimize=True,
    )
    print(FILM)


async def go_to(pilot: Pilot[object], text: str) -> None:
    """Move the cursor until the detail says `text`."""
    async with asyncio.timeout(WAIT_SECONDS):
        while True:
            await pilot.press("g")
            for _ in range(12):
                await pilot.pause(0.05)
                if text in screen_text(pilot.app):
                    return
                await pilot.press("j")


async def until(pilot: Pilot[object], is_so: Callable[[], bool]) -> None:
    """Wait for a fact. Raises TimeoutError with what the screen shows."""
    try:
        async with asyncio.timeout(WAIT_SECONDS):
            while not is_so():
                await pilot.pause(0.05)
    except TimeoutError as error:
        raise TimeoutError(screen_text(pilot.app)) from error


def screen_text(app: App[object]) -> str:
    """What the screen shows, as text."""
    return "\n".join("".join(segment.text for segment in line) for line in app.screen._compositor.render_strips())  # noqa: SLF001 -- there is no public way


def without_serial(svg: str) -> str:
    """Return the SVG with the same names in it each time."""
    return re.sub(r"terminal-\d+", "terminal", svg)


def drawn(svg: str, zoom: float = 1) -> bytes:
    """Return the PNG of an SVG. Raises FileNotFoundError when a font is missing."""
    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=re.sub(r"font-family:\s*(?:Fira Code, monospace|arial)", f"font-family: '{FONT}'", svg),
            skip_system_fonts=True,
            font_files=[font_file(name) for name in FONT_FILES],
            zoom=zoom,
        )
    )


def font_file(name: str) -> str:
    """Return the path of an installed font file."""
    for folder in FONT_FOLDERS:
        for found in sorted(Path(folder).expanduser().rglob(name)):
            return str(found)
    raise FileNotFoundError(name)


async def main(wanted: list[str]) -> None:
    """Take all pictures, or those whose names are given."""
    for picture in PICTURES:
        if not wanted or picture.name in wanted:
            await take(picture)
    if not wanted or FILM in wanted:
        await film()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
