"""What `webhook-tui verify` does: verifies one signature offline, with the explanation of the screen."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from webhook_tui.domain.delivery.delivery import Delivery
from webhook_tui.domain.errors import ExitCode, ProblemError
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.domain.signature.verification import Verification, as_json, as_text, verify, verify_delivery
from webhook_tui.export.json_lines import delivery_from
from webhook_tui.headless import messages


def run(
    secrets: Sequence[Secret],
    signature: str | None,
    delivery: Path | None,
    body: BinaryIO,
    *,
    output: str,
    seconds: float,
) -> int:
    """Verify, print the outcome, and return the exit code: 0 valid (or older), 1 not.

    `seconds`: time limit of the search for a cause.
    """
    verification = _checked(secrets, signature, delivery, body, seconds)
    sys.stdout.write(f"{as_json(verification) if output == 'json' else as_text(verification)}\n")
    return ExitCode.OK if verification.is_good else ExitCode.FAILURE


def _checked(
    secrets: Sequence[Secret], signature: str | None, delivery: Path | None, body: BinaryIO, seconds: float
) -> Verification:
    if delivery is not None:
        return verify_delivery(read_delivery(delivery), secrets, clock=time.monotonic, seconds=seconds)
    return verify(secrets, signature, body.read(), clock=time.monotonic, seconds=seconds)


def read_delivery(path: Path) -> Delivery:
    """Return the first delivery in the output of `listen --format json`; - is standard input.

    Raises ProblemError (usage) when there is none.
    """
    try:
        text = sys.stdin.read() if str(path) == "-" else path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ProblemError(messages.nothing_to_verify(path)) from error
    for line in filter(str.strip, text.removeprefix("\ufeff").split("\n")):
        try:
            record = json.loads(line)
            if record.get("type") == "delivery":
                return delivery_from(record)
        except (ValueError, AttributeError, RecursionError) as error:
            raise ProblemError(messages.nothing_to_verify(path)) from error
    raise ProblemError(messages.nothing_to_verify(path))
