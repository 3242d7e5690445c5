"""The outcome of a check as a table for people, as JSON, and as JUnit's XML for a continuous integration."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from textwrap import wrap
from xml.etree import ElementTree as ET

from webhook_tui.domain.delivery.text import visible
from webhook_tui.domain.forwarding.handler_check import CaseResult

_WIDTH = 78
_INDENT = " " * 8


def as_text(url: str, results: Sequence[CaseResult]) -> str:
    """A line a case; under one that failed, what that means. At most 78 cells wide where the URL allows it."""
    lines = [visible(url), ""]
    for result in results:
        mark = "✓ pass" if result.passed else "✗ fail"
        milliseconds = f"{result.seconds * 1000:,.0f} ms"
        line = f"{mark}  {result.title:<30} {milliseconds:>9}  {result.said}"
        lines.append(line if result.passed else f"{line}, expected {result.expected.value}")
        if not result.passed:
            lines += wrap(result.explanation, _WIDTH, initial_indent=_INDENT, subsequent_indent=_INDENT)
    failed = sum(not result.passed for result in results)
    return "\n".join([*lines, "", f"{len(results) - failed} passed, {failed} failed.", ""])


def as_json(url: str, results: Sequence[CaseResult]) -> str:
    """One object; `no_answer` is null where there was one, `meaning` where the case passed."""
    return (
        json.dumps(
            {
                "url": url,
                "passed": all(result.passed for result in results),
                "cases": [
                    {
                        "name": result.name,
                        "title": result.title,
                        "passed": result.passed,
                        "expected": result.expected.value,
                        "statuses": list(result.statuses),
                        "no_answer": result.no_answer or None,
                        "ms": round(result.seconds * 1000, 1),
                        "meaning": result.explanation or None,
                    }
                    for result in results
                ],
            },
            indent=2,
        )
        + "\n"
    )


def as_junit(url: str, results: Sequence[CaseResult]) -> str:
    """One test suite with a test case for each case."""
    counts = {
        "tests": str(len(results)),
        "failures": str(sum(not result.passed for result in results)),
        "errors": "0",
        "time": _seconds(sum(result.seconds for result in results)),
    }
    suites = ET.Element("testsuites", counts)
    suite = ET.SubElement(suites, "testsuite", {"name": "webhook-tui check", "skipped": "0", **counts})
    properties = ET.SubElement(suite, "properties")
    ET.SubElement(properties, "property", {"name": "url", "value": visible(url)})
    for result in results:
        case = ET.SubElement(
            suite,
            "testcase",
            {"classname": "webhook-tui.check", "name": result.title, "time": _seconds(result.seconds)},
        )
        if not result.passed:
            message = f"{result.said}, expected {result.expected.value}"
            failure = ET.SubElement(case, "failure", {"message": message, "type": result.name})
            failure.text = result.explanation
    ET.indent(suites)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ET.tostring(suites, encoding="unicode")}\n'


def _seconds(seconds: float) -> str:
    return f"{seconds:.3f}"


FORMS: Mapping[str, Callable[[str, Sequence[CaseResult]], str]] = {"text": as_text, "json": as_json, "junit": as_junit}
"""By name, as `check --format` takes it."""
