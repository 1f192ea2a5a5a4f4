"""What is wrong with a text that is to be read aloud."""

from collections.abc import Iterator, Mapping
from typing import Any

from communique.channel import Script, Spot
from communique.language.speech.speaking import long_addresses, unspoken
from communique.phrase import phrase
from communique.problems import Problem, Severity

MOST_PIECES = 6  #: words of an address that a listener keeps in mind, one with the others
LEAST_FILLED = 0.75  #: of its time; a station fills the rest with something


def check_scripts(samples: Mapping[tuple[str, str], Any]) -> Iterator[Problem]:
    """Everything that can be heard in the scripts among the samples, by channel and language."""
    for sample in samples.values():
        for spot in sample.spots if isinstance(sample, Script) else ():
            yield from _unspoken(spot)
            yield from _short(spot)
            yield from _long_addresses(spot)


def _unspoken(spot: Spot) -> Iterator[Problem]:
    for found in unspoken(spot.text):
        yield Problem(
            code="unspoken",
            message=phrase("expected words that can be read aloud, found `{found}`", found=found),
            hint=phrase("Write it as it is said."),
            file=spot.file,
        )


def _long_addresses(spot: Spot) -> Iterator[Problem]:
    for found in long_addresses(spot.written, MOST_PIECES):
        yield Problem(
            code="address-too-long-to-say",
            message=phrase("expected an address that a listener can keep in mind, found `{found}`", found=found),
            hint=phrase("Say the website's own address: `{{ pages.home }}`."),
            severity=Severity.WARNING,
            file=spot.file,
        )


def _short(spot: Spot) -> Iterator[Problem]:
    if spot.takes < LEAST_FILLED * spot.seconds:
        yield Problem(
            code="spot-too-short",
            message=phrase(
                "expected a text that fills {seconds} seconds, found one of {takes:.0f} ({words} words)",
                seconds=spot.seconds,
                takes=spot.takes,
                words=spot.words,
            ),
            hint=phrase("Say more, or give the file the number of seconds that the text takes."),
            severity=Severity.WARNING,
            file=spot.file,
        )
