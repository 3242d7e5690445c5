"""The secret ring of the account in use: on disk before anyone judges by it, and in force when the disk takes nothing.

A PUT that PiktID has answered cannot be undone: a secret that could not be kept is lost with this run, and not before.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from webhook_tui.domain.account import Account
from webhook_tui.domain.problem import Problem, ProblemError, Severity
from webhook_tui.domain.ring import Origin, SecretRing, SigningSecret
from webhook_tui.domain.secret import Secret
from webhook_tui.domain.sent import UsedUrl
from webhook_tui.store import AccountStore

NOT_KEPT = Problem(
    "The signing secret is kept for this run only: accounts.db cannot be written.",
    "Mend that (webhook-tui paths says where it is), then register again.",
    severity=Severity.WARNING,
)


def no_longer_trusted(secrets: Sequence[SigningSecret]) -> Problem:
    """Said once of what an earlier version stored."""
    ids = ", ".join(known.secret.short_id for known in secrets)
    what = (
        f"A secret added in an earlier version verifies nothing any more: {ids}."
        if len(secrets) == 1
        else f"{len(secrets)} secrets added in an earlier version verify nothing any more: {ids}."
    )
    return Problem(what, "It kept --secret for every run. Add again what you trust.", severity=Severity.WARNING)


class RingKeeper:
    """Keeps one account's ring; another token means another account and its ring."""

    def __init__(
        self,
        accounts: AccountStore,
        account: Account,
        given: Sequence[tuple[Secret, Origin]],
        now: Callable[[], datetime],
        *,
        kept: Callable[[bool], None] = lambda _: None,
        note: Callable[[Problem], None] = lambda _: None,
    ) -> None:
        """`given`: secrets of this run. `kept`: told with each change of the ring whether the file has it, too.

        `note`: told what the user should know of the ring. Raises ProblemError.
        """
        self.accounts = accounts
        self._now = now
        self._kept = kept
        self._note = note
        self.account = account
        self.ring = SecretRing()
        self.used_urls: tuple[UsedUrl, ...] = ()
        """Where the user had this account's deliveries sent to, the last used first."""
        for secret, origin in given:
            self.ring = self.ring.added(secret, now(), origin)
        self.withdrawn: frozenset[str] = frozenset()
        """Fingerprints of what was in the account's ring and verifies nothing any more, unless added again."""
        self.ever: dict[Secret, None] = {}
        """Every secret of every ring of this run."""
        self.unanswered = False
        """A registration is under way, whose answer may bring a new secret."""
        self.use(account)

    def use(self, account: Account) -> None:
        """Change to `account`; the secrets of this run join its ring. Raises ProblemError."""
        ring = self.accounts.ring(account)
        if untrusted := self.accounts.withdraw_untrusted(account):
            self._note(no_longer_trusted(untrusted))
        self.withdrawn = self.accounts.withdrawn(account)
        of_this_run = (known for known in self.ring.secrets if not known.origin.is_stored)
        self.account = account
        self.used_urls = tuple(self.accounts.used_urls(account))
        for known in of_this_run:
            ring = ring.added(known.secret, known.since, known.origin)
        self._keep(ring)

    def registered(self, secret: Secret) -> None:
        """A PUT gave `secret`: it is the current one from now on."""
        self._keep(self.ring.registered(secret, self._now()))

    def added(self, secret: Secret, *, keep: bool) -> bool:
        """The user gave `secret`, for every run or for this one; False when the ring had it."""
        before = self.ring
        self._keep(before.added(secret, self._now(), Origin.KEPT if keep else Origin.ENTERED))
        return self.ring != before

    def removed(self, known: SigningSecret) -> None:
        """The user wants a secret out of the ring. Raises ProblemError when the file still has it."""
        if known.origin.is_stored:
            self.accounts.remove_secret(self.account, known)
        self.ring = self.ring.removed(known.secret_id)

    def ended(self) -> None:
        """Nothing is registered any more: no secret is current."""
        self._keep(self.ring.ended(self._now()))

    def end_registration(self, registration: int) -> None:
        """It was deleted, replaced or given up."""
        with _where_it_can_be_written():
            self.accounts.end_registration(registration, self._now())

    def remember_guard_asked(self) -> None:
        """The user said that a webhook that nobody can see may be replaced."""
        with _where_it_can_be_written():
            self.accounts.remember_guard_asked(self.account, self._now())

    def remember_url(self, url: str) -> None:
        """The user has deliveries sent there."""
        used = UsedUrl(url, self._now())
        self.used_urls = (used, *(other for other in self.used_urls if other.url != url))
        with _where_it_can_be_written():
            self.accounts.record_used_url(self.account, used)

    def _keep(self, ring: SecretRing) -> None:
        is_kept = False
        with _where_it_can_be_written():
            self.accounts.save_ring(self.account, ring)
            is_kept = True
        self.ring = ring
        self.ever |= {known.secret: None for known in ring.secrets}
        self._kept(is_kept)


@contextlib.contextmanager
def _where_it_can_be_written() -> Iterator[None]:
    """What happened has happened, whether the file takes it or not."""
    with contextlib.suppress(ProblemError):
        yield
