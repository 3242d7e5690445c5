"""Stores the values of signing secrets: in the private file itself, or in the system keyring if there is one.

With a keyring the file holds only fingerprints, so a copy of it reveals no secret.
"""

from __future__ import annotations

import logging
from typing import Any, Protocol

from webhook_tui.domain.signature.secret import Secret

SERVICE = "webhook-tui"
_MARK = b"\0keyring\0"
_log = logging.getLogger(__name__)


def is_in_keyring(held: bytes) -> bool:
    """Whether the file holds only the fingerprint of a secret."""
    return held.startswith(_MARK)


class SecretStorage(Protocol):
    """Converts secrets to what the file holds, and back."""

    place: str
    """Where secrets are stored, for people."""
    short_place: str
    """The same in a word or two."""

    def seal(self, secret: Secret) -> bytes:
        """Return what the file holds for `secret`; always the same for the same secret."""

    def keep(self, secret: Secret) -> bytes:
        """Store `secret` and return what the file must hold."""

    def reveal(self, held: bytes) -> Secret | None:
        """Return the secret for `held`; None when it is not available."""

    def forget(self, held: bytes) -> None:
        """Delete what is stored outside the file."""


class FileSecretStorage:
    """Stores secrets in the file itself, which only its owner can read."""

    place = "a file that only you can read"
    short_place = "file, 0600"

    def seal(self, secret: Secret) -> bytes:
        """The secret's own bytes."""
        return secret.key

    def keep(self, secret: Secret) -> bytes:
        """The secret's own bytes."""
        return secret.key

    def reveal(self, held: bytes) -> Secret | None:
        """Return the secret; None when it is in a keyring that is not available."""
        return None if is_in_keyring(held) else Secret(held.decode("utf-8", "surrogateescape"))

    def forget(self, held: bytes) -> None:
        """Does nothing: nothing is stored outside the file."""


class KeyringSecretStorage:
    """Stores secrets in the system keyring; secrets that an earlier run stored in the file are read from it."""

    place = "the system keyring"
    short_place = "keyring"

    def __init__(self, backend: Any) -> None:
        """`backend`: a keyring.backend.KeyringBackend that `find` has tried."""
        self._backend = backend
        self._file = FileSecretStorage()

    @classmethod
    def find(cls) -> KeyringSecretStorage | None:
        """Return the keyring if the `keyring` extra is installed and its backend stores a value.

        The backends `fail` (raises) and `null` (stores nothing) do not.
        """
        try:
            import keyring  # noqa: PLC0415 -- an optional extra
        except ImportError:
            return None
        probe, value = "probe", "works"
        try:
            backend = keyring.get_keyring()
            backend.set_password(SERVICE, probe, value)
            works = backend.get_password(SERVICE, probe) == value
            backend.delete_password(SERVICE, probe)
        except Exception as error:  # noqa: BLE001 -- backends raise arbitrary exceptions; none may end the program
            _log.info("No keyring: %s", type(error).__name__)
            return None
        return cls(backend) if works else None

    def seal(self, secret: Secret) -> bytes:
        """Return a mark and the secret's fingerprint."""
        return _MARK + secret.fingerprint().encode()

    def keep(self, secret: Secret) -> bytes:
        """Store it in the keyring, or in the file when the keyring refuses."""
        try:
            self._backend.set_password(SERVICE, secret.fingerprint(), secret.reveal())
        except Exception as error:  # noqa: BLE001 -- see find
            _log.warning("The keyring did not store a secret: %s", type(error).__name__)
            return self._file.keep(secret)
        return self.seal(secret)

    def reveal(self, held: bytes) -> Secret | None:
        """Return the secret from the keyring, or from the file."""
        if not is_in_keyring(held):
            return self._file.reveal(held)
        try:
            text = self._backend.get_password(SERVICE, held.removeprefix(_MARK).decode())
        except Exception as error:  # noqa: BLE001 -- see find
            _log.warning("The keyring did not return a secret: %s", type(error).__name__)
            return None
        return Secret(text) if text else None

    def forget(self, held: bytes) -> None:
        """Delete it from the keyring, if it is there."""
        if is_in_keyring(held):
            try:
                self._backend.delete_password(SERVICE, held.removeprefix(_MARK).decode())
            except Exception as error:  # noqa: BLE001 -- see find
                _log.warning("The keyring did not delete a secret: %s", type(error).__name__)


def vault() -> SecretStorage:
    """Return the keyring if it works, else the file."""
    return KeyringSecretStorage.find() or FileSecretStorage()
