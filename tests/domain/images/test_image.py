"""What is known of images by their links."""

from __future__ import annotations

from webhook_tui.domain.images.image import EncodedImage, ImageLink, LoadedImages, Picture


def test_which_are_missing() -> None:
    """Those without a picture, in their order; each object has pictures of its own."""
    images = LoadedImages({"b": Picture(1, 1, b"\0\0\0", 1, 1, "PNG", 3)})
    assert images.missing(("a", "b", "c")) == ["a", "c"]
    assert LoadedImages().missing(("b",)) == ["b"]


def test_the_host_of_a_link() -> None:
    """In lower case, with its port."""
    assert ImageLink("https://CDN.example.com:8443/1.png").host == "cdn.example.com:8443"


def test_which_encoded_image_fills_the_room() -> None:
    """The smallest that needs no enlarging, else the largest."""
    small, large = EncodedImage(20, 10, b"12"), EncodedImage(40, 20, b"123")
    picture = Picture(1, 1, b"\0\0\0", 1, 1, "PNG", 3, (small, large))
    assert [picture.encoded_for(width, 99) for width in (9, 20, 21, 90)] == [small, small, large, large]
    assert Picture(1, 1, b"\0\0\0", 1, 1, "PNG", 3).encoded_for(9, 9) is None
    assert picture.memory_bytes == 8


def test_only_so_many_are_kept() -> None:
    """The oldest go first; while they take too much, they lose what is encoded large."""
    small, large = EncodedImage(20, 10, b"12"), EncodedImage(40, 20, b"12345")
    picture = Picture(1, 1, b"\0\0\0", 1, 1, "PNG", 3, (small, large))
    images = LoadedImages()
    for url in "abcd":
        images.add(url, picture, most=3, most_bytes=25)
    assert {url: len(each.encoded) for url, each in images.pictures.items()} == {"b": 1, "c": 2, "d": 2}
    images.add("b", picture, most=3, most_bytes=1)
    assert {url: len(each.encoded) for url, each in images.pictures.items()} == {"c": 1, "d": 1, "b": 2}
