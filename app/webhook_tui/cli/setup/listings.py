"""Commands that print what the program knows without a session: file locations, keys, the completion script."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click
import click.shell_completion

from webhook_tui.cli.help import command

if TYPE_CHECKING:
    from webhook_tui.places import Places


@command(
    examples=("webhook-tui paths",),
)
@click.pass_obj
def paths(obj: tuple[Places, dict[str, Any]]) -> None:
    """Print file locations."""
    places, _ = obj
    for name, path in (
        ("config", places.config_file),
        ("deliveries", places.deliveries),
        ("accounts", places.accounts),
        ("screen", places.preferences),
        ("log", places.log),
        ("session log", places.session_log),
        ("tunnel log", places.tunnel_log),
        ("known hosts", places.known_hosts),
    ):
        click.echo(f"{name:<12} {path}{'' if path.exists() else '  (not there yet)'}")


@command(
    short_help="List the keys of the screen and their ids.",
    examples=(
        "webhook-tui keys",
        "webhook-tui keys --markdown > KEYS.md",
    ),
)
@click.option("--markdown", is_flag=True, help="As a Markdown table.")
def keys(*, markdown: bool) -> None:
    """List every key of the screen with the id that [keymap] in config.toml takes."""
    from webhook_tui.ui.keymap import as_markdown, as_text

    click.echo(as_markdown() if markdown else as_text())


@command(
    short_help="Print a shell completion script.",
    examples=(
        'eval "$(webhook-tui completion bash)"',
        "webhook-tui completion fish > ~/.config/fish/completions/webhook-tui.fish",
    ),
)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(ctx: click.Context, /, shell: str) -> None:
    """Print the script that completes options and commands: eval "$(webhook-tui completion bash)"."""
    kind = click.shell_completion.get_completion_class(shell)
    assert kind is not None
    click.echo(kind(ctx.find_root().command, {}, "webhook-tui", "_WEBHOOK_TUI_COMPLETE").source())
