"""The secret ring of the account in use: saved before it verifies, and used also when it cannot be saved.

A PUT cannot be undone: a secret that could not be saved is used until the end of this run.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence

from webhook_tui.domain.account import Account
from webhook_tui.domain.errors import ProblemError
from webhook_tui.domain.forwarding.forward_result import UsedUrl
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.domain.signature.secret_ring import Origin, SecretRing, SigningSecret
from webhook_tui.domain.signature.signature import Verifier
from webhook_tui.session import messages
from webhook_tui.session.clock import Clock
from webhook_tui.session.status import StatusPublisher
from webhook_tui.storage.accounts import AccountStore


class SecretRingRepository:
    """Loads and saves one account's ring; another token means another account and its ring."""

    def __init__(
        self,
        accounts: AccountStore,
        account: Account,
        given: Sequence[tuple[Secret, Origin]],
        status: StatusPublisher,
        clock: Clock,
    ) -> None:
        """`given`: secrets of this run. Raises ProblemError when the accounts cannot be read."""
        self.accounts = accounts
        self._status = status
        self._clock = clock
        self.account = account
        self.verifier = Verifier(SecretRing())
        """Verifies with the ring in use: what it computes is kept as long as the ring is."""
        self.used_urls: tuple[UsedUrl, ...] = ()
        """Where the user had this account's deliveries sent to, the last used first."""
        for secret, origin in given:
            self.verifier = Verifier(self.ring.added(secret, clock.utc_now(), origin))
        self.withdrawn: frozenset[str] = frozenset()
        """Fingerprints of what was in the account's ring and verifies nothing any more, unless added again."""
        self.ever: frozenset[Secret] = frozenset()
        """Every secret of every ring of this run; read from other threads."""
        self.unanswered = False
        """A registration is under way whose answer may bring a new secret."""
        self.use(account)

    @property
    def ring(self) -> SecretRing:
        """The ring in use."""
        return self.verifier.ring

    def use(self, account: Account) -> None:
        """Change to `account`; the secrets of this run join its ring. Raises ProblemError."""
        ring = self.accounts.ring(account)
        if untrusted := self.accounts.withdraw_untrusted(account):
            self._status.add_note(messages.no_longer_trusted([known.secret.short_id for known in untrusted]))
        self.withdrawn = self.accounts.withdrawn(account)
        of_this_run = (known for known in self.ring.secrets if not known.origin.is_stored)
        self.account = account
        self.used_urls = tuple(self.accounts.used_urls(account))
        for known in of_this_run:
            ring = ring.added(known.secret, known.since, known.origin)
        self._save(ring)
        self._status.change(used_urls=self.used_urls)

    def signing_secret(self) -> Secret:
        """Return the current secret. Raises ProblemError when there is none."""
        current = self.ring.current
        if current is None:
            raise ProblemError(messages.NO_SECRET)
        return current.secret

    def newest_secret(self) -> Secret:
        """Return the current secret; without one, the newest that was given. Raises ProblemError when there is none."""
        newest = self.ring.newest_first()
        if not newest:
            raise ProblemError(messages.NO_SECRET)
        return newest[0].secret

    def registered(self, secret: Secret) -> None:
        """A PUT returned `secret`: it is the current one from now on."""
        self._save(self.ring.registered(secret, self._clock.utc_now()))

    def add(self, secret: Secret, *, keep: bool) -> bool:
        """Add a secret of the user, for every run or for this one; False when the ring has it."""
        before = self.ring
        self._save(before.added(secret, self._clock.utc_now(), Origin.KEPT if keep else Origin.ENTERED))
        return self.ring != before

    def remove(self, known: SigningSecret) -> None:
        """Remove a secret from the ring. Raises ProblemError when it could not be removed from the file."""
        if known.origin.is_stored:
            self.accounts.remove_secret(self.account, known)
        self.verifier = Verifier(self.ring.removed(known.secret_id))

    def ended(self) -> None:
        """Nothing is registered any more: no secret is current."""
        self._save(self.ring.ended(self._clock.utc_now()))

    def end_registration(self, registration_id: int) -> None:
        """Record that a registration was deleted, replaced or given up."""
        with _ignore_write_errors():
            self.accounts.end_registration(registration_id, self._clock.utc_now())

    def remember_ownership_asked(self) -> None:
        """Record that the user consents to replacing a webhook that PiktID does not show."""
        with _ignore_write_errors():
            self.accounts.record_ownership_asked(self.account, self._clock.utc_now())

    def remember_url(self, url: str | None) -> None:
        """Record where the user has deliveries sent to, as a suggestion for the next time."""
        if url is None:
            return
        used = UsedUrl(url, self._clock.utc_now())
        self.used_urls = (used, *(other for other in self.used_urls if other.url != url))
        with _ignore_write_errors():
            self.accounts.record_used_url(self.account, used)
        self._status.change(used_urls=self.used_urls)

    def save_token(self, api_url: str, token: Secret) -> str:
        """Save the token for the next run; returns where, in words. Raises ProblemError."""
        self.accounts.save_token(api_url, token)
        return self.accounts.place

    def _save(self, ring: SecretRing) -> None:
        is_saved = False
        with _ignore_write_errors():
            self.accounts.save_ring(self.account, ring)
            is_saved = True
        self.verifier = Verifier(ring)
        self.ever |= {known.secret for known in ring.secrets}
        if is_saved:
            self._status.remove_note(messages.SECRET_NOT_KEPT)
        else:
            self._status.add_note(messages.SECRET_NOT_KEPT)


@contextlib.contextmanager
def _ignore_write_errors() -> Iterator[None]:
    """Ignore write errors: the API call already succeeded."""
    with contextlib.suppress(ProblemError):
        yield
