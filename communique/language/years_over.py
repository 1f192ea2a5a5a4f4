"""Parts of a year that a text expects to come: `by the end of 2027`, `a finales de 2027`."""

import re
from collections.abc import Iterator

_SENTENCE = re.compile(r"(?<=[.!?؟])\s+|\n{2,}|\n(?=\s*[-•*]\s)")
_PART = re.compile(
    r"\b(?:(?:end|beginning|middle|autumn|spring|summer|winter) of|"
    r"(?:finales?|fines?|principios|mediados|otoño|primavera|verano|final|fim|início|meados|outono|verão|inverno) de|"
    r"fin|début|printemps|été|automne|hiver)\s(?P<year>20\d\d)(?![\w/–-])|"
    r"نهاية (?:عام |سنة )?(?P<year_of_arabic>20\d\d)",
    re.IGNORECASE,
)
_YEAR = re.compile(r"20\d\d")  #: that is in each of them
_TO_COME = re.compile(
    r"\b(?:will|expect|plan to|hope to|aim to|by the end|esper|prev[eé]|confi|publicar[áe]|estará|tendr|"
    r"prévo|espér|sera|publierons|prendra|contamos|será|teremos)|نتوقع|المتوقع|نأمل|سن",
    re.IGNORECASE,
)
_LOOKS_BACK = re.compile(
    r"\b(?:since|was|were|had|in the past|desde|fue|fueron|era|depuis|était|avait|foi|foram)\b|منذ|كان", re.IGNORECASE
)


def parts_over(text: str, year: int) -> Iterator[str]:
    """Those of years before this one, in sentences about what is to come."""
    for sentence in _SENTENCE.split(text) if _YEAR.search(text) else ():
        parts = _PART.finditer(sentence) if _YEAR.search(sentence) else ()
        over = [match[0] for match in parts if int(match["year"] or match["year_of_arabic"]) < year]
        if over and _TO_COME.search(sentence) and not _LOOKS_BACK.search(sentence):
            yield from over
