"""Deliveries validated with a schema file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.domain.contract.events import contract_of, event
from webhook_tui.domain.contract.json_schema import json_schema
from webhook_tui.domain.errors import ExitCode, ProblemError
from webhook_tui.headless.contract.check import ContractCheck


def _check(tmp_path: Path, schema: object) -> ContractCheck:
    path = tmp_path / "s.json"
    path.write_text(schema if isinstance(schema, str) else json.dumps(schema))
    return ContractCheck(path)


def _broken(check: ContractCheck, data: object) -> list[tuple[str, str]]:
    return [(one.path, one.rule) for one in check.violations(event(data))]


def test_each_broken_rule_is_named(tmp_path: Path) -> None:
    """With the place, the value and, where one is absent, the job's status."""
    usual = {"status": "completed", "score": 0.5, "url": "https://x.example/1", "items": [{"n": 1}]}
    check = _check(tmp_path, json_schema([contract_of([usual])]))

    assert _broken(check, usual | {"more": 1, "score": 1}) == []
    assert _broken(check, usual | {"score": "high", "url": "none", "items": [{"n": 1}, {}]}) == [
        ("$.data.items[1].n", "required, but absent (status is completed)"),
        ("$.data.score", '"high" is not of type number'),
        ("$.data.url", '"none" is not of format uri'),
    ]
    assert _broken(check, {"status": "fai\x1bled", "url": "https://x.example/1", "items": []}) == [
        ("$.data.score", "required, but absent (status is fai␛led)")
    ]


def test_only_events_of_its_name_are_validated(tmp_path: Path) -> None:
    """Of one event, or of several."""
    contracts = [contract_of([{"a": 1}], name) for name in ("ping", "夏/~", "batch_edit")]
    one, several = _check(tmp_path, json_schema(contracts[:1])), _check(tmp_path, json_schema(contracts))
    names = ("ping", "夏/~", "batch_edit", "other")

    assert [one.describes(event({}, name=name)) for name in names] == [True, False, False, False]
    assert [several.describes(event({}, name=name)) for name in names] == [True, True, True, False]
    assert [len(several.violations(event({}, name=name))) for name in names] == [1, 1, 1, 0]
    assert not several.describes("no event")


def test_a_schema_without_a_name_validates_everything(tmp_path: Path) -> None:
    """A schema of the user's may have none."""
    check = _check(tmp_path, {"properties": {"data": {"type": "object"}}})

    assert check.describes(None)
    assert _broken(check, []) == [("$.data", "[] is not of type object")]


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        ("{", "is no JSON Schema: it is not JSON"),
        ("[]", "is no JSON Schema: it is not an object"),
        ({"type": "text"}, "is no JSON Schema: $.type: 'text' is not"),
        ({"pattern": "("}, "is no JSON Schema"),
    ],
)
def test_a_file_that_is_no_schema_is_a_usage_error(tmp_path: Path, schema: object, said: str) -> None:
    """Before anything is validated."""
    with pytest.raises(ProblemError, match=said.replace("$", r"\$")) as raised:
        _check(tmp_path, schema)

    assert raised.value.problem.exit_code is ExitCode.USAGE


@pytest.mark.parametrize(
    "schema",
    [{"$ref": "http://127.0.0.1:9/other.json"}, {"$ref": "#/$defs/none"}, {"$ref": "#"}, {"anyOf": [{"$ref": "#"}]}],
)
def test_a_reference_that_leads_nowhere_is_a_usage_error(tmp_path: Path, schema: dict[str, Any]) -> None:
    """Nothing is fetched."""
    check = _check(tmp_path, schema)

    with pytest.raises(ProblemError) as raised:
        check.violations(event({}))

    assert raised.value.problem.exit_code is ExitCode.USAGE
