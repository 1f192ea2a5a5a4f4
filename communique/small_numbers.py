"""Numbers of people that may be handed on: where there are few, they could be recognised, so they are not counted out.

A hidden number must not come out as the rest of a total either. So at least two parts of a total are hidden, and
together they are not few (statistical disclosure control: primary and complementary suppression).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from communique.phrase import phrase


@dataclass(frozen=True, slots=True)
class Shown:
    """A number of people, or what is said instead."""

    number: int | None
    instead: str = ""

    def __str__(self) -> str:
        return self.instead or str(self.number)


HIDDEN = Shown(None, phrase("not shown"))  #: lest others can be worked out


def shown(number: int, least: int) -> Shown:
    """A number that stands in no sum. Nobody is nobody's secret."""
    return Shown(None, phrase("fewer than {least}", least=least)) if 0 < number < least else Shown(number)


def shown_in_total(parts: Mapping[str, int], least: int) -> tuple[dict[str, Shown], Shown]:
    """Parts that add up to a total, and the total."""
    found = {name: shown(number, least) for name, number in parts.items()}
    others = sorted((number, name) for name, number in parts.items() if number >= least)
    while (few := [name for name, each in found.items() if each.instead]) and _come_out(few, parts, least) and others:
        found[others.pop(0)[1]] = HIDDEN
    total = sum(parts.values())
    return found, HIDDEN if _come_out(few, parts, least) and total >= least else shown(total, least)


def _come_out(hidden: list[str], parts: Mapping[str, int], least: int) -> bool:
    """Whether who takes the others from the total knows one of them, or that they are few."""
    return len(hidden) == 1 or 0 < sum(parts[name] for name in hidden) < least
