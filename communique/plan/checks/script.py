"""What is wrong with a text that is to be read aloud."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from communique.channel import Script, Spot
from communique.language.speech.speaking import long_addresses, unspoken
from communique.phrase import phrase
from communique.problems import Problem, Severity

MOST_PIECES = 6  #: words of an address that a listener keeps in mind, one with the others
_CLICKED = re.compile(
    r"\b(?:click|(?:haga|haz|hacer) clic|pinch[ae]|cliqu(?:ez|er|e|ar)|(?:link|form) below|enlace de abajo|"
    r"lien ci-dessous|link abaixo)\b|انقر|اضغط(?:وا)? على",
    re.IGNORECASE,
)
LEAST_FILLED = 0.75  #: of its time; a station fills the rest with something


def check_scripts(samples: Mapping[tuple[str, str], Any]) -> Iterator[tuple[Problem, str]]:
    """Everything that can be heard in the scripts among the samples, with words of the line where it is."""
    for sample in samples.values():
        for spot in sample.spots if isinstance(sample, Script) else ():
            yield from _unspoken(spot)
            yield from _of_a_screen(spot)
            yield from _short(spot)
            yield from _long_addresses(spot)


def _unspoken(spot: Spot) -> Iterator[tuple[Problem, str]]:
    for found in unspoken(spot.text):
        problem = Problem(
            code="unspoken",
            message=phrase("expected words that can be read aloud, found `{found}`", found=found),
            hint=phrase("Write it as it is said."),
            file=spot.file,
        )
        yield problem, found


def _of_a_screen(spot: Spot) -> Iterator[tuple[Problem, str]]:
    for found in dict.fromkeys(match[0] for match in _CLICKED.finditer(spot.written)):
        problem = Problem(
            code="unspoken",
            message=phrase("expected words for people who listen, found “{found}”, which needs a screen", found=found),
            hint=phrase("Say the address, or where people can ask."),
            severity=Severity.WARNING,
            file=spot.file,
        )
        yield problem, found


def _long_addresses(spot: Spot) -> Iterator[tuple[Problem, str]]:
    for found in long_addresses(spot.written, MOST_PIECES):
        problem = Problem(
            code="address-too-long-to-say",
            message=phrase("expected an address that a listener can keep in mind, found `{found}`", found=found),
            hint=phrase("Say the website's own address: `{{ pages.home }}`."),
            severity=Severity.WARNING,
            file=spot.file,
        )
        yield problem, found


def _short(spot: Spot) -> Iterator[tuple[Problem, str]]:
    if spot.takes < LEAST_FILLED * spot.seconds:
        problem = Problem(
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
        yield problem, ""
