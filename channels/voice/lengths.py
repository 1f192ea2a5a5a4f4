"""What takes longer than it may."""

from pathlib import PurePosixPath

from communique.channel import Script


def too_long(script: Script) -> list[str]:
    """Why spots are refused that take longer than their seconds."""
    return [
        f"Too long for {spot.seconds} seconds: {spot.takes:.0f} seconds ({spot.words} words, of which "
        f"{int(spot.seconds * script.words_per_minute / 60)} fit at {script.words_per_minute} a minute). "
        f"Shorten {PurePosixPath(spot.file).name}."
        for spot in script.spots
        if spot.takes > spot.seconds
    ]
