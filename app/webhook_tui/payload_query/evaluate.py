"""Evaluates one JMESPath expression in the child process; results are limited in size, errors have their place."""

from __future__ import annotations

import json
import re
from typing import Any

import jmespath
from jmespath import exceptions

from webhook_tui.domain.delivery.text import visible
from webhook_tui.domain.payload.json_decoder import decode
from webhook_tui.domain.payload.query import Mistake, QueryResult

MOST_VALUES = 2_000_000
MOST_CHARACTERS = 16 * 1024 * 1024
"""Limit of all text in a result: values may share parts, and are then small in memory but large as text."""

_TOO_MUCH = QueryResult(mistake=Mistake("the result is too large to be shown"))
_TOO_DEEP = QueryResult(mistake=Mistake("it is nested too deeply"))
_LONGEST_SENTENCE = 120


def document_of(body: bytes) -> Any:
    """Decode the payload. Raises NestingError when it is too deep, ValueError when it is not JSON."""
    return decode(body.removeprefix(b"\xef\xbb\xbf"))


def evaluate(expression: str, document: Any) -> QueryResult:
    """Return the result of the expression as JSON text, or its error. Raises MemoryError only."""
    try:
        found = jmespath.compile(expression).search(document)
        if not _is_bounded(found):
            return _TOO_MUCH
        return QueryResult(_as_json(found))
    except RecursionError:
        return _TOO_DEEP
    except (exceptions.JMESPathError, ValueError, TypeError, ArithmeticError, AttributeError, KeyError) as error:
        return QueryResult(mistake=_mistake(expression, error))


def _as_json(found: Any) -> bytes:
    try:
        return json.dumps(found, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
    except UnicodeEncodeError:  # half a character
        return json.dumps(found, separators=(",", ":")).encode("ascii")


def _is_bounded(found: Any) -> bool:
    values = characters = 0
    waiting = [found]
    while waiting:
        one = waiting.pop()
        values += 1
        if isinstance(one, str):
            characters += len(one)
        elif isinstance(one, dict):
            characters += sum(map(len, one))
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)
        if values + len(waiting) > MOST_VALUES or characters > MOST_CHARACTERS:
            return False
    return True


def _mistake(expression: str, error: Exception) -> Mistake:
    whole = len(expression)
    match error:
        case exceptions.ArityError():
            expected = f"{error.expected_arity} argument{'' if error.expected_arity == 1 else 's'}"
            least = "at least " if isinstance(error, exceptions.VariadictArityError) else ""
            return _at_call(expression, error.function_name, f"{error.function_name}() takes {least}{expected}")
        case exceptions.IncompleteExpressionError():
            return Mistake("the expression ends too early", whole, whole + 1)
        case exceptions.LexerError():
            start = min(max(error.lexer_position, 0), whole)
            return Mistake("this is not JMESPath", start, max(start + 1, whole))
        case exceptions.ParseError():
            start = min(max(error.lex_position, 0), whole)
            length = len(str(error.token_value)) if error.token_value else 1
            return Mistake("this cannot stand here", start, min(start + length, whole + 1))
        case exceptions.UnknownFunctionError():
            found = re.search(r"Unknown function: (\S+?)\(\)", str(error))
            name = found[1] if found else ""
            return _at_call(expression, name, f"there is no function {name}()" if name else "there is no such function")
        case exceptions.JMESPathTypeError():
            wanted = " or ".join(str(kind) for kind in error.expected_types)
            said = f"{error.function_name}() needs {wanted}, not {error.actual_type}"
            return _at_call(expression, error.function_name, said)
        case _:
            return Mistake("this payload cannot be queried so", 0, whole)


def _at_call(expression: str, name: object, sentence: str) -> Mistake:
    """Place the error at the first call of that function, else at the whole expression."""
    found = re.search(rf"{re.escape(str(name))}\s*\(", expression) if name else None
    start, end = (found.start(), found.end() - 1) if found else (0, len(expression))
    return Mistake(visible(sentence)[:_LONGEST_SENTENCE], start, end)
