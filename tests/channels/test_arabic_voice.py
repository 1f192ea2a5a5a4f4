"""How the machine's voice says Arabic, by its phonemes: nobody who tests this hears it."""

import re
import subprocess

from babel import Locale

from channels.voice import espeak
from channels.voice.vowels import with_vowels
from communique.language.speech.speaking import Speech
from tests.counterparts.presence import require
from tests.shipped_messages import ROOT, workspace

#: Three sounds in a row, none of them a vowel: no Arabic word has them.
CLUSTER = re.compile(r"[^aiuˈˌː.\s]{3}")
FILLED_IN = "29 مارس 2027، 30 غشت 2026، 1 دجنبر 2028، الساعة 10:00، الساعة 17:30، 5 التزامات، +212 539 46 78 12"


def spoken() -> list[str]:
    """The words of the shipped spots, and those of the dates, times and numbers that are filled in."""
    texts = [path.read_text() for path in sorted(ROOT.glob("templates/*/*/ar/radio-*.txt"))]
    filled = Speech(Locale.parse("ar_MA"), workspace().words.of("ar")["speech"]).spoken(FILLED_IN)
    written = re.sub(r"{{.*?}}", " ", "\n".join([*texts, filled]))
    return sorted(set(re.findall(r"[\u0621-\u0652]+", written)))


def phonemes(words: list[str]) -> list[str]:
    """What espeak-ng says of each; a sound of two letters as one."""
    require(espeak.is_there(), "espeak-ng is not there. On Debian or Ubuntu: sudo apt-get install espeak-ng")
    command = ["espeak-ng", "-q", "-v", "ar", "--ipa"]
    said = subprocess.run(command, input=".\n".join(words), capture_output=True, text=True, check=True).stdout
    lines = [re.sub("\u032a|ˤ", "", line.replace("dʒ", "j")) for line in said.splitlines() if line.strip()]
    assert len(lines) == len(words)
    return lines


def test_every_word_of_the_shipped_spots_has_its_vowels() -> None:
    """Arabic is written without most of them, and the voice alone would say `tndm` and `wmjtmʕan`."""
    words = spoken()
    assert len(words) > 150
    without, with_them = phonemes(words), phonemes([with_vowels(word, "ar") for word in words])
    assert sum(CLUSTER.search(each) is not None for each in without) > 50
    assert [f"{word}: {each}" for word, each in zip(words, with_them, strict=True) if CLUSTER.search(each)] == []


def test_vowels_are_for_arabic_voices_alone() -> None:
    """A word that nobody listed ends in an open a, as before a pause, where it is written with a feminine ending."""
    assert with_vowels("خمسة التزامات لمدرسة", "ar") == "خَمسَ إِلتِزامات لمدرسَ"
    assert with_vowels("خمسة", "fa") == "خمسة"
