"""Contracts as JSON Schema, validated by the reference validator."""

from __future__ import annotations

import json
from typing import Any

from jsonschema import Draft202012Validator

from tests.domain.contract.events import contract_of, event
from tests.domain.contract.hostile_names import DATA, EVENTS
from webhook_tui.domain.contract.event_contract import EventContract
from webhook_tui.domain.contract.json_schema import DIALECT, json_schema


def _schema(*data: object) -> dict[str, Any]:
    schema: dict[str, Any] = json.loads(json_schema([contract_of(data)]))
    return schema


def test_a_schema_describes_the_whole_event() -> None:
    """Types, formats and required; values are examples; further properties are allowed."""
    schema = _schema(
        {"status": "completed", "output": {"url": "https://x.example/1?sig=abc"}, "score": 1, "error": None},
        {"status": "failed", "score": 0.5, "error": "no face", "token": "hunter2"},
    )

    assert (schema["$schema"], schema["title"], schema["type"]) == (DIALECT, "image_result", "object")
    assert schema["required"] == ["data", "id", "name", "timestamp"]
    assert schema["properties"]["name"] == {"const": "image_result"}
    assert schema["description"] == "Seen in 2 deliveries, 2026-11-23. Too few to rely on."
    data = schema["properties"]["data"]
    assert data["required"] == ["error", "score", "status"]
    assert data["properties"] == {
        "status": {"type": "string", "examples": ["completed", "failed"]},
        "output": {
            "type": "object",
            "properties": {
                "url": {"type": "string", "format": "uri", "examples": ["https://x.example/1?sig=REDACTED"]},
            },
            "required": ["url"],
        },
        "score": {"type": "number", "examples": [1, 0.5]},
        "error": {"type": ["null", "string"], "examples": ["no face"]},
        "token": {"type": "string"},
    }


def test_it_is_valid_and_accepts_what_it_was_made_of() -> None:
    """Hostile names, too; and what has more fields."""
    contracts = [contract_of([DATA, {}, [1], "x", None], name) for name in EVENTS]

    schema = json.loads(json_schema(contracts))

    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    for name in EVENTS:
        for data in (DATA, {}, [1], "x", None, {"more": 1}):
            assert list(validator.iter_errors(event(data, name=name))) == []
    assert not validator.is_valid(event({}, name="other"))


def test_it_refuses_what_was_never_seen() -> None:
    """Another type, an absent field that was always there."""
    validator = Draft202012Validator(_schema({"a": 1, "b": ["x"]}, {"a": 2, "b": []}))

    assert validator.is_valid(event({"a": 3, "b": ["y"], "c": 1}))
    assert [error.validator for error in validator.iter_errors(event({"a": "3", "b": [1]}))] == ["type", "type"]
    assert [error.validator for error in validator.iter_errors(event({"a": 3}))] == ["required"]


def test_an_event_without_a_field_that_is_always_there() -> None:
    """Names beyond the two hundred that are followed count for nothing, the event's own included."""
    contract = EventContract("x")
    contract.add({f"a{number}": 1 for number in range(200)} | {"name": "x"}, (1, 1))
    contract.add({"name": "x"}, (2, 2))

    schema = json.loads(json_schema([contract]))

    assert "required" not in schema
    assert schema["properties"]["name"] == {"const": "x"}
