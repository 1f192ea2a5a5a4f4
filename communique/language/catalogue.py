"""What problems say, in the languages of officers: a catalogue each, whose keys are the English sentences."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from io import BytesIO

from communique.phrase import said_with

#: The language of the sentences in the code.
OWN = "en"
SPOKEN = (OWN, "es")


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

    return said_with(text, sentences(language).get, lambda kept: recognised(kept, language))


def spoken(tag: str) -> str:
    """That which a tag (`es-MX`) or a locale (`es_ES.UTF-8`) asks for; English for all others."""
    wanted = tag[:2].lower()
    return wanted if wanted in SPOKEN else OWN
