"""Table, JSON and JUnit's XML agree."""

from __future__ import annotations

import json
from xml.etree import ElementTree as ET

from tests.handler_check.handlers import CASES
from webhook_tui.domain.forwarding.handler_check import CaseResult, Expected
from webhook_tui.handler_check.report import FORMS

URL = "http://127.0.0.1:3000/hook"
FORGED = [case.name for case in CASES if case.expected is Expected.REFUSED]
ACCEPTED = [
    CaseResult(
        case.name,
        case.title,
        case.expected,
        (200,),
        0.01,
        "",
        *((case.meaning, case.advice) if case.expected is Expected.REFUSED else ()),
    )
    for case in CASES
]
"""What a handler is said to do that accepts everything."""


def test_the_reports_agree() -> None:
    """Table, JSON and JUnit's XML count the same; lines fit a terminal."""
    text, as_json, junit = (FORMS[form](URL, ACCEPTED) for form in ("text", "json", "junit"))

    report = json.loads(as_json)
    suite = ET.fromstring(junit)[0]
    assert max(len(line) for line in text.splitlines()) <= 78
    assert text.count("✗ fail") == text.count("expected 4xx") == len(FORGED)
    assert text.endswith(f"\n{len(CASES) - len(FORGED)} passed, {len(FORGED)} failed.\n")
    assert [case["name"] for case in report["cases"] if not case["passed"]] == FORGED
    assert (report["passed"], report["url"]) == (False, URL)
    assert (suite.get("tests"), suite.get("failures")) == (str(len(CASES)), str(len(FORGED)))
    assert [failure.get("type") for failure in suite.iter("failure")] == FORGED


def test_a_report_of_no_answer() -> None:
    """Is a failure with its reason, also in XML, whatever the URL holds."""
    results = [
        CaseResult(CASES[0].name, CASES[0].title, CASES[0].expected, (), 10.0, "there was no answer within 10 s")
    ]

    assert "there was no answer within 10 s, expected 2xx" in FORMS["text"]("http://a/", results)
    assert json.loads(FORMS["json"]("http://a/", results))["cases"][0]["no_answer"]
    assert ET.fromstring(FORMS["junit"]('http://a/?<&"\x00\x1b', results)).find(".//failure") is not None
