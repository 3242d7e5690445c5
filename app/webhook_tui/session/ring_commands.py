"""What the user asks of the secret ring: list it, try, add, remove and reveal a secret, and say what that changed."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeAlias

from webhook_tui.domain import units
from webhook_tui.domain.facts import ProblemOccurred, SecretRevealed, SecretsListed, SecretTried, WishGranted
from webhook_tui.domain.problem import ProblemError
from webhook_tui.domain.ring import SigningSecret, cannot_remove
from webhook_tui.domain.secret import Secret
from webhook_tui.domain.wishes import AddSecretWish, ListSecrets, RemoveSecret, RevealSecretWish, TrySecret
from webhook_tui.session.board import Board
from webhook_tui.session.judge import Judge, Rechecked
from webhook_tui.session.keeper import RingKeeper
from webhook_tui.store import DeliveryStore

RingCommand: TypeAlias = AddSecretWish | RemoveSecret | ListSecrets | TrySecret | RevealSecretWish


class RingCommands:
    """Runs on the session's loop."""

    def __init__(self, keeper: RingKeeper, judge: Judge, store: DeliveryStore, board: Board) -> None:
        self._keeper = keeper
        self._judge = judge
        self._store = store
        self._board = board
        self._tried: Secret | None = None

    async def carry_out(self, command: RingCommand) -> None:
        """Do it; what fails is said as a ProblemOccurred."""
        try:
            match command:
                case AddSecretWish(secret, keep):
                    await self._add(secret, keep=keep)
                case RemoveSecret(secret_id):
                    await self._remove(secret_id)
                case ListSecrets():
                    await self._list()
                case TrySecret(secret):
                    await self._try(secret)
                case RevealSecretWish(secret_id):
                    known = self._keeper.ring.get(secret_id)
                    self._board.emit(SecretRevealed(secret_id, None if known is None else known.secret.reveal()))
        except ProblemError as error:
            self._board.emit(ProblemOccurred(error.problem))

    async def _add(self, secret: Secret, *, keep: bool) -> None:
        if not self._keeper.added(secret, keep=keep):
            self._board.emit(WishGranted(f"The ring has this secret already: {secret.short_id}."))
            return
        rechecked = await self._judge.recheck()
        self._board.emit(WishGranted(added_sentence(rechecked)))
        await self._list()

    async def _remove(self, secret_id: str) -> None:
        known = self._keeper.ring.get(secret_id)
        if known is None:
            return
        if known is self._keeper.ring.current:
            self._board.emit(ProblemOccurred(cannot_remove(known)))
            return
        self._keeper.removed(known)
        rechecked = await self._judge.recheck(frozenset({secret_id}))
        self._board.emit(WishGranted(_removed_sentence(known, rechecked)))
        await self._list()

    async def _list(self) -> None:
        counts = await self._store.count_by_secret(self._keeper.account)
        entries = (replace(entry, verifies=counts.get(entry.secret_id, 0)) for entry in self._keeper.ring.entries())
        self._board.emit(SecretsListed(tuple(entries)))

    async def _try(self, secret: Secret) -> None:
        """Of those that are tried meanwhile only the last is answered."""
        self._tried = secret
        secret_id = secret.fingerprint()
        known = next((one for one in self._keeper.ring.entries() if one.secret_id == secret_id), None)
        if known is not None and known.is_trusted:
            self._board.emit(SecretTried(secret_id, known))
            return
        trial = await self._judge.try_secret(secret, lambda: self._tried is not secret)
        if self._tried is secret:
            self._board.emit(SecretTried(secret_id, None, trial.matches, trial.pending, trial.tried, trial.is_all))


def added_sentence(rechecked: Rechecked) -> str:
    """`Secret added. Re-checked 4 deliveries: 2 are now valid.`"""
    if not rechecked.checked:
        return "Secret added. There was no delivery to re-check."
    noun = "delivery" if rechecked.checked == 1 else "deliveries"
    now_valid = {0: "none is valid with it", 1: "1 is now valid"}.get(
        rechecked.valid, f"{units.count(rechecked.valid)} are now valid"
    )
    return f"Secret added. Re-checked {units.count(rechecked.checked)} {noun}: {now_valid}."


def _removed_sentence(known: SigningSecret, rechecked: Rechecked) -> str:
    changed = {0: "No delivery was valid with it", 1: "1 delivery is no longer valid"}.get(
        rechecked.invalid, f"{units.count(rechecked.invalid)} deliveries are no longer valid"
    )
    return f"Secret {known.secret.short_id} removed. {changed}."
