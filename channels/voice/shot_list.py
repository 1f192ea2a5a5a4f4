"""A television spot shot by shot: when it begins, what is seen and what is heard."""

import html
from collections.abc import Iterator, Mapping

from communique.channel import Shot, Spot, clock


def shot_list(spot: Spot, labels: Mapping[str, str]) -> str:
    """As plain text, for whoever edits the film."""
    return "\n".join("\n".join(_lines(at, until, shot, labels)) + "\n" for at, until, shot in spot.timed_shots)


def _lines(at: float, until: float, shot: Shot, labels: Mapping[str, str]) -> Iterator[str]:
    yield f"{clock(at)}–{clock(until)}"
    if shot.picture:
        yield f"{labels['picture']}{labels['colon']} {shot.picture}"
    yield from (f"{labels['on_screen']}{labels['colon']} {each.text}" for each in shot.overlays)
    if shot.sound:
        yield f"{labels['sound']}{labels['colon']} {shot.sound}"


def shot_table(spot: Spot, labels: Mapping[str, str]) -> str:
    """As a table for a page, with picture and sound side by side."""
    head = "".join(f'<th scope="col">{html.escape(each)}</th>' for each in ("", labels["picture"], labels["sound"]))
    rows = "".join(
        f'<tr><td><bdi dir="ltr">{clock(at)}–{clock(until)}</bdi></td>'
        f"<td>{_seen(shot, labels)}</td><td>{html.escape(shot.sound)}</td></tr>"
        for at, until, shot in spot.timed_shots
    )
    return f'<table class="shots"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'


def _seen(shot: Shot, labels: Mapping[str, str]) -> str:
    supers = [
        f"{html.escape(labels['on_screen'] + labels['colon'])} <strong><bdi>{html.escape(each.text)}</bdi></strong>"
        for each in shot.overlays
    ]
    return "<br>".join([*filter(None, (html.escape(shot.picture),)), *supers])
