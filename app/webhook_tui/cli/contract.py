"""`webhook-tui contract`: what the payloads of each event were seen to hold, and whether deliveries keep to it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from webhook_tui.cli.help import Command, command
from webhook_tui.cli.history import history_query
from webhook_tui.cli.options import FILE, history_options, output_format
from webhook_tui.domain.errors import ProblemError
from webhook_tui.headless import messages

if TYPE_CHECKING:
    from webhook_tui.domain.contract.event_contract import Contract, EventContract
    from webhook_tui.storage.history_query import HistoryQuery


class ContractCommand(Command):
    """A command whose first argument may be `check`, which is a command of its own."""

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """Make the context of `contract check` where that is meant."""
        if args[:1] == ["check"]:
            return check_deliveries.make_context(f"{info_name} check", args[1:], parent, **extra)
        return super().make_context(info_name, args, parent, **extra)


@command(
    "contract",
    cls=ContractCommand,
    short_help="Show what the payloads of each event hold.",
    examples=(
        "webhook-tui contract",
        "webhook-tui contract image_result --format json-schema > schema.json",
        "webhook-tui contract check schema.json",
    ),
)
@history_options
@click.option("--all", "all_verdicts", is_flag=True, help="Read deliveries of any verdict, not only valid ones.")
@output_format("text", "json-schema", "typescript", "python")
@click.argument("event", required=False)
@click.pass_context
def contract(ctx: click.Context, /, event: str | None, output: str, all_verdicts: bool, **given: Any) -> None:
    """Show what the payloads of EVENT, or of each event, were seen to hold: fields, types, presence, values.

    The other formats describe the whole event. `webhook-tui contract check FILE` validates deliveries by a schema.
    """
    from datetime import datetime

    from webhook_tui.domain.contract.declarations import typed_dict, typescript
    from webhook_tui.domain.contract.json_schema import json_schema
    from webhook_tui.headless.contract.page import change_note, contract_page
    from webhook_tui.headless.text_style import TextStyle

    with history_query(ctx, given) as history:
        events = _chosen(_read(history, all_verdicts=all_verdicts), event, of_all=all_verdicts)
    match output:
        case "json-schema":
            sys.stdout.write(f"{json_schema(events)}\n")
        case "typescript":
            sys.stdout.write(typescript(events))
        case "python":
            sys.stdout.write(typed_dict(events))
        case _:
            now, style = datetime.now().astimezone(), TextStyle.of_stdout()
            pages = [contract_page(one, style, now, of_all=all_verdicts) for one in events]
            sys.stdout.write("\n\n".join(pages) + "\n")
            print(style.symbols(change_note(events, now)), file=sys.stderr)  # noqa: T201 -- a note for people


@command("check", examples=("webhook-tui contract check schema.json",))
@history_options
@click.option("--all", "all_verdicts", is_flag=True, help="Validate deliveries of any verdict, not only valid ones.")
@click.argument("file", type=FILE)
@click.pass_context
def check_deliveries(ctx: click.Context, /, file: Path, all_verdicts: bool, **given: Any) -> None:
    """Validate stored deliveries with the JSON Schema in FILE, as `contract --format json-schema` prints it.

    Where it gives `name` as a constant, only deliveries of that event are validated. Exit code 0: all match, 1: not.
    """
    from datetime import UTC, datetime

    from webhook_tui.domain.filtering.filter import Filter
    from webhook_tui.headless.contract.check import ContractCheck, check_contract
    from webhook_tui.headless.text_style import TextStyle

    schema = ContractCheck(file)
    chosen = None if all_verdicts else Filter.parse("verdict:valid or verdict:older").expression
    with history_query(ctx, given) as history:
        deliveries = history.deliveries(history.seqs(chosen, datetime.now(UTC)))
        ctx.exit(check_contract(schema, deliveries, TextStyle.of_stdout()))


def _read(history: HistoryQuery, *, all_verdicts: bool) -> Contract:
    """Read the payloads; on a terminal, say how far."""
    from webhook_tui.storage.contracts.history_contract import HistoryContract
    from webhook_tui.storage.contracts.scan import Selection

    keys = history.account_keys()
    accounts = None if keys is None else tuple(sorted(keys))
    is_shown = sys.stderr.isatty()

    def progress(read: int, total: int) -> bool:
        if is_shown:
            sys.stderr.write(f"\rread {read:,} of {total:,} deliveries\x1b[K")
            sys.stderr.flush()
        return True

    with HistoryContract(history.path, Selection(accounts, all_verdicts)) as reader:
        found = reader.read(progress)
    if is_shown:
        sys.stderr.write("\r\x1b[K")
    return found


def _chosen(contract: Contract, event: str | None, *, of_all: bool) -> Sequence[EventContract]:
    """The contracts of one event or of all. Raises ProblemError when there is none."""
    events = contract.ordered()
    if not events:
        raise ProblemError(messages.no_event(of_all=of_all))
    if event is None:
        return events
    if event in contract.events:
        return [contract.events[event]]
    raise ProblemError(messages.no_valid_delivery(event, [one.name for one in events]))
