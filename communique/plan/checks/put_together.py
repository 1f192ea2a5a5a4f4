"""What does not fit together where a value stands in a sentence: warnings only."""

import re
from collections.abc import Iterator, Mapping

from communique.language.contractions import contracted, small_words
from communique.language.prefilter import Prefiltered, plain
from communique.localisation.localised import localise
from communique.phrase import phrase
from communique.plan.checks.reading import Text
from communique.problems import Problem
from communique.settings import Settings

#: A full stop behind a value that ends with one (`2027 р.`, `No. 5 Ltd.`), or with a question.
_TWO_STOPS = Prefiltered(
    pattern=re.compile(r"\w+[)»”\"]?(?:(?<!\.)\.\.|[?!؟]\.)(?=[\s»”)]|\Z)"), signs=("..", "?.", "!.", "؟.")
)


def check_put_together(settings: Settings, texts: Mapping[tuple[str, str], Text]) -> Iterator[tuple[Problem, str]]:
    """Two full stops, and a town whose article was not joined, with words of the line where each is."""
    for it in dict.fromkeys(texts.values()):
        for found in dict.fromkeys(match[0] for match in _TWO_STOPS.finditer(it.text)):
            message = phrase("expected one mark at the end of a sentence, found two: `{found}`", found=found)
            hint = phrase("The value before it ends with one of its own: leave out that of the sentence.")
            yield it.warning("doubled-mark", message, hint), found
        for found, right in dict.fromkeys(_before_our_name(settings, it)):
            message = phrase("expected “{right}”, found “{found}”", right=right, found=found)
            hint = phrase("Let the name begin the sentence, or write it out: a value does not change.")
            yield it.warning("name-not-joined", message, hint), found


def _before_our_name(settings: Settings, it: Text) -> Iterator[tuple[str, str]]:
    place = str(localise(settings.government.place, it.language, settings.languages))
    words = "|".join(map(re.escape, sorted(small_words(it.language))))
    if not words or plain(place) not in plain(it.text):
        return
    for match in re.finditer(rf"\b({words})\s+{re.escape(place)}(?!\w)", it.text, re.IGNORECASE):
        if right := contracted(match[1], place, it.language):
            yield " ".join(match[0].split()), right
