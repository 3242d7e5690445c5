"""The tools: their names, descriptions and arguments, as an agent reads them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, TypeAlias

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

MOST_LISTED = 200
LONGEST_WAIT_SECONDS = 300

_Filter: TypeAlias = Annotated[
    str,
    Meta(
        description="Which deliveries, in the filter language: words, event:image_*, verdict:invalid, !verdict:valid, "
        "id:1, job:X, size:>1kB, age:<10m, body.data.status=failed, `or`. Empty: all."
    ),
]
_Seq: TypeAlias = Annotated[int, Meta(ge=1, description="Number of a delivery.")]

_Since: TypeAlias = Annotated[int, Meta(ge=0, description="Count those with greater numbers. Default: what comes now.")]


class ListDeliveries(Struct, frozen=True, forbid_unknown_fields=True):
    """List stored deliveries, newest last, without their bodies' bytes."""

    filter: _Filter = ""
    limit: Annotated[int, Meta(ge=1, le=MOST_LISTED, description="At most so many, the newest.")] = 20


class GetDelivery(Struct, frozen=True, forbid_unknown_fields=True):
    """Get one delivery whole: headers, body, verdict. A large body comes in parts."""

    seq: _Seq
    offset: Annotated[int, Meta(ge=0, description="First byte of the body: body_next_offset of the part before.")] = 0


class ExplainSignature(Struct, frozen=True, forbid_unknown_fields=True):
    """Explain why a delivery's signature is valid or not, and what to change."""

    seq: _Seq


class WaitForDelivery(Struct, frozen=True, forbid_unknown_fields=True):
    """Wait until deliveries arrive; on a time-out, return what arrived instead."""

    filter: _Filter = ""
    count: Annotated[int, Meta(ge=1, le=MOST_LISTED, description="Wait for so many.")] = 1
    within_seconds: Annotated[float, Meta(gt=0, le=LONGEST_WAIT_SECONDS, description="Wait no longer.")] = 30.0
    seq: _Since | UnsetType = UNSET


class DiffDeliveries(Struct, frozen=True, forbid_unknown_fields=True):
    """Compare two deliveries: the JSON paths and headers in which they differ."""

    seq: _Seq
    other_seq: _Seq


class GetContract(Struct, frozen=True, forbid_unknown_fields=True):
    """Get the JSON Schema of what an event's payloads were seen to hold. PiktID documents none."""

    event: Annotated[str, Meta(description="Name of the event. Empty: which events there are.")] = ""


class GetStatus(Struct, frozen=True, forbid_unknown_fields=True):
    """Show the account, its webhook at PiktID, the sessions that run here, and the history."""


class SendTestPing(Struct, frozen=True, forbid_unknown_fields=True):
    """Ask PiktID for a test ping to the running session, and return it when it arrives."""


class ReplayDelivery(Struct, frozen=True, forbid_unknown_fields=True):
    """Send a stored delivery to an app on this machine again, unchanged."""

    seq: _Seq
    url: Annotated[str, Meta(description="The app's URL, on 127.0.0.1 or localhost.")]


class SimulateEvent(Struct, frozen=True, forbid_unknown_fields=True):
    """Send an event of our own to the running session, signed as PiktID does or badly."""

    name: Annotated[str, Meta(min_length=1, max_length=200, description="Of the event, such as image_result or ping.")]
    data: Annotated[dict[str, Any], Meta(description="The event's data. Default: a sample.")] | UnsetType = UNSET
    signature: Annotated[
        Literal["valid", "wrong-secret", "none"], Meta(description="How it is signed; `none`: no signature header.")
    ] = "valid"


Arguments: TypeAlias = (
    ListDeliveries
    | GetDelivery
    | ExplainSignature
    | WaitForDelivery
    | DiffDeliveries
    | GetContract
    | GetStatus
    | SendTestPing
    | ReplayDelivery
    | SimulateEvent
)
"""What a call is decoded to; one type for each tool."""

READ_ONLY: Mapping[str, type[Arguments]] = {
    "list_deliveries": ListDeliveries,
    "get_delivery": GetDelivery,
    "explain_signature": ExplainSignature,
    "wait_for_delivery": WaitForDelivery,
    "diff_deliveries": DiffDeliveries,
    "get_contract": GetContract,
    "get_status": GetStatus,
}
WRITING: Mapping[str, type[Arguments]] = {
    "send_test_ping": SendTestPing,
    "replay_delivery": ReplayDelivery,
    "simulate_event": SimulateEvent,
}
"""Those that send something; they need --allow-write."""


class ToolDescription(Struct, frozen=True):
    """The description of one tool for an agent."""

    name: str
    description: str
    schema: dict[str, Any]
    """JSON Schema of its arguments."""
    is_read_only: bool


def describe_tools(*, allow_write: bool) -> Sequence[ToolDescription]:
    """Return the tools that may be called."""
    return [
        ToolDescription(name, (kind.__doc__ or "").strip(), _schema(kind), name in READ_ONLY)
        for name, kind in allowed_tools(allow_write=allow_write).items()
    ]


def allowed_tools(*, allow_write: bool) -> Mapping[str, type[Arguments]]:
    """Return the type of the arguments of each tool that may be called."""
    return {**READ_ONLY, **WRITING} if allow_write else READ_ONLY


def _schema(kind: type[Arguments]) -> dict[str, Any]:
    _, components = msgspec.json.schema_components([kind])
    schema: dict[str, Any] = components[kind.__name__]
    return {name: value for name, value in schema.items() if name not in ("title", "description")}
