"""What is wrong with the words that a television script puts on the screen."""

from collections.abc import Iterator, Mapping
from typing import Any

from communique.channel import Drawing, Script, Shot, Spot
from communique.phrase import phrase
from communique.plan.checks.card import drawing_faults
from communique.problems import Problem
from communique.texts.television import seconds_to_read


def check_screens(samples: Mapping[tuple[str, str], Any]) -> Iterator[Problem]:
    """Everything that can be seen in the television scripts among the samples, by channel and language."""
    cards: dict[str, tuple[Drawing, str]] = {}
    for sample in samples.values():
        for spot in sample.spots if isinstance(sample, Script) else ():
            for shot in spot.shots:
                yield from _gone_too_soon(spot, shot)
                cards |= {each.card.source: (each.card, spot.file) for each in shot.overlays if each.card}
    for card, file in cards.values():
        yield from drawing_faults(card, file)
    # Where words lie is the layout's: it is one fault, however many words it has.
    layouts = {(card.file, place) for card, _ in cards.values() for place in _outside(card)}
    for layout, (line, found) in sorted(layouts):
        yield Problem(
            code="outside-the-safe-area",
            message=phrase("expected everything at least 5 % from the edges of the screen, found {found}", found=found),
            hint=phrase("Many screens show no more than that (EBU R 95): move it, or make it smaller."),
            file=layout,
            line=line,
            column=1,
        )


def _gone_too_soon(spot: Spot, shot: Shot) -> Iterator[Problem]:
    needed = seconds_to_read(shot.overlays)
    if shot.overlays and shot.takes < needed:
        shown = " / ".join(each.text for each in shot.overlays)
        yield Problem(
            code="super-too-short",
            message=phrase(
                "expected time to read “{shown}”, {needed:.1f} seconds, found a shot of {takes:.1f}",
                shown=shown,
                needed=needed,
                takes=shot.takes,
            ),
            hint=phrase("Show fewer words, or say more while they stand there."),
            file=spot.file,
        )


def _outside(card: Drawing) -> Iterator[tuple[int, str]]:
    from communique.drawing.safe_area import outside  # loads what reads drawings, for scripts that have one

    return iter(outside(card.source))
