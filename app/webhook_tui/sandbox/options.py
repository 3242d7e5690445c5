"""Options of the sandbox: one for each behaviour that PiktID does not document."""

from __future__ import annotations

from msgspec import Struct

from webhook_tui.domain.scenario import LINKS_URL, Scenario
from webhook_tui.domain.signature.secret import Secret


class SandboxOptions(Struct, frozen=True, kw_only=True):
    """Settings of one sandbox. *Ours*: not documented by PiktID; the default is our choice."""

    token: Secret | None = None
    """The only token that is accepted; None: any that is not empty."""
    play: bool = False
    """Play sample jobs after the first registration."""
    scenario: Scenario | None = None
    """Play this recording once, as recorded, instead of sample jobs: each attempt is sent once, whatever the answer."""
    speed: float = 1.0
    """The scenario's pauses are divided by this."""
    with_faults: bool = False
    """Let some of the first sample deliveries be wrongly signed, and one be retried."""
    former_secret: Secret | None = None
    """Signs deliveries with the fault OLDER until a registration was replaced; the receiver must know it, too."""
    job_every_seconds: float = 20.0
    """Between the starts of two sample jobs, once the first ones are over."""

    images_url: str = LINKS_URL
    """What the image links of sample jobs, and the pseudonyms of links in a scenario, begin with; `/sandbox/images` at
    the sandbox's own address serves them."""

    backfill_seconds: float = 600.0
    """How old an event of the backfill may be (documented: up to 10 minutes)."""
    keepalive_seconds: float = 15.0
    """Between two comments on a stream (documented: about 15 s)."""

    ping_before_answer: bool = False
    """*Ours*: hold the PUT's answer until the first attempt of its ping is over."""
    ping_on_stream: bool = True
    """*Ours*: show pings on the event stream, too."""
    consumed_by_delivery: bool = False
    """*Ours*: a successful delivery takes the event out of the backfill."""
    get_status: int | None = None
    """*Ours*: GET /webhooks, which has no page, always answers this status, empty; None: 200, or 404 without one."""
    delete_status: int = 200
    """*Ours*: of a DELETE /webhooks that deleted one."""
    invalid_status: int = 422
    """*Ours*: carries the documented shape of a validation error."""
    https_only: bool = False
    """*Ours*: refuse http URLs; documented examples have one."""

    attempts: int = 6
    """*Ours*: how often one event is tried at most."""
    first_delay_seconds: float = 2.0
    """*Ours*: from the end of the first attempt to the second."""
    factor: float = 2.0
    """*Ours*: each further delay is so many times the one before (documented: exponential)."""
    jitter: float = 0.1
    """*Ours*: each delay differs by up to this part of it, either way."""
    timeout_seconds: float = 10.0
    """*Ours*: how long one attempt waits for its answer."""
    at_once: int = 8
    """*Ours*: how many attempts are under way at most."""
    retries_keep_secret: bool = False
    """*Ours*: sign retries with the secret of the first attempt, also after a rotation."""
    delay_seconds: float = 3.0
    """How long DELAY waits."""
    first_event_id: int = 90_400
    """*Ours*: ids count up from here; documented as integers."""
