"""Texts about images."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.ui.widgets.stage import NOON
from webhook_tui.domain.errors import Problem
from webhook_tui.domain.images.image import Downloading, ImageLink, Picture, Progress
from webhook_tui.ui.format import image
from webhook_tui.ui.symbols import ASCII, UNICODE

URL = "https://cdn.example.com/a/look%201.jpg?Signature=x"
PICTURE = Picture(20, 30, b"\0" * 1800, 1024, 1536, "JPEG", 412_000)


@pytest.mark.parametrize(
    ("url", "name"),
    [(URL, "look 1.jpg"), ("https://cdn.example.com/", "cdn.example.com"), ("https://a/%1b.png", "␛.png")],
)
def test_name(url: str, name: str) -> None:
    assert image.image_name(url) == name


@pytest.mark.parametrize(("share", "text"), [(-1.0, "----"), (0.5, "==--"), (2.0, "====")])
def test_bar(share: float, text: str) -> None:
    assert image.bar(share, 4, ASCII).plain == text


def test_progress_has_a_bar_where_the_size_is_known() -> None:
    assert image.progress_line("loading", URL, None, UNICODE).plain == "◐ loading look 1.jpg"
    assert image.progress_line("loading", URL, Progress(1000), UNICODE, 2).plain.endswith("look 1.jpg  1 kB · 2 s")
    known = image.progress_line("loading", URL, Progress(1000, 2000), UNICODE).plain
    assert known.endswith(f"{'━' * 15}{'─' * 15}  1 kB of 2 kB")


def test_a_download_of_several_is_counted() -> None:
    one, four = (image.download_line(Downloading(URL, 1, count, "~/D"), UNICODE).plain for count in (1, 4))
    assert one == "◐ downloading look 1.jpg · to ~/D"
    assert four == "◐ downloading 1 of 4 look 1.jpg · to ~/D"


def test_the_question_shows_the_link_of_one_image_in_full() -> None:
    assert URL in image.question("cdn.example.com", URL).plain
    many = image.question("cdn.example.com", URL, 3).plain
    assert many.startswith("Load 3 images from cdn.example.com?")
    assert URL not in many


def test_a_failure_names_the_keys_that_help() -> None:
    assert (
        image.failure(Problem("Gone.", "Try later.")).plain
        == "Gone.\nTry later.\n\nl Again   b Browser   c Copy the link"
    )


def test_captions_have_the_facts_that_fit() -> None:
    shown = [("before", URL, PICTURE), ("after", URL, PICTURE)]
    wide, narrow = (image.captions(shown, width, UNICODE).plain for width in (120, 45))
    assert wide.startswith("before  look 1.jpg  1024×1536  412 kB JPEG    after")
    assert narrow == "before  look 1.jpg    after  look 1.jpg"
    assert image.captions(shown, 1, UNICODE).plain == "before    after"


def test_facts() -> None:
    link = ImageLink(URL, name="look-1.jpg", quality=0.5)
    shown = image.ShownImage(link, "job_ec536688", NOON - timedelta(seconds=5))
    alone = image.facts([shown], 0, None, drawn="", now=NOON, glyphs=UNICODE).plain.split("\n")
    assert [line.split()[0] for line in alone] == ["file", "from", "job", "quality", "age"]
    of_two = image.facts([shown, shown], 1, PICTURE, drawn="half blocks", now=NOON, glyphs=ASCII).plain
    assert "image    2 of 2" in of_two
    assert "pixels   1024x1536" in of_two
    assert of_two.endswith("> look-1.jpg    0.5")
