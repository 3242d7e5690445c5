"""What is known of images by their links."""

from __future__ import annotations

from webhook_tui.domain.images.image import ImageLink, LoadedImages, Picture


def test_which_are_missing() -> None:
    """Those without a picture, in their order; each object has pictures of its own."""
    images = LoadedImages({"b": Picture(1, 1, b"\0\0\0", 1, 1, "PNG", 3)})
    assert images.missing(("a", "b", "c")) == ["a", "c"]
    assert LoadedImages().missing(("b",)) == ["b"]


def test_the_host_of_a_link() -> None:
    """In lower case, with its port."""
    assert ImageLink("https://CDN.example.com:8443/1.png").host == "cdn.example.com:8443"
