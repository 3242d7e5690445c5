"""What every rendering of a contract says of a field, of its deliveries, and by which name."""

from __future__ import annotations

from tests.domain.contract.events import contract_of
from webhook_tui.domain.contract.declarations import TypeNames, description, is_required, schema_types
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
