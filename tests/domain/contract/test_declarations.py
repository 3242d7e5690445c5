"""What every rendering of a contract says of a field, of its deliveries, and by which name."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import tree_sitter_typescript
from tree_sitter import Language, Parser

from tests.domain.contract.events import contract_of
from tests.domain.contract.hostile_names import DATA, EVENTS
from webhook_tui.domain.contract.declarations import (
    TypeNames,
    description,
    is_required,
    schema_types,
    typed_dict,
    typescript,
)
from webhook_tui.domain.contract.field import Field
from webhook_tui.domain.contract.json_types import JsonType


def _fields(*data: dict[str, object]) -> tuple[Field, dict[str, Field]]:
    """The field `data` of deliveries with these, and the fields within it."""
    parent = contract_of(data).root.children["data"]
    return parent, parent.children


def test_types_of_a_schema_begin_with_null() -> None:
    """Where numbers with a fraction were seen, an integer is one of them."""
    _, fields = _fields({"a": 1, "b": 1}, {"a": 1.5, "b": None})

    assert schema_types(fields["a"]) == [JsonType.NUMBER]
    assert schema_types(fields["b"]) == [JsonType.NULL, JsonType.INTEGER]


def test_a_field_is_required_when_every_object_held_it() -> None:
    parent, fields = _fields({"a": 1, "b": 1}, {"a": 2})

    assert is_required(parent, fields["a"])
    assert not is_required(parent, fields["b"])


def test_a_description_counts_the_deliveries() -> None:
    assert description(contract_of([{}])) == "Seen in 1 delivery, 2026-11-23. Too few to rely on."
    assert description(contract_of([{}] * 1000)).startswith("Seen in 1,000 deliveries, 2026-11-23.")


def test_each_type_name_is_given_once() -> None:
    names = TypeNames(["Image"])

    assert [names.name(words) for words in (["image"], ["image"], ["job_id", "fullSize"], ["夏"], ["3d"])] == [
        *("Image2", "Image3", "JobIdFullSize", "Event", "Event3d"),
    ]


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


_PARSER = Parser(Language(tree_sitter_typescript.language_typescript()))


def test_an_interface_describes_the_whole_event() -> None:
    """A field that some deliveries lack is optional."""
    data = [
        {"status": "completed", "output": {"url": "https://x.example/1"}, "error": None, "a-b": [1, "x"]},
        {"status": "failed", "error": "no face", "a-b": []},
    ]

    assert (
        typescript([contract_of(data)])
        == """\
/** image_result: Seen in 2 deliveries, 2026-11-23. Too few to rely on. */
export interface ImageResult {
  id: number;
  name: "image_result";
  data: {
    status: string;
    output?: {
      url: string; // uri
    };
    error: null | string;
    "a-b": Array<string | number>;
  };
  timestamp: number;
}
"""
    )


def test_several_events_have_a_union() -> None:
    """Whose members are distinguished by their names."""
    source = typescript([contract_of([{}], "ping"), contract_of([{}], "batch_edit")])

    assert source.endswith("export type WebhookEvent =\n  | Ping\n  | BatchEdit;\n")


@pytest.mark.parametrize("events", [EVENTS[:1], EVENTS])
def test_it_is_well_formed_whatever_the_names_are(events: tuple[str, ...]) -> None:
    """Pure ASCII, and nothing that a parser stumbles over."""
    source = typescript([contract_of([DATA, [1], "x"], name) for name in events])

    tree = _PARSER.parse(source.encode("ascii"))

    assert not tree.root_node.has_error
    declared = [node for node in tree.root_node.children if node.type == "export_statement"]
    assert len(declared) == len(events) + (len(events) > 1)
