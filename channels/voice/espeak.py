"""The synthesiser: espeak-ng, a program of its own (GPL-3), which Debian ships with voices for a hundred languages."""

import functools
import shutil
import subprocess
from collections.abc import Sequence

from channels.voice.vowels import with_vowels
from communique.channel import UnavailableError, phrase

RATE = 22050  #: samples a second of what it says: 16 bits, one channel
MISSING = phrase(
    "Recordings need espeak-ng, which this machine does not have; scripts are written without. "
    "On Debian and Ubuntu: sudo apt-get install espeak-ng"
)
_WAV_HEADER = 44  #: bytes; of what it writes into a pipe the header does not know the length
_SLOWEST, _FASTEST = 80, 400  #: words a minute that it takes
_PATIENCE = 60  #: seconds for one sentence, which takes some hundredths of one


def is_there() -> bool:
    """Whether this machine has it."""
    return shutil.which("espeak-ng") is not None


def speak(sentence: str, voice: str, words_per_minute: float) -> bytes:
    """One sentence, as 16-bit samples. The speed is the synthesiser's own idea of it.

    Raises:
        UnavailableError: it is not there, or does not know the voice.
    """
    program = shutil.which("espeak-ng")
    if program is None:
        raise UnavailableError(MISSING)
    if voice not in _voices(program):  # it would speak with another one, and say nothing of that
        raise UnavailableError(
            phrase("espeak-ng has no voice `{voice}`; `espeak-ng --voices` lists those there are", voice=voice)
        )
    speed = round(min(max(words_per_minute, _SLOWEST), _FASTEST))
    said = _run(
        [program, "-v", voice, "-s", str(speed), "-b", "1", "--stdin", "--stdout"], with_vowels(sentence, voice)
    )
    return said[_WAV_HEADER:]


@functools.cache
def _voices(program: str) -> frozenset[str]:
    """The languages it has a voice for: the second column of its list."""
    lines = _run([program, "--voices"], "").decode(errors="replace").splitlines()
    return frozenset(columns[1] for line in lines if len(columns := line.split()) > 1)


def _run(command: Sequence[str], text: str) -> bytes:
    try:
        done = subprocess.run(command, input=text.encode(), capture_output=True, timeout=_PATIENCE, check=True)  # noqa: S603 - no shell, and the text goes in by a pipe
    except (OSError, subprocess.SubprocessError) as error:
        raise UnavailableError(phrase("espeak-ng did not speak: {error}", error=error)) from error
    return done.stdout
