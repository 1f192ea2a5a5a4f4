"""What takes longer than it may."""

from math import ceil
from pathlib import PurePosixPath

from communique.channel import Script, phrase


def too_long(script: Script) -> list[str]:
    """Why spots are refused that take longer than their seconds."""
    return [
        phrase(
            "Too long for {limit} seconds: {takes:.1f} seconds ({words} words, of which {fitting} fit at {rate} a "
            "minute). Shorten {name}.",
            limit=spot.seconds,
            takes=ceil(10 * spot.takes) / 10,
            words=spot.words,
            fitting=int(spot.seconds * script.words_per_minute / 60),
            rate=script.words_per_minute,
            name=PurePosixPath(spot.file).name,
        )
        for spot in script.spots
        if spot.takes > spot.seconds
    ]
