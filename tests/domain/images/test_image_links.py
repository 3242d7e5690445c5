"""Which links of a payload are images."""

from __future__ import annotations

import json

import pytest

from webhook_tui.domain.images.image import ImageLink
from webhook_tui.domain.images.image_links import image_links, images_of, result_images
from webhook_tui.domain.jobs.job import JobFields

CDN = "https://cdn.example.com"


def body(data: object) -> bytes:
    """An event with that data."""
    return json.dumps({"id": 1, "name": "image_result", "data": data, "timestamp": 1.0}).encode()


@pytest.mark.parametrize(
    ("data", "found"),
    [
        ({"output": {"full_size": f"{CDN}/1", "thumbnail": f"{CDN}/1_thumb.webp"}}, [(f"{CDN}/1", "")]),
        ({"inputs": [f"{CDN}/in"], "output": {"full_size": f"{CDN}/1"}}, [(f"{CDN}/1", f"{CDN}/in")]),
        ({"inputs": [f"{CDN}/a", f"{CDN}/b"], "output": {"full_size": f"{CDN}/1"}}, [(f"{CDN}/1", f"{CDN}/a")]),
        (
            {
                "results": [
                    {"inputs": [f"{CDN}/in{n}"], "output": {"full_size": f"{CDN}/{n}?Signature=x"}} for n in "12"
                ]
            },
            [(f"{CDN}/1?Signature=x", f"{CDN}/in1"), (f"{CDN}/2?Signature=x", f"{CDN}/in2")],
        ),
        ({"inputs": [f"{CDN}/in.png"]}, [(f"{CDN}/in.png", "")]),
        ({"links": [{"l": f"{CDN}/full", "t": f"{CDN}/small.png"}]}, [(f"{CDN}/full", "")]),
        ({"link": f"{CDN}/face"}, [(f"{CDN}/face", "")]),
        ({"any": {"name": f"{CDN}/a.JPEG?x=1"}, "page": f"{CDN}/about.html"}, [(f"{CDN}/a.JPEG?x=1", "")]),
        ({"output": f"see {CDN}/a.png", "link": "javascript:alert(1)"}, []),
        ({"link": "https://cdn.example.com@evil.example/a.png"}, []),
    ],
)
def test_images_of_a_payload(data: object, found: list[tuple[str, str]]) -> None:
    """By usual names and by the end of the path; a reduced copy is left out; an input stands with its result."""
    assert [(link.url, link.before) for link in image_links(body(data))] == found


def test_bodies_that_are_no_events() -> None:
    """Other JSON is searched, too; what is not JSON, is too deep or too large has no images."""
    assert image_links(json.dumps([f"{CDN}/a.png"]).encode()) == (ImageLink(f"{CDN}/a.png"),)
    assert image_links(b"https://cdn.example.com/a.png") == ()
    assert image_links(b"[" * 5000 + b'"https://cdn.example.com/a.png"') == ()
    assert image_links(b'"https://cdn.example.com/a.png"' + b" " * 1_048_576) == ()


def test_at_most_nine_and_their_host() -> None:
    """As links of a payload in general."""
    found = image_links(body([f"https://CDN.example.com:8443/{n}.png" for n in range(20)]))

    assert len(found) == 9
    assert found[0].host == "cdn.example.com:8443"


def test_what_the_payload_says_of_an_image() -> None:
    """The nearest object round the link that describes it, also where the job's fields name the link."""
    results = [
        {
            "image_index": n,
            "original_filename": f"{n}.jpg",
            "quality_score": n / 2,
            "output": {"full_size": f"{CDN}/{n}"},
        }
        for n in (0, 1)
    ]
    assert image_links(body({"results": results, "quality_score": 9})) == (
        ImageLink(f"{CDN}/0", name="0.jpg", quality=0.0, index=0),
        ImageLink(f"{CDN}/1", name="1.jpg", quality=0.5, index=1),
    )
    strange = {"image_index": True, "original_filename": 5, "quality_score": "high", "link": f"{CDN}/face"}
    assert image_links(body(strange)) == (ImageLink(f"{CDN}/face"),)


@pytest.mark.parametrize("quality", [b"1" + b"0" * 400, b"1e999", b"NaN", b"-1000000"])
def test_a_number_that_no_score_is(quality: bytes) -> None:
    """A stranger's delivery may hold any number that JSON, or Python, can write."""
    content = b'{"data": {"quality_score": %b, "link": "%b/face"}}' % (quality, CDN.encode())

    assert image_links(content) == (ImageLink(f"{CDN}/face"),)


def test_images_keep_the_index_that_piktid_gave_them() -> None:
    """That of the nearest object around the link with one, also for links in fields of one's own."""
    one = {"image_index": 4, "output": {"quality_score": 0.5, "full_size": f"{CDN}/1"}}
    assert indexes(one) == {f"{CDN}/1": 4}
    results = [{"image_index": n, "output": {"full_size": f"{CDN}/{n}"}} for n in (2, 0)]
    assert indexes({"image_index": 9, "results": results}) == {f"{CDN}/2": 2, f"{CDN}/0": 0}
    for odd in (None, "1", True, 1.0):
        assert indexes({**one, "image_index": odd}) == {f"{CDN}/1": None}
    deep = {"url": [[], {"x": f"{CDN}/1", "image_index": 3}, 1]}
    assert indexes(deep, JobFields(images=["url.1.x"])) == {f"{CDN}/1": 3}


def indexes(data: object, fields: JobFields = JobFields()) -> dict[str, int | None]:  # noqa: B008 -- frozen
    """The links of the results with their indexes."""
    return {image.url: image.index for image in result_images(data, fields)}


def test_the_images_of_a_job_are_results() -> None:
    """What it begins with is none of them."""
    inputs = {"inputs": [f"{CDN}/a.png"]}
    assert result_images(inputs, JobFields()) == ()
    assert [image.url for image in images_of(inputs, JobFields())] == [f"{CDN}/a.png"]
    assert result_images({**inputs, "output": {"full_size": f"{CDN}/1"}}, JobFields()) == (
        ImageLink(f"{CDN}/1", f"{CDN}/a.png"),
    )
