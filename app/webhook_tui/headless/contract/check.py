"""Validates stored deliveries with a JSON Schema: what `contract check` does.

Validation is jsonschema's (json-schema.org, 2020-12), with formats checked as the contract finds them.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, cast

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import SchemaError, ValidationError, best_match
from msgspec import Struct
from referencing import Registry
from referencing.exceptions import Unresolvable
from referencing.jsonschema import DRAFT202012

from webhook_tui.domain.contract.json_types import FORMATS
from webhook_tui.domain.contract.samples import kept, sample
from webhook_tui.domain.delivery.delivery import StoredDelivery
from webhook_tui.domain.delivery.text import visible
from webhook_tui.domain.errors import ExitCode, ProblemError
from webhook_tui.domain.payload.json_decoder import decode
from webhook_tui.errors import unreadable
from webhook_tui.headless import messages
from webhook_tui.headless.text_style import TextStyle

_MOST_VIOLATIONS = 20
_LONGEST_RULE = 120


class Violation(Struct, frozen=True):
    """A rule that a delivery breaks, in harmless text."""

    path: str
    """`$.data.output`."""
    rule: str
    """`required, but absent`."""


class ContractCheck:
    """Validates deliveries with a schema file, each with the part for its event name."""

    def __init__(self, path: Path) -> None:
        """Raises ProblemError (usage) when the file cannot be read or is no JSON Schema."""
        self._file = visible(str(path))
        self._schema = self._read(path)
        self._checker = FormatChecker(formats=())
        for name, is_format in FORMATS.items():
            self._checker.checks(name)(lambda value, test=is_format: not isinstance(value, str) or test(value))
        self._validators = {
            name: Draft202012Validator(part, format_checker=self._checker, registry=Registry())
            for name, part in _parts(self._schema)
        }

    def describes(self, event: object) -> bool:
        """Return whether the schema says something of a decoded body."""
        return self._validator_of(event) is not None

    def violations(self, event: object) -> list[Violation]:
        """Return the rules that a decoded body breaks, at most 20; [] also when the schema says nothing of it.

        Raises ProblemError (usage) when the schema refers to another file.
        """
        validator = self._validator_of(event)
        if validator is None:
            return []
        try:
            errors = sorted(validator.iter_errors(event), key=lambda error: [str(part) for part in error.absolute_path])
        except Unresolvable as error:
            raise ProblemError(messages.schema_elsewhere(self._file, str(error.ref))) from error
        except RecursionError as error:
            raise ProblemError(messages.schema_endless(self._file)) from error
        found = [violation for error in errors for violation in _violations(error, event)]
        return list(dict.fromkeys(found))[:_MOST_VIOLATIONS]

    def _validator_of(self, event: object) -> Draft202012Validator | None:
        name = event.get("name") if isinstance(event, dict) else None
        if None in self._validators:
            return self._validators[None]
        return self._validators.get(name) if isinstance(name, str) else None

    def _read(self, path: Path) -> dict[str, Any]:
        try:
            schema = decode(path.read_bytes())
        except OSError as error:
            raise ProblemError(unreadable(path, error.strerror)) from error
        except (ValueError, MemoryError) as error:
            raise ProblemError(messages.not_a_schema(self._file, "it is not JSON")) from error
        if not isinstance(schema, dict):
            raise ProblemError(messages.not_a_schema(self._file, "it is not an object"))
        try:
            Draft202012Validator.check_schema(schema)
        except SchemaError as error:
            reason = visible(error.message)[:_LONGEST_RULE]
            raise ProblemError(messages.not_a_schema(self._file, f"{_path(error.absolute_path)}: {reason}")) from error
        return schema


def check_contract(check: ContractCheck, deliveries: Iterable[StoredDelivery], style: TextStyle) -> ExitCode:
    """Print the rules that deliveries break; return 1 when there are some. Raises ProblemError also without deliveries.

    A delivery whose event the schema does not describe is left out.
    """
    checked = failed = 0
    for stored in deliveries:
        event = decoded_event(stored)
        if not check.describes(event):
            continue
        checked += 1
        violations = check.violations(event)
        failed += bool(violations)
        for violation in violations:
            line = f"✗ #{stored.row.seq}  {violation.path:<22}  {violation.rule}"
            sys.stdout.write(f"{style.symbols(line)}\n")
    if not checked:
        raise ProblemError(messages.NONE_DESCRIBED)
    matching = checked - failed
    outcome = f"{matching:,} match, {failed:,} {'does' if failed == 1 else 'do'} not" if failed else "all match"
    sys.stdout.write(f"{checked:,} checked: {outcome}.\n")
    return ExitCode.FAILURE if failed else ExitCode.OK


def decoded_event(stored: StoredDelivery) -> object:
    """Return the decoded body, or None when it is not JSON."""
    try:
        return decode(stored.delivery.body)
    except (ValueError, MemoryError):
        return None


def _parts(schema: dict[str, Any]) -> Iterator[tuple[str | None, dict[str, Any]]]:
    """The schema for each name that it gives as a constant; None: for every event."""
    if (name := _name(schema)) is not None:
        yield name, schema
        return
    alternatives = [one for key in ("anyOf", "oneOf") for one in schema.get(key, ()) if isinstance(one, dict)]
    named = [(_name(_resolved(schema, one)), one) for one in alternatives]
    if not named or any(name is None for name, _ in named):
        yield None, schema
        return
    rest = {key: value for key, value in schema.items() if key not in ("anyOf", "oneOf")}
    for name, one in named:
        yield name, {**rest, "allOf": [*rest.get("allOf", ()), one]}


def _name(schema: Mapping[str, Any]) -> str | None:
    properties = schema.get("properties")
    rule = properties.get("name") if isinstance(properties, dict) else None
    constant = rule.get("const") if isinstance(rule, dict) else None
    return constant if isinstance(constant, str) else None


def _resolved(schema: dict[str, Any], part: dict[str, Any]) -> Mapping[str, Any]:
    """The definition in the schema that a part of it refers to, or the part itself."""
    reference = part.get("$ref")
    if not isinstance(reference, str):
        return part
    resource = DRAFT202012.create_resource(schema)
    with contextlib.suppress(Unresolvable):
        found = Registry().with_resource("", resource).resolver().lookup(reference).contents
        return found if isinstance(found, dict) else part
    return part


def _violations(error: ValidationError, event: object) -> Iterable[Violation]:
    path = _path(error.absolute_path)
    match error.validator:
        case "required":
            names: list[str] = cast("list[str]", error.validator_value)
            absent = [name for name in names if name not in cast("dict[str, object]", error.instance)]
            note = _status_note(event)
            return [Violation(f"{path}.{visible(name)}", f"required, but absent{note}") for name in absent[:5]]
        case "type":
            wanted = error.validator_value
            types = " or ".join(wanted) if isinstance(wanted, list) else str(wanted)
            return [Violation(path, f"{_shown(error)} is not of type {types}")]
        case "format":
            return [Violation(path, f"{_shown(error)} is not of format {error.validator_value}")]
        case "anyOf" | "oneOf" if error.context:
            inner = best_match(error.context)
            return _violations(inner, event) if inner is not None else []
        case _:
            return [Violation(path, visible(error.message)[:_LONGEST_RULE])]


def _shown(error: ValidationError) -> str:
    name = next((part for part in reversed(error.absolute_path) if isinstance(part, str)), "")
    return visible(sample(kept(error.instance), name))


def _status_note(event: object) -> str:
    data = event.get("data") if isinstance(event, dict) else None
    status = data.get("status") if isinstance(data, dict) else None
    return f" (status is {visible(status)[:40]})" if isinstance(status, str) else ""


def _path(parts: Iterable[str | int]) -> str:
    return "$" + "".join(f"[{part}]" if isinstance(part, int) else f".{visible(part)}" for part in parts)
