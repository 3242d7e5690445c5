"""Contracts as Python, checked by mypy and by the interpreter."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.domain.contract.events import contract_of
from tests.domain.contract.hostile_names import DATA, EVENTS
from webhook_tui.domain.contract.declarations import typed_dict

_DATA = [
    {"status": "completed", "output": {"url": "https://x.example/1"}, "error": None, "items": [{"n": 1.5}, 1]},
    {"status": "failed", "error": "no face", "items": []},
]
_USE = """

def handle(event: ImageResult) -> str:
    output = event["data"].get("output")
    return "none" if output is None else output["url"]


handle({"id": 1, "name": "image_result", "data": {"status": "s", "error": None, "items": [1]}, "timestamp": 1.5})
"""


def test_a_typed_dict_describes_the_whole_event() -> None:
    """One class an object; a field that some deliveries lack is NotRequired."""
    assert (
        typed_dict([contract_of(_DATA)])
        == '''\
"""The events of PiktID's webhooks, as they were received."""

from typing import Literal, NotRequired, TypedDict


class ImageResultDataOutput(TypedDict):
    url: str


class ImageResultDataItemsItem(TypedDict):
    n: float


class ImageResultData(TypedDict):
    status: str
    output: NotRequired[ImageResultDataOutput]
    error: str | None
    items: list[ImageResultDataItemsItem | int]


class ImageResult(TypedDict):
    """image_result: Seen in 2 deliveries, 2026-11-23. Too few to rely on."""

    id: int
    name: Literal['image_result']
    data: ImageResultData
    timestamp: float
'''
    )


def test_mypy_accepts_it_whatever_the_names_are(tmp_path: Path) -> None:
    """--strict; keys that are no identifiers, too. It also runs."""
    (tmp_path / "plain.py").write_text(typed_dict([contract_of(_DATA)]) + _USE, "ascii")
    hostile = typed_dict([contract_of([DATA, [1], "x", {"class": 1}], name) for name in EVENTS])
    (tmp_path / "hostile.py").write_text(hostile, "ascii")

    checked = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--config-file=", "--cache-dir=.mypy", "plain.py", "hostile.py"],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    for name in ("plain.py", "hostile.py"):
        exec(compile((tmp_path / name).read_text("ascii"), name, "exec"), {"__name__": name})

    assert checked.returncode == 0, checked.stdout
