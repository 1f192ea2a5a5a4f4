"""What problems say, in the languages of officers: a catalogue each, whose keys are the English sentences."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from io import BytesIO

from communique.phrase import said_with

#: The language of the sentences in the code.
OWN = "en"
SPOKEN = (OWN, "es")
_GROUPED = 10_000  #: four digits are read without a sign


@cache
def sentences(language: str) -> Mapping[str, str]:
    """Sentences by the English ones."""
    from babel.messages.pofile import read_po  # an officer who reads English waits for none of it

    data = (files("communique") / "language" / "catalogues" / f"{language}.po").read_bytes()
    found = read_po(BytesIO(data), locale=language)
    return {str(each.id): str(each.string) for each in found if each.id and each.string}


def in_language(text: str, language: str) -> str | None:
    """A message in a language; None where it, or a part of it, has no words there."""
    if not text or language == OWN:
        return text
    from communique.language.recognised import recognised

    return said_with(text, sentences(language).get, lambda kept: recognised(kept, language), _figure)


class _Whole(int):
    """`12.400` and `2000` where a place asks for signs between thousands: as CLDR has it for Spanish."""

    def __format__(self, form: str) -> str:
        text = super().__format__(form)
        return text.replace(",", "." if abs(self) >= _GROUPED else "") if form == "," else text


class _Fraction(float):
    """`4,5` where a place asks for decimals; elsewhere it is a value of a file, which has a point."""

    def __format__(self, form: str) -> str:
        text = super().__format__(form)
        return text.replace(".", ",") if form else text


def _figure(number: float) -> object:
    return _Whole(number) if isinstance(number, int) else _Fraction(number)


def spoken(tag: str) -> str:
    """That which a tag (`es-MX`) or a locale (`es_ES.UTF-8`) asks for; English for all others."""
    wanted = tag[:2].lower()
    return wanted if wanted in SPOKEN else OWN
