"""Scripts for television: two columns, what is seen and what is heard, and the words that stand on the screen.

A text is a file for each length, as on the radio (`tv-30.txt`). Each paragraph is a shot: what is seen, `|`, what is
heard. In what is seen, `[words]` stand on the screen (a super), `[[name, office]]` say who is seen (a lower third).
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from communique.channel import Overlay, Script, Shot, Spot, clock
from communique.language.escaping import unwrapped
from communique.phrase import phrase
from communique.problems import Problem
from communique.texts.cards import Cards
from communique.texts.templates import TemplateProblemError, Templates

SUPER, LOWER_THIRD = "tv-super", "tv-lower-third"
_PARAGRAPH_ENDS = re.compile(r"\n\s*\n")
_ON_SCREEN = re.compile(r"\[\[(?P<who>[^\[\]]+)\]\]|\[(?P<words>[^\[\]]+)\]")
_COMMA = re.compile(r"\s*[,،、]\s*")
_SCHEME = re.compile(r"\bhttps?://")
_COLUMNS = 2
#: On-screen text is held 0.2 seconds a word, and 2 seconds to notice it, or 3 if it has ten words or more: what
#: Clearcast asks of British television ("Legal supers", after the BCAP's guidance on superimposed text).
_A_WORD, _TO_NOTICE, _TO_NOTICE_MORE, _MORE = 0.2, 2.0, 3.0, 10


@dataclass(frozen=True, kw_only=True)
class Screen:
    """Makes what a television script has beside a radio's; `shown` is all that its drawings may show."""

    cards: Cards
    shown: Mapping[str, Any]

    def shots(self, text: str, file: str, speak: Callable[[str], tuple[str, float]]) -> tuple[Shot, ...]:
        """The paragraphs of a filled text; `speak` says how one is spoken, and how many seconds that takes.

        A shot without words is held as long as it takes to read what stands on the screen.

        Raises:
            TemplateProblemError: a paragraph has no two columns, or a drawing cannot be filled.
        """
        found = []
        for paragraph in filter(str.strip, _PARAGRAPH_ENDS.split(text)):
            columns = [unwrapped(column) for column in paragraph.split("|")]
            if len(columns) != _COLUMNS:
                raise TemplateProblemError(_no_columns(file, unwrapped(paragraph)))
            seen, heard = columns
            overlays = tuple(self._overlay(match) for match in _ON_SCREEN.finditer(seen))
            spoken, takes = speak(heard) if heard else ("", seconds_to_read(overlays))
            picture = unwrapped(_ON_SCREEN.sub("", seen))
            found.append(Shot(picture=picture, written=heard, sound=spoken, takes=takes, overlays=overlays))
        return tuple(found)

    def _overlay(self, found: re.Match[str]) -> Overlay:
        words = _SCHEME.sub("", unwrapped(found["who"] or found["words"]))
        shape = LOWER_THIRD if found["who"] else SUPER
        name, office = (*_COMMA.split(words, maxsplit=1), "")[:2]
        shown = {**self.shown, "caption": words, "name": name, "office": office}
        return Overlay(text=words, lower_third=bool(found["who"]), card=self.cards.drawing(shape, shown, "tv-alt.txt"))


def seconds_to_read(overlays: Sequence[Overlay]) -> float:
    """How long all that stands on the screen at once has to stand there."""
    words = sum(len(each.text.split()) for each in overlays)
    return words * _A_WORD + (_TO_NOTICE if words < _MORE else _TO_NOTICE_MORE)


def on_paper(templates: Templates, script: Script, shown: Mapping[str, Any]) -> str:
    """The script on the letterhead, as HTML.

    Raises:
        TemplateProblemError: the layout cannot be filled.
    """
    spots = [{"length": clock(spot.seconds), "takes": clock(spot.takes), "shots": _rows(spot)} for spot in script.spots]
    sheet = {**asdict(script.sheet), "pronunciation": [list(each) for each in script.sheet.pronunciation.items()]}
    about = {"headline": script.headline, "sheet": sheet, "spots": spots}
    return templates.fill_layout("tv.html", {**shown, **about})


def _rows(spot: Spot) -> list[dict[str, Any]]:
    return [
        {
            "at": f"{clock(at)}–{clock(until)}",
            "picture": shot.picture,
            "on_screen": " / ".join(each.text for each in shot.overlays),
            "sound": shot.sound,
        }
        for at, until, shot in spot.timed_shots
    ]


def _no_columns(file: str, found: str) -> Problem:
    return Problem(
        code="shot-without-columns",
        message=phrase("expected `what is seen | what is heard`, found `{found}`", found=found),
        hint=phrase("Put one `|` between the two, and an empty line before the next shot."),
        file=file,
    )
