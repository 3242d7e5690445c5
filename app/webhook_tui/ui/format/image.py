"""Texts about images: their facts, how far they are loaded, and why they are not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from posixpath import basename
from urllib.parse import unquote, urlsplit

from msgspec import Struct
from rich.cells import cell_len, set_cell_size
from textual.content import Content

from webhook_tui.domain import units
from webhook_tui.domain.delivery.summary import Summary
from webhook_tui.domain.delivery.text import visible
from webhook_tui.domain.errors import Problem
from webhook_tui.domain.images.image import LARGEST_BYTES, Downloaded, Downloading, ImageLink, Picture, Progress
from webhook_tui.ui.symbols import HALF, Symbols

_LABEL = 9
_FACT_CELLS = 26
"""Of a fact behind its label."""
_BAR_CELLS, _SHORT_BAR_CELLS = 30, 10
_QUALITY_CELLS = 12
_SHORTEST_NAME = 12


class ShownImage(Struct, frozen=True):
    """One image, and the delivery that links to it."""

    link: ImageLink
    job: str = ""
    """The job's id, raw."""
    received_at: datetime | None = None


def image_name(url: str) -> str:
    """Return the name of the file that a link leads to, else its host."""
    return visible(unquote(basename(urlsplit(url).path)) or urlsplit(url).netloc)


def place_of(images: Sequence[ShownImage], place: int, url: str) -> str:
    """Return `image 2 of 3  from cdn.example.com`; of one image its host alone."""
    count = f"image {place + 1} of {len(images)}  " if len(images) > 1 else ""
    return f"{count}from {visible(urlsplit(url).netloc)}"


def bar(share: float, cells: int, glyphs: Symbols, style: str = "$primary") -> Content:
    """Return a bar of so many cells, of which a share from 0 to 1 is filled."""
    full = round(cells * max(0.0, min(1.0, share)))
    return Content.assemble((glyphs.rule_active * full, style), (glyphs.rule * (cells - full), "$line"))


def progress_line(
    what: str, url: str, progress: Progress | None, glyphs: Symbols, seconds: float = 0, *, cells: int = _BAR_CELLS
) -> Content:
    """Return `loading look-1.jpg  ━━━━──  1.2 MB of 2.9 MB · 2 s`; without a total the bytes alone."""
    parts: list[Content | tuple[str, str]] = [HALF, (f" {what} {image_name(url)}", "$foreground")]
    facts = []
    if progress is not None and progress.total:
        parts += [Content("  "), bar(progress.received / progress.total, cells, glyphs)]
        facts.append(f"{units.size(progress.received)} of {units.size(progress.total)}")
    elif progress is not None:
        facts.append(units.size(progress.received))
    if seconds >= 1:
        facts.append(units.age(seconds))
    return Content.assemble(*parts, (f"  {' · '.join(facts)}" if facts else "", "$muted"))


def download_line(downloading: Downloading, glyphs: Symbols, width: int) -> Content:
    """Return `downloading 3 of 4 look.png  ━━━━──  1.3 MB of 1.7 MB · to ~/Downloads/ec536688`.

    Where the width has no room for all, the folder is left out, and the bar is shorter.
    """
    many = downloading.count > 1
    what = f"downloading {downloading.place} of {downloading.count}" if many else "downloading"
    lines = [
        progress_line(what, downloading.url, downloading.progress, glyphs, cells=cells)
        for cells in (_BAR_CELLS, _SHORT_BAR_CELLS)
    ]
    folder = Content.styled(f" · to {visible(downloading.folder)}", "$muted")
    forms = (lines[0] + folder, *lines)
    return next((form for form in forms if form.cell_length <= width), forms[-1])


def downloaded_line(downloaded: Downloaded, width: int, glyphs: Symbols, *, copies_folder: bool) -> Content:
    """Return what came of a download, cut, and the keys that go on from there, which are not."""
    keys = [("c", "Copy path")] if copies_folder and downloaded.folder else []
    keys += [("r", "Retry")] if downloaded.failed else []
    end = Content.assemble(*(part for key, does in keys for part in ("  ", (key, "bold $primary"), f" {does}")))
    return Content.assemble(glyphs.fit(downloaded.sentence, max(1, width - end.cell_length)), end)


def question(host: str, url: str, count: int = 1) -> Content:
    """Return the question whether images of a host may be loaded; of one image its link, `url`, is shown in full."""
    terms = f"over https, without your token, at most {units.size(LARGEST_BYTES)}."
    if count > 1:
        what = f"Load {count} images from {visible(host)}?"
        return Content.assemble((what, "bold"), (f"\nEach is fetched once {terms}", "$muted"))
    return Content.assemble(
        (f"Load images from {visible(host)}?", "bold"),
        (f"\n\n{visible(url)}", "$json-string"),
        (f"\nFetched once {terms}", "$muted"),
    )


