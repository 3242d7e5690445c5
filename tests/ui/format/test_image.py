"""Texts about images."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from rich.cells import cell_len

from webhook_tui.domain.errors import Problem
from webhook_tui.domain.images.image import Downloaded, Downloading, ImageLink, Picture, Progress
from webhook_tui.ui.format.image import (
    ShownImage,
    caption,
    download_line,
    downloaded_line,
    facts,
    failure,
    image_name,
    progress_line,
    question,
    score_text,
)
from webhook_tui.ui.symbols import ASCII, UNICODE

URL = "https://cdn.example.com/job/look%201.png?x=1"
HOSTILE = "\x1b[31mred"
NOW = datetime(2026, 11, 23, 14, 22, 2, tzinfo=UTC)
PICTURE = Picture(2, 3, b"\0" * 18, 1024, 1536, "PNG", 412_000)


def test_how_far_an_image_is() -> None:
    """The bar only where the total is known; the time from one second on."""
    assert progress_line("loading", URL, None, UNICODE).plain == "◐ loading look 1.png"
    assert progress_line("loading", URL, Progress(1500), UNICODE, 2.4).plain == "◐ loading look 1.png  1.5 kB · 2 s"
    half = progress_line("loading", URL, Progress(50, 100), ASCII).plain
    assert half == f"◐ loading look 1.png  {'=' * 15}{'-' * 15}  50 B of 100 B"
    one = Downloading(URL, 1, 1, "~/Downloads/1")
    assert download_line(one, UNICODE, 99).plain == "◐ downloading look 1.png · to ~/Downloads/1"
    many = Downloading(URL, 3, 4, "~", Progress(50, 100))
    beginning, end = "◐ downloading 3 of 4 look 1.png  ", "  50 B of 100 B"
    assert download_line(many, UNICODE, 99).plain == f"{beginning}{'━' * 15}{'─' * 15}{end} · to ~"
    assert download_line(many, UNICODE, 80).plain == f"{beginning}{'━' * 15}{'─' * 15}{end}"
    assert download_line(many, UNICODE, 70).plain == f"{beginning}{'━' * 5}{'─' * 5}{end}"
    assert download_line(many, UNICODE, 9).plain == f"{beginning}{'━' * 5}{'─' * 5}{end}"


def test_what_came_of_a_download() -> None:
    """The sentence is cut, the keys are not; each only where it does something."""
    some = Downloaded(
        "Downloaded 3 of 4 images. look 1.png: The image is gone (404).", "1", "/home/a/Downloads/1", (URL,)
    )
    line = downloaded_line(some, 48, UNICODE, copies_folder=True).plain
    assert line == "Downloaded 3 of 4 images.…  c Copy path  r Retry"
    assert downloaded_line(some, 99, UNICODE, copies_folder=False).plain == f"{some.sentence}  r Retry"
    none = Downloaded("The download was stopped.", "1", "")
    assert downloaded_line(none, 48, UNICODE, copies_folder=True).plain == none.sentence


def test_the_question_and_the_failure() -> None:
    """Of one image the link is shown in full; of several their number."""
    assert question("cdn.example.com", URL).plain.split("\n") == [
        "Load images from cdn.example.com?",
        "",
        URL,
        "Fetched once over https, without your token, at most 20 MB.",
    ]
    assert question("cdn.example.com", URL, 8).plain.split("\n") == [
        "Load 8 images from cdn.example.com?",
        "Each is fetched once over https, without your token, at most 20 MB.",
    ]
    problem = Problem("The image is gone (404).", "Try again later.")
    assert failure(problem).plain == (
        "The image is gone (404).\nTry again later.\n\nl Again   b Browser   c Copy the link"
    )


def test_a_caption_has_as_many_facts_as_fit() -> None:
    """For both pictures the same, the input first."""
    before = URL.replace("look%201", "input")
    pictures = {URL: PICTURE, before: PICTURE}
    alone, both = ImageLink(URL), ImageLink(URL, before)
    assert caption(alone, [URL], pictures, 99, UNICODE).plain == "image  look 1.png  1024×1536  412 kB PNG"
    line = caption(both, [URL, before], pictures, 61, ASCII).plain
    assert line == "before  input.png  1024x1536    after  look 1.png  1024x1536"
    assert caption(both, [URL, before], pictures, 5, UNICODE).plain == "before    after"
    assert image_name("https://cdn.example.com/") == "cdn.example.com"


def test_the_facts_of_an_image() -> None:
    """One a line, without those that are not known, and the other images."""
    link = ImageLink(URL, name=HOSTILE, quality=0.91)
    images = (ShownImage(link, "job_ec536688", NOW - timedelta(minutes=3)), ShownImage(ImageLink(URL)))
    text = facts(images, 0, PICTURE, drawn="half blocks, 38×56 pixels", now=NOW, glyphs=UNICODE).plain
    assert text.split("\n") == [
        "file     ␛[31mred",
        "pixels   1024×1536",
        "size     412 kB  PNG",
        "from     cdn.example.com",
        "job      ec536688",
        "image    1 of 2",
        "quality  0.91  ━━━━━━━━━━━─",
        "age      3 min",
        "drawn    half blocks, 38×56 pixels",
        "",
        "▌ ␛[31mred      0.91",
        "  look 1.png    ",
    ]
    long = facts(images[1:], 0, None, drawn="half blocks, 256 colours, 38×56 pixels", now=NOW, glyphs=UNICODE).plain
    assert long.split("\n")[2:] == ["drawn    half blocks, 256 colours,", "         38×56 pixels"]
    alone = facts(images[1:], 0, None, drawn="", now=NOW, glyphs=UNICODE).plain
    assert alone == "file     look 1.png\nfrom     cdn.example.com"


def test_scores_of_several_images_align() -> None:
    """PiktID documents no scale."""
    assert [score_text(quality) for quality in (0.8, 0.95, 1.0, 87.5)] == ["0.80", "0.95", "1.00", "87.5"]


def test_the_scores_of_images_with_wide_names_align() -> None:
    """The names are cut by their cells."""
    names = ("夏のコレクション-03.jpg", "look.jpg")
    images = tuple(ShownImage(ImageLink(URL, name=name, quality=0.91)) for name in names)
    shown = facts(images, 0, None, drawn="", now=NOW, glyphs=UNICODE).plain.split("\n")[-2:]
    assert [cell_len(line) for line in shown] == [cell_len(shown[0])] * 2
    assert names[0] in shown[0]
