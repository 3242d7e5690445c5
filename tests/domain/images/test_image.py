"""What is known of images."""

from __future__ import annotations

from webhook_tui.domain.images.image import LoadedImages, Picture


def test_links_without_a_picture_are_missing() -> None:
    images = LoadedImages(pictures={"https://a/1.png": Picture(1, 1, b"\0\0\0", 1, 1, "PNG", 70)})
    assert images.missing(["https://a/1.png", "https://a/2.png"]) == ["https://a/2.png"]
