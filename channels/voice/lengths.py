"""What takes longer than it may."""

from pathlib import PurePosixPath

from communique.channel import Script, phrase


def too_long(script: Script) -> list[str]:
    """Why spots are refused that take longer than their seconds."""
    return [
        phrase(
            "Too long for {limit} seconds: {takes:.0f} seconds ({words} words, of which {fitting} fit at {rate} a "
            "minute). Shorten {name}.",
            limit=spot.seconds,
            takes=spot.takes,
            words=spot.words,
            fitting=int(spot.seconds * script.words_per_minute / 60),
            rate=script.words_per_minute,
            name=PurePosixPath(spot.file).name,
        )
        for spot in script.spots
        if spot.takes > spot.seconds
    ]
