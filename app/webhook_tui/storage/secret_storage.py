"""Where the value of a signing secret lies: in the private file itself, or in the system keyring where one works.

With a keyring the file holds only a fingerprint, so that a copy of it gives nothing away.
"""

from __future__ import annotations

import logging
from typing import Any, Protocol

from webhook_tui.domain.signature.secret import Secret

SERVICE = "webhook-tui"
_MARK = b"\0keyring\0"
_log = logging.getLogger(__name__)


class SecretStorage(Protocol):
    """Turns secrets into what the file holds, and back."""

    place: str
    """Where they lie, for people."""
    short_place: str
    """The same in a word or two."""

    def seal(self, secret: Secret) -> bytes:
        """What the file holds for `secret`; always the same for the same secret."""
        ...

    def keep(self, secret: Secret) -> bytes:
        """See to it that `secret` can be had again, and give what the file is to hold."""
        ...

    def reveal(self, held: bytes) -> Secret | None:
        """The secret of which the file holds `held`; None when it cannot be had (any more)."""
        ...

    def forget(self, held: bytes) -> None:
        """Let go of what lies outside the file, if anything does."""
        ...


class FileSecretStorage:
    """The file itself holds the secrets; it is readable by its owner alone."""

    place = "a file that only you can read"
    short_place = "file, 0600"

    def seal(self, secret: Secret) -> bytes:
        """The secret's own bytes."""
        return secret.key

    def keep(self, secret: Secret) -> bytes:
        """The secret's own bytes."""
        return secret.key

    def reveal(self, held: bytes) -> Secret | None:
        """The secret, unless a keyring that is not there has it."""
        return None if held.startswith(_MARK) else Secret(held.decode("utf-8", "surrogateescape"))

    def forget(self, held: bytes) -> None:
        """Nothing lies outside the file."""


class KeyringSecretStorage:
    """The system keyring holds the secrets; what an earlier run left in the file is still read from it."""

    place = "the system keyring"
    short_place = "keyring"

    def __init__(self, backend: Any) -> None:
        """`backend`: a keyring.backend.KeyringBackend that `find` has tried."""
        self._backend = backend
        self._file = FileSecretStorage()

    @classmethod
    def find(cls) -> KeyringSecretStorage | None:
        """The keyring of this machine, if the `keyring` extra is installed and its backend really keeps a value.

        The backends `fail` (raises) and `null` (forgets) do not.
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
        except Exception as error:  # noqa: BLE001 -- backends raise what they like; none of it may end the program
            _log.info("no keyring: %s", type(error).__name__)
            return None
        return cls(backend) if works else None

    def seal(self, secret: Secret) -> bytes:
        """A mark and the secret's fingerprint."""
        return _MARK + secret.fingerprint().encode()

    def keep(self, secret: Secret) -> bytes:
        """Put it into the keyring; the file holds it itself where the keyring takes nothing any more."""
        try:
            self._backend.set_password(SERVICE, secret.fingerprint(), secret.reveal())
        except Exception as error:  # noqa: BLE001 -- see find
            _log.warning("the keyring took no secret: %s", type(error).__name__)
            return self._file.keep(secret)
        return self.seal(secret)

    def reveal(self, held: bytes) -> Secret | None:
        """From the keyring, or from the file what lies there."""
        if not held.startswith(_MARK):
            return self._file.reveal(held)
        try:
            text = self._backend.get_password(SERVICE, held.removeprefix(_MARK).decode())
        except Exception as error:  # noqa: BLE001 -- see find
            _log.warning("the keyring gave no secret: %s", type(error).__name__)
            return None
        return Secret(text) if text else None

    def forget(self, held: bytes) -> None:
        """Take it out of the keyring, if it is there."""
        if held.startswith(_MARK):
            try:
                self._backend.delete_password(SERVICE, held.removeprefix(_MARK).decode())
            except Exception as error:  # noqa: BLE001 -- see find
                _log.warning("the keyring let go of no secret: %s", type(error).__name__)


def vault() -> SecretStorage:
    """The keyring where it works, else the file."""
    return KeyringSecretStorage.find() or FileSecretStorage()
