"""Vowels for a voice that does not know them: Arabic is written without, and espeak-ng says what is written.

`arabic-vowels.txt` has, a word a line, those of the shipped spots and of what they are filled with: numbers, days,
months, hours. A doubled letter stands there twice, because the voice leaves out the vowel behind a shadda; nobody but
the voice reads it.
"""

import functools
import re
from collections.abc import Mapping
from pathlib import Path

_LANGUAGE = "ar"
_WORD = re.compile(r"[\u0621-\u0652]+")
#: At the end of a word that is not listed an open a, as before a pause, and not the t that the voice makes of it.
_FEMININE = re.compile(r"\u0629\Z")


def with_vowels(sentence: str, voice: str) -> str:
    """A sentence as a voice is to read it; other languages' stay as they are."""
    if voice.partition("-")[0] != _LANGUAGE:
        return sentence
    known = _known()
    return _WORD.sub(lambda found: known.get(found[0]) or _FEMININE.sub("\u064e", found[0]), sentence)


@functools.cache
def _known() -> Mapping[str, str]:
    lines = (Path(__file__).parent / "arabic-vowels.txt").read_text(encoding="utf-8").splitlines()
    return {word: said for word, _, said in (line.partition(" ") for line in lines)}
