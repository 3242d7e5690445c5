"""One request in, reports out."""

from __future__ import annotations

import io
from pathlib import Path

import msgspec
import pytest

from webhook_tui.domain.errors import ProblemError
from webhook_tui.domain.images.image import ImageRequest, LoadFailed, Report
from webhook_tui.images.worker import file_name, save, serve


def test_a_failure_is_reported() -> None:
    """As one line of JSON."""
    target = io.BytesIO()

    serve(io.BytesIO(msgspec.json.encode(ImageRequest("https://127.0.0.1/a.png", 10, 10)) + b"\n"), target)

    report: Report = msgspec.json.decode(target.getvalue(), type=Report)
    assert isinstance(report, LoadFailed)
    assert report.problem.message == "Blocked: 127.0.0.1 is an address of your own network."


@pytest.mark.parametrize(
    ("url", "content_type", "name"),
    [
        ("https://cdn.example.com/a/look-1.jpg?Signature=x", "", "look-1.jpg"),
        ("https://cdn.example.com/%E5%A4%8F_03.PNG", "", "夏_03.PNG"),
        ("https://cdn.example.com/face", "image/png", "face.png"),
        ("https://cdn.example.com/run.sh", "text/html", "run.sh.bin"),
        ("https://cdn.example.com/..%2f..%2f.bashrc", "", "bashrc.bin"),
        ("https://cdn.example.com/a%00b%0a%5cc.png", "", "a_b__c.png"),
        ("https://cdn.example.com/", "image/webp", "image.webp"),
        (f"https://cdn.example.com/{'x' * 300}.png", "", f"{'x' * 100}.png"),
        (f"https://cdn.example.com/{'%E5%A4%8F' * 100}.png", "", f"{'夏' * 33}.png"),
        (f"https://cdn.example.com/{'%E5%A4%8F' * 100}", "", f"{'夏' * 33}.bin"),
    ],
)
def test_names(url: str, content_type: str, name: str) -> None:
    """The last part of the path, harmless, with the suffix of an image."""
    assert file_name(url, content_type) == name


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    """A taken name gets a number; a folder that cannot be made is a problem."""
    folder = tmp_path / "Downloads" / "job"
    url = "https://cdn.example.com/a.png"

    assert [save(content, folder, url).name for content in (b"1", b"2", b"3")] == ["a.png", "a-2.png", "a-3.png"]
    assert sorted(path.name for path in folder.iterdir()) == ["a-2.png", "a-3.png", "a.png"]
    assert (folder / "a-2.png").read_bytes() == b"2"

    with pytest.raises(ProblemError, match="cannot be saved in"):
        save(b"", folder / "a.png", url)
