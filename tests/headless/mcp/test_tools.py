"""The tools as an agent sees them."""

from __future__ import annotations

import msgspec
import pytest

from webhook_tui.headless.mcp.tools import READ_ONLY, WRITING, GetDelivery, describe_tools


def test_at_most_ten_tools_with_short_descriptions() -> None:
    """Each has a schema of an object that takes nothing else; reading ones come alone unless writing is allowed."""
    tools = describe_tools(allow_write=True)

    assert len(tools) <= 10
    assert [tool.name for tool in tools] == [*READ_ONLY, *WRITING]
    assert [tool.name for tool in describe_tools(allow_write=False)] == list(READ_ONLY)
    assert [tool.name for tool in tools if not tool.is_read_only] == list(WRITING)
    for tool in tools:
        assert 20 < len(tool.description) < 100
        assert (tool.schema["type"], tool.schema["additionalProperties"]) == ("object", False)


def test_arguments_have_the_names_that_are_documented() -> None:
    """Every one of them, and no other."""
    names = {name for tool in describe_tools(allow_write=True) for name in tool.schema["properties"]}
    assert names <= {
        *("filter", "limit", "seq", "other_seq", "event", "within_seconds", "count", "offset"),
        *("name", "data", "signature", "url"),
    }


@pytest.mark.parametrize("arguments", [{}, {"seq": 0}, {"seq": "1"}, {"seq": 1, "x": 1}, {"seq": 1, "offset": -1}])
def test_wrong_arguments_are_refused(arguments: dict[str, object]) -> None:
    """By type, by range and by name."""
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(arguments, GetDelivery)
