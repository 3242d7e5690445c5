"""The registry of export formats, in the order of menus."""

from __future__ import annotations

from collections.abc import Mapping

from webhook_tui.export.format import Format
from webhook_tui.export.har import write_har
from webhook_tui.export.html import write_html
from webhook_tui.export.json_lines import write_jsonl
from webhook_tui.export.scenario import write_scenario_file
from webhook_tui.export.snippets.curl import write_curl
from webhook_tui.export.snippets.httpie import write_httpie
from webhook_tui.export.snippets.python_source import write_pytest, write_python
from webhook_tui.export.snippets.raw import write_payload, write_raw
from webhook_tui.export.table import write_csv

_ALL = (
    Format("payload", "Payload", ".json", write_payload, joins=False, harmless=False),
    Format("curl", "curl command", ".sh", write_curl),
    Format("httpie", "HTTPie command", ".sh", write_httpie),
    Format("python", "Python script (httpx)", ".py", write_python, prefix="send_"),
    Format("pytest", "pytest test", ".py", write_pytest, prefix="test_"),
    Format("har", "HTTP archive (HAR)", ".har", write_har),
    Format("jsonl", "JSON lines", ".jsonl", write_jsonl),
    Format("raw", "HTTP request, raw", ".http", write_raw, harmless=False),
    Format("csv", "Table (CSV)", ".csv", write_csv, encoding="utf-8-sig"),
    Format("html", "Page for a browser (HTML)", ".html", write_html, is_explained=True),
    Format("scenario", "Scenario for the sandbox", ".json", write_scenario_file, prefix="scenario_"),
)

FORMATS: Mapping[str, Format] = {form.name: form for form in _ALL}
"""By name, as `export --format` takes it."""
