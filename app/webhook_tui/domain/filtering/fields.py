"""The fields of the language: from what stands behind `name:` to a term."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from webhook_tui.domain.filtering import quantities, terms
from webhook_tui.domain.filtering.tokens import Value
from webhook_tui.domain.signature.verdict import Verdict

_STATUS = "status needs a word like failed, a number like 503 or 5xx, or none"


class MistakeError(Exception):
    """A term that cannot be read; str() is the sentence."""


def pattern(value: Value, *, any_case: bool) -> terms.Pattern:
    """Text in which stars that were not quoted stand for anything."""
    parts = value.split("*")
    return terms.Pattern(tuple(part.casefold() if any_case else part for part in parts), any_case)


def body(value: Value) -> terms.Term:
    """What stands behind `body.`: a path and perhaps a comparison."""
    path, comparison = _sides(value)
    keys = path.split(".")
    if not all(keys):
        raise MistakeError("body needs a path, as in body.data.status=failed")
    if comparison is None and ":" in path.masked:
        raise MistakeError("body compares with =, !=, > or <, as in body.data.status=failed")
    return terms.BodyIs(tuple(keys), comparison)


def _has(value: Value) -> terms.Term:
    return terms.BodyIs(_path(value, "has needs a path, as in has:data.status"), None)


def _departs(value: Value) -> terms.Term:
    if value.masked == "*":
        return terms.DepartsAt(())
    return terms.DepartsAt(_path(value, "departs needs a path, as in departs:data.status, or *"))


def _path(value: Value, sentence: str) -> tuple[str, ...]:
    keys = value.split(".")
    if not all(keys):
        raise MistakeError(sentence)
    return tuple(keys)


def _header(value: Value) -> terms.Term:
    name, comparison = _sides(value)
    if not name.text:
        raise MistakeError("header needs a name, as in header:x-foo=bar")
    return terms.HeaderIs(name.text.casefold(), comparison)


def _sides(value: Value) -> tuple[Value, terms.Comparison | None]:
    found = quantities.OPERATOR.search(value.masked)
    if found is None:
        return value, None
    right = value.after(found.end())
    if not right.text and not right.was_quoted:
        raise MistakeError(f"a value is missing after {found[0]}")
    is_plain = right.text == right.masked
    return value.before(found.start()), terms.Comparison(
        terms.Operator(found[0]),
        pattern(right, any_case=True),
        right.text.casefold(),
        quantities.number(right.text) if is_plain else None,
    )


def _event(value: Value) -> terms.Term:
    return terms.EventIs(pattern(_given(value, "event needs a name, as in event:image_*"), any_case=True))


def _id(value: Value) -> terms.Term:
    return terms.IdIs(pattern(_given(value, "id needs the event's id, as in id:123"), any_case=False))


def _job(value: Value) -> terms.Term:
    inner = pattern(_given(value, "job needs the job's id, as in job:job_7c1e90"), any_case=False)
    return terms.JobIs(inner, is_prefix=inner.is_exact and not value.was_quoted)


def _comment(value: Value) -> terms.Term:
    inner = pattern(_given(value, "comment needs some text, as in comment:later"), any_case=True)
    return terms.CommentHas(terms.Pattern(("", *inner.parts, ""), any_case=True))


def _given(value: Value, sentence: str) -> Value:
    if not value.text and not value.was_quoted:
        raise MistakeError(sentence)
    return value


def _verdict(value: Value) -> terms.Term:
    try:
        return terms.VerdictIs(Verdict(value.text.lower()))
    except ValueError:
        raise MistakeError("verdict is valid, older, invalid, missing, malformed or pending") from None


def _source(value: Value) -> terms.Term:
    try:
        return terms.SourceIs(terms.Source(value.text.lower()))
    except ValueError:
        raise MistakeError("source is webhook or sse") from None


def _status(value: Value) -> terms.Term:
    _given(value, _STATUS)
    if _is_answer(value):
        return _answer(value, _STATUS)
    return terms.StatusIs(pattern(value, any_case=True))


def _is_answer(value: Value) -> bool:
    """Whether the answer is meant: a quoted value, or one that begins with a letter, is the status of a job."""
    first = value.masked[:1]
    return value.masked.lower() == "none" or first.isdigit() or first in ("=", "!", "<", ">")


def _answered(value: Value) -> terms.Term:
    return _answer(value, "answered needs a number like 503 or 5xx, or none")


def _answer(value: Value, sentence: str) -> terms.Term:
    if value.text.lower() == "none":
        return terms.NotAnswered()
    operator, rest = quantities.compared(value.text, terms.Operator.IS)
    found = quantities.statuses(rest)
    if found is None or operator is terms.Operator.IS_NOT:
        raise MistakeError(sentence)
    lowest, highest = found
    return {
        terms.Operator.IS: terms.AnsweredIs(lowest, highest),
        terms.Operator.MORE: terms.AnsweredIs(highest + 1, terms.LARGEST),
        terms.Operator.AT_LEAST: terms.AnsweredIs(lowest, terms.LARGEST),
        terms.Operator.LESS: terms.AnsweredIs(0, lowest - 1),
        terms.Operator.AT_MOST: terms.AnsweredIs(0, highest),
    }[operator]


def _is(value: Value) -> terms.Term:
    name = value.text.lower()
    if name == "retried":
        return terms.Measured(terms.Measure.ATTEMPT, terms.Operator.MORE, 1)
    try:
        return terms.Flagged(terms.Flag(name))
    except ValueError:
        raise MistakeError(f"is takes {', '.join(STATES[:-1])} or {STATES[-1]}") from None


STATES = ("marked", "commented", "differs", "retried", "replayed", "imported")
"""What may stand behind `is:`."""


def _measured(
    measure: terms.Measure,
    read: Callable[[str], int | None],
    sentence: str,
    without: terms.Operator = terms.Operator.IS,
) -> Callable[[Value], terms.Term]:
    def term(value: Value) -> terms.Term:
        operator, rest = quantities.compared(value.text, without)
        amount = read(rest)
        if amount is None:
            raise MistakeError(sentence)
        return terms.Measured(measure, operator, amount)

    return term


FIELDS: Mapping[str, Callable[[Value], terms.Term]] = {
    "event": _event,
    "verdict": _verdict,
    "status": _status,
    "answered": _answered,
    "id": _id,
    "job": _job,
    "header": _header,
    "size": _measured(terms.Measure.SIZE, quantities.size, "size needs a number, with k, M or G if need be"),
    "age": _measured(terms.Measure.AGE, quantities.age, "age needs a number and a unit: <10m", terms.Operator.LESS),
    "attempt": _measured(terms.Measure.ATTEMPT, quantities.count, "attempt needs a number, as in attempt:>1"),
    "run": _measured(terms.Measure.RUN, quantities.count, "run needs a number, as in run:3"),
    "is": _is,
    "comment": _comment,
    "source": _source,
    "has": _has,
    "departs": _departs,
}
"""Every `name:` of the language and what reads its value; each raises MistakeError."""