def failure(problem: Problem) -> Content:
    """Return why there is no picture, and the keys that help."""
    keys = (("l", " Again   "), ("b", " Browser   "), ("c", " Copy the link"))
    parts = [part for key, does in keys for part in ((key, "bold $primary"), does)]
    return Content.assemble(
        (visible(problem.message), "$foreground"), (f"\n{visible(problem.hint)}", "$muted"), "\n\n", *parts
    )


def caption(
    link: ImageLink, urls: Sequence[str], pictures: Mapping[str, Picture], width: int, glyphs: Symbols
) -> Content:
    """Return roles, names and facts of the pictures of one image, the input first, with as many facts as fit."""
    ordered = sorted(urls, key=lambda url: url != link.before)
    roles = ["image" if not link.before else "before" if url == link.before else "after" for url in ordered]
    shown = [(role, url, pictures[url]) for role, url in zip(roles, ordered, strict=True)]
    forms = [_captions(shown, count, glyphs) for count in (3, 2, 1, 0)]
    return next((form for form in forms if form.cell_length <= width), forms[-1])


def _captions(shown: Sequence[tuple[str, str, Picture]], count: int, glyphs: Symbols) -> Content:
    """`after  look.png  1024×1536  412 kB PNG`, with so many of the three facts."""
    parts = []
    for role, url, picture in shown:
        facts = (image_name(url), pixels(picture, glyphs), f"{units.size(picture.size)} {picture.format}")[:count]
        parts.append(Content.assemble((role, "bold $foreground"), *((f"  {fact}", "$muted") for fact in facts)))
    return Content("    ").join(parts)


def pixels(picture: Picture, glyphs: Symbols) -> str:
    """Return `1024×1536`, the size of the image as it was received."""
    return f"{picture.original_width}{glyphs.times}{picture.original_height}"


def facts(
    images: Sequence[ShownImage], place: int, picture: Picture | None, *, drawn: str, now: datetime, glyphs: Symbols
) -> Content:
    """Return what is known of an image, one fact a line, and the other images of its delivery or job."""
    shown = images[place]
    link, job = shown.link, Summary(job=shown.job).job_without_prefix
    rows: list[tuple[str, Content | str]] = [("file", visible(link.name) or image_name(link.url))]
    if picture is not None:
        rows += [("pixels", pixels(picture, glyphs)), ("size", f"{units.size(picture.size)}  {picture.format}")]
    rows.append(("from", Content.assemble((visible(link.host), "$json-string"))))
    rows += [("job", visible(job))] if job else []
    rows += [("image", f"{place + 1} of {len(images)}")] if len(images) > 1 else []
    if link.quality is not None:
        score = Content.assemble((score_text(link.quality), "bold"), "  ")
        rows.append(("quality", score + bar(link.quality, _QUALITY_CELLS, glyphs, "$foreground")))
    if shown.received_at is not None:
        rows.append(("age", units.age((now - shown.received_at).total_seconds())))
    rows += zip(("drawn", ""), _at_commas(drawn), strict=False)
    lines = [Content.assemble((f"{label:<{_LABEL}}", "$muted"), text) for label, text in rows]
    if len(images) > 1:
        lines += [Content.empty(), *_others(images, place, glyphs)]
    return Content("\n").join(lines)


def _at_commas(drawn: str) -> list[str]:
    """In one line, or in two with its last part alone."""
    first, comma, last = drawn.rpartition(", ")
    if comma and len(drawn) > _FACT_CELLS:
        return [f"{first},", last]
    return [drawn] if drawn else []


def _others(images: Sequence[ShownImage], place: int, glyphs: Symbols) -> list[Content]:
    names = [visible(shown.link.name) or image_name(shown.link.url) for shown in images]
    width = min(24, max(_SHORTEST_NAME, *map(cell_len, names)))
    lines = []
    for number, (name, shown) in enumerate(zip(names, images, strict=True)):
        score = "" if shown.link.quality is None else score_text(shown.link.quality)
        is_here = number == place
        lines.append(
            Content.assemble(
                (f"{glyphs.bar} " if is_here else "  ", "$primary"),
                (f"{set_cell_size(glyphs.fit(name, width), width)}  {score}", "$foreground" if is_here else "$muted"),
            )
        )
    return lines


def score_text(quality: float) -> str:
    """Return a quality score so that those of several images align: `0.80`; above 1 as it is."""
    return f"{quality:.2f}" if 0 <= quality <= 1 else f"{quality:g}"
