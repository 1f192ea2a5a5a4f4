"""What betrays that a text was copied from another town, or from another language: warnings only."""

import re
from collections.abc import Iterator, Mapping

from communique.language.figures import foreign_figures
from communique.language.formatting import locale_of
from communique.localisation.localised import localise
from communique.phrase import phrase
from communique.plan.checks.reading import Text
from communique.problems import Problem
from communique.settings import Settings

#: Where the workspaces that `communique init` makes come from: whoever has filled in the settings is somewhere else.
_SAMPLE = ("Puerto Claro", "puertoclaro", "بويرتو كلارو")
#: Names of towns: words that begin with a capital letter, joined by the small words of their languages.
_WORD = r"[^\W\d_a-zà-ÿ][\w’'-]*"
_SMALL = r"(?:de|del|la|las|los|el|do|da|dos|das|le|les|sur|sous|en|of|on|the|upon)"
_NUMBER = re.compile(r"(?<![\w.,/+])\+?\d[\d ().\u00a0-]{5,}\d(?![\w/])")
_FEWEST_OF_A_NUMBER = 7
_NAME = rf"{_WORD}(?:\s(?:{_SMALL}\s)*{_WORD})*"


def check_copied_text(settings: Settings, texts: Mapping[tuple[str, str], Text]) -> Iterator[tuple[Problem, str]]:
    """Names of other towns, and numbers as others write them, with words of the line where each is."""
    for it in dict.fromkeys(texts.values()):
        for found in dict.fromkeys(_other_towns(settings, it)):
            own = localise(settings.government.name, it.language, settings.languages)
            message = phrase("expected {own}, found “{found}”", own=own, found=found)
            yield (
                it.warning("name-of-another-town", message, phrase("Let it be named: `{{ government.name }}`.")),
                found,
            )
        for found in dict.fromkeys(_slips_of(settings.government.contact.phone or "", it.text)):
            message = phrase("expected our telephone number, found `{found}`", found=found)
            hint = phrase(
                "Ours is {phone}: is a digit missing, or one too many?", phone=settings.government.contact.phone
            )
            yield it.warning("mistyped-number", message, hint), found
        for found, here in dict.fromkeys(foreign_figures(it.text, locale_of(it.language, settings.locales))):
            message = phrase(
                "expected a number as it is written in `{language}`, found `{found}`", language=it.language, found=found
            )
            yield it.warning("foreign-number", message, phrase("Write {here}.", here=here)), found


def _other_towns(settings: Settings, it: Text) -> Iterator[str]:
    """By what stands before our own place in our own name: `Ayuntamiento de …`, `City of …`."""
    name = str(localise(settings.government.name, it.language, settings.languages))
    place = str(localise(settings.government.place, it.language, settings.languages))
    before, is_there, after = name.partition(place)
    has_capitals = place[:1].lower() != place[:1].upper()  # a name is known by them; Arabic has none
    if is_there and has_capitals and before.strip() and not after.strip():
        for match in re.finditer(rf"\b{re.escape(before)}({_NAME})", it.text):
            named = " ".join(match[1].split())  # plain text has its lines broken anywhere, within a name as well
            if not (named.startswith(place) or place.startswith(named)):
                yield " ".join(match[0].split())
    whole = f"{name} {place} {settings.government.website}"
    for sample in _SAMPLE:
        at = it.text.find(sample) if sample not in whole else -1
        if at >= 0:
            yield sample


def _slips_of(ours: str, text: str) -> Iterator[str]:
    """Numbers that are ours but for one digit more or less; with another one in its place it may be the next desk's."""
    own = "".join(filter(str.isdigit, ours))
    if len(own) < _FEWEST_OF_A_NUMBER:
        return
    for match in _NUMBER.finditer(text):
        digits = "".join(filter(str.isdigit, match[0]))
        shorter, longer = sorted((digits, own), key=len)
        if len(longer) == len(shorter) + 1 and any(
            longer[:at] + longer[at + 1 :] == shorter for at in range(len(longer))
        ):
            yield match[0]
