"""Contracts as TypeScript, read by a TypeScript parser."""

from __future__ import annotations

import pytest
import tree_sitter_typescript
from tree_sitter import Language, Parser

from tests.domain.contract.events import contract_of
from tests.domain.contract.hostile_names import DATA, EVENTS
from webhook_tui.domain.contract.declarations import typescript

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
