"""Every action of the main screen: id, keys, footer label, tooltip; bindings, palette and help are made of it."""

from __future__ import annotations

from msgspec import Struct
from textual.binding import Binding


class Action(Struct, frozen=True):
    """One action; the main screen has a handler for each id."""

    id: str
    """The name that a keymap uses."""
    tooltip: str
    keys: str = ""
    """Textual's names, separated by commas; "": it is in the palette only."""
    label: str = ""
    """For the footer."""
    key_display: str | None = None
    in_footer: bool = False
    needs_delivery: bool = False
    """Whether it is available only while the table of deliveries is shown."""
    needs_session: bool = False
    """Whether it is available only while the session runs."""
    runs: str = ""
    """Textual's name of the action that it runs; "": the screen's handler for the id."""

    def binding(self) -> Binding:
        """Return the binding of the main screen for it."""
        return Binding(
            self.keys,
            self.runs or run_action(self.id),
            self.label,
            show=self.in_footer,
            key_display=self.key_display,
            id=self.id,
            tooltip=self.tooltip,
        )


def run_action(name: str) -> str:
    """Return Textual's name for running the action with that id from the screen."""
    return f"run({name!r})"


def screen_action(name: str) -> str:
    """Return the same for running it from any widget of the screen."""
    return f"screen.{run_action(name)}"


ACTIONS: tuple[Action, ...] = (
    Action("app.status", "status: counts, times, route, QR code", "i", "Status"),
    Action("app.jobs", "jobs: their events and images", "J", "Jobs"),
    Action("app.contract", "contract: what each event's payloads hold", "C", "Contract"),
    Action("app.handler_test", "test my handler: valid, forged and malformed deliveries", "T", "Test my handler"),
    Action("work.stop", "stop the export, replay, download or deletion that is under way", "x", "Stop", in_footer=True),
    Action("work.pause", "pause the replay that is under way, or resume it", "P", "Pause", in_footer=True),
    Action("table.filter", "filter", "slash", "Filter", "/", in_footer=True, needs_delivery=True),
    Action("table.show_all", "show all, no filter", "escape", "Show all", "esc", in_footer=True, needs_delivery=True),
    Action("table.toggle_filter", "turn the last filter off or on", "backslash", "Filter off, on", needs_delivery=True),
    Action("table.sort", "sort by the next column", "O", "Sort", needs_delivery=True),
    Action("delivery.why", "why this verdict", "w", "Why", in_footer=True, needs_delivery=True),
    Action(
        "delivery.replay",
        "replay: send this delivery again, or several",
        "r",
        "Replay",
        in_footer=True,
        needs_delivery=True,
    ),
    Action("delivery.edit", "edit in $EDITOR, then replay", "R", "Edit", needs_delivery=True),
    Action("delivery.copy_as", "copy: payload, curl, Python, ...", "y", "Copy", in_footer=True, needs_delivery=True),
    Action("stream.show", "compare webhook and SSE", "s", "SSE", in_footer=True),
    Action("receiver.answers", "how the receiver answers", "a", "Answers", in_footer=True),
    Action("table.follow", "follow the newest delivery", "f", "Follow", needs_delivery=True),
    Action("screen.back", "back; closes the notice", "escape", "Back"),
    Action("screen.next_pane", "next pane", "tab", "Next pane"),
    Action("screen.previous_pane", "previous pane", "shift+tab", "Previous pane"),
    Action("tabs.previous", "previous tab", "left_square_bracket", "Previous tab", needs_delivery=True),
    Action("tabs.next", "next tab", "right_square_bracket", "Next tab", needs_delivery=True),
    Action("table.into_detail", "into the detail", "right", "Detail"),
    Action("detail.zoom", "zoom the detail", "z", "Zoom", needs_delivery=True),
    Action("detail.grow", "a larger detail", "less_than_sign", "Larger detail", needs_delivery=True),
    Action("detail.shrink", "a smaller detail", "greater_than_sign", "Smaller detail", needs_delivery=True),
    Action("piktid.ping", "send a test ping", "t", "Test ping", needs_session=True),
    Action("piktid.register", "register the webhook (asks if it is healthy)", "u", "Register"),
    Action("piktid.delete", "delete the webhook", "X", "Delete", needs_session=True),
    Action("piktid.add_secret", "add a secret to the ring", "p", "Add secret"),
    Action("payload.next_match", "next match in the payload", "n", "Next match", needs_delivery=True),
    Action("payload.match_before", "previous match", "N", "Previous match", needs_delivery=True),
    Action("payload.query", "query the payload (JMESPath)", "Q", "Query", needs_delivery=True),
    Action("delivery.export", "export into a file", "e", "Export", needs_delivery=True),
    Action("delivery.mark", "mark, or remove the mark", "m", "Mark", needs_delivery=True),
    Action("delivery.diff", "diff with the marked delivery", "D", "Diff", needs_delivery=True),
    Action("payload.open_link", "show the image, or open a link…", "o", "Image", needs_delivery=True),
    Action("delivery.comment", "comment", "semicolon", "Comment", needs_delivery=True),
    Action("piktid.copy_url", "copy the public URL", "c", "Copy URL", in_footer=True),
    Action("piktid.secret", "the signing secrets: list, reveal, add, remove", "S", "Secret", in_footer=True),
    Action(
        "screen.commands", "all commands", "colon,ctrl+p", "Commands", ":", in_footer=True, runs="app.command_palette"
    ),
    Action("screen.help", "the keys that work here", "question_mark,f1", "Help", "?", in_footer=True),
    Action("screen.leave", "leave", "q,ctrl+q", "Leave", "q", in_footer=True),
    Action("history.runs", "the runs in the history", label="Earlier runs", needs_delivery=True),
    Action("delivery.delete", "asks first", label="Delete this delivery", needs_delivery=True),
    Action("history.clear", "asks first", label="Delete all except marked", needs_delivery=True),
    Action("image.forget_hosts", "ask again before images are loaded", label="Forget image hosts"),
    Action("route.addresses", "what the status line shortens; copy", label="Addresses in full"),
    Action("receiver.forward", "to your own app; its answer goes back", label="Forward every delivery"),
    Action("delivery.simulate", "signed, to the receiver or a URL", label="Simulate an event"),
    Action("screen.tips", "of the first minute, from the first one on", label="Show the tips again"),
    Action("screen.reset", "theme, tab, filter and split as at the first start", label="Reset layout"),
    Action("route.check", "check whether it reaches the receiver", label="Check the public URL"),
)
BY_ID = {action.id: action for action in ACTIONS}
BINDINGS = [action.binding() for action in ACTIONS if action.keys]
PALETTE_ONLY = tuple(action for action in ACTIONS if not action.keys)
"""Their label is the command's name."""
