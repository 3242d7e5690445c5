"""How a signature may differ from the documented one, in words; several differences together make one cause."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from webhook_tui.domain.delivery.text import shortened, visible
from webhook_tui.domain.diagnostics.catalogue import CATALOGUE, HEADLINES, JSON_ADVICE, JSON_CHANGES
from webhook_tui.domain.diagnostics.report import Cause
from webhook_tui.domain.units import counted

LONGEST_HEADLINE = 60
LONGEST_SHORT = 34
LONGEST_PHRASE = LONGEST_SHORT - len("Fits .")

_NUMBERS = {2: "two", 3: "three", 4: "four", 5: "five"}
_LONGEST_VALUE = 40


class Difference(msgspec.Struct, frozen=True):
    """One way in which a signature differs from the documented one. None of its texts holds a secret."""

    code: str
    """A stable word for scripts: a key of `CATALOGUE` or `JSON_CHANGES`."""
    values: tuple[tuple[str, str], ...] = ()
    advice: str = ""
    """For a change of JSON, what to do: a key of `JSON_ADVICE`."""

    @property
    def phrase(self) -> str:
        """What follows `Fits`, at most 28 characters."""
        return shortened(self._filled(self._texts[0]), LONGEST_PHRASE)

    @property
    def headline(self) -> str:
        """A sentence of at most 60 characters."""
        if self.code in HEADLINES:
            return self._filled(HEADLINES[self.code][0])
        long = self._filled(self._texts[3]) if len(self._texts) > 3 else ""
        return f"It fits {long if 0 < len(long) <= LONGEST_HEADLINE - len('It fits .') else self.phrase}."

    @property
    def short_reason(self) -> str:
        """A sentence of at most 34 characters."""
        return self._filled(HEADLINES[self.code][1]) if self.code in HEADLINES else f"Fits {self.phrase}."

    @property
    def why(self) -> str:
        """What happened, in a sentence or two."""
        return self._filled(self._texts[1])

    @property
    def change(self) -> str:
        """What to change, in a sentence or two."""
        return self._filled(self._texts[2]) if self.code in CATALOGUE else JSON_ADVICE[self.advice]

    @property
    def _texts(self) -> tuple[str, ...]:
        return CATALOGUE.get(self.code) or JSON_CHANGES[self.code]

    def _filled(self, text: str) -> str:
        return text.format(**dict(self.values)) if self.values else text


class Message(msgspec.Struct, frozen=True):
    """Bytes that may have been signed, and how they differ from the body that arrived."""

    content: bytes
    differences: tuple[Difference, ...] = ()
    common: bool = False
    """Frequent enough to be tried with every variant of the secret, too."""
    base: bytes | None = None
    """JSON of which `content` is another form: the differences are computed from the two when it fits."""


def difference(code: str, **values: object) -> Difference:
    """Return the difference of that code; received text among the values is sanitised and cut to 40 characters."""
    if not values:
        return Difference(code)
    shown = ((name, shortened(visible(str(value)), _LONGEST_VALUE)) for name, value in values.items())
    return Difference(code, tuple(shown))


def variant(content: bytes, code: str, *, common: bool = False, **values: object) -> Message:
    """Return a message that differs from the body in the way of that code."""
    return Message(content, (difference(code, **values),), common)


def cause_of(differences: Sequence[Difference], signed: int, received: int) -> Cause:
    """Return the cause that these differences (at least one) make, of bodies of `signed` and `received` bytes."""
    sizes = "" if signed == received else f" {_bytes(signed)} signed and {received:,} arrived."
    why = " ".join(dict.fromkeys(one.why for one in differences))
    change = " ".join(dict.fromkeys(one.change for one in differences))
    code = "+".join(dict.fromkeys(one.code for one in differences))
    first = differences[0]
    if len(differences) == 1 or first.code in HEADLINES:
        return Cause(code, first.headline, first.short_reason, why + sizes, change)
    *before, last = [one.phrase for one in differences]
    headline = f"It fits {', '.join(before)} and {last}."
    if len(headline) > LONGEST_HEADLINE:
        headline = f"It fits {first.phrase}; {counted(len(before), 'more difference')}."
    return Cause(code, headline, f"Fits with {_counted(differences)}.", why + sizes, change)


def note_of(differences: Sequence[Difference]) -> str:
    """Return what the ring's line says of the secret with which the differences fit."""
    if not differences:
        return "fits"
    return f"fits only {differences[0].phrase if len(differences) == 1 else f'with {_counted(differences)}'}"


def _counted(differences: Sequence[Difference]) -> str:
    return f"{_NUMBERS.get(len(differences), str(len(differences)))} differences"


def _bytes(count: int) -> str:
    return "1 byte was" if count == 1 else f"{count:,} bytes were"
