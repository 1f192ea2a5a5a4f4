"""What is wrong with the picture that is drawn for a text, before anybody sees it."""

from collections.abc import Iterable, Iterator

from communique.channel import Drawing, Script, Video
from communique.phrase import phrase, told_by
from communique.problems import Problem, Severity
from communique.texts.accent import READABLE, contrast
from communique.texts.wording import Wording

_NO_PICTURE = phrase("or write `image: none` at the top of the text.")


def card_faults(sample: object, wording: Wording) -> list[Problem]:
    """Of a card, or of the pictures of a video, at the text it goes with, or at the drawing itself."""
    card = getattr(sample, "card", None) or getattr(sample, "cover", None)
    own = drawing_faults(card, wording.path) if isinstance(card, Drawing) else []
    return own + _of_captions(sample, wording.path) + _faint(_drawings(sample))


def _of_captions(sample: object, path: str) -> list[Problem]:
    """Of the longest caption of a video, in each shape: what has room for it has room for the others."""
    captions = [each for line in sample.lines for each in line.captions] if isinstance(sample, Video) else []
    longest = max(captions, key=lambda each: len(each.text), default=None)
    found = {
        problem: None
        for card in (longest.drawings.values() if longest else ())
        for problem in drawing_faults(card, path)
    }
    return list(found)


def _drawings(sample: object) -> Iterator[Drawing]:
    """All that are seen."""
    if isinstance(sample, Video):
        yield from (each for line in sample.lines for caption in line.captions for each in caption.drawings.values())
    if isinstance(sample, Script):
        overlays = (each for spot in sample.spots for shot in spot.shots for each in shot.overlays)
        yield from (each.card for each in overlays if each.card)
    card = getattr(sample, "card", None)
    if isinstance(card, Drawing):
        yield card


def _faint(drawings: Iterable[Drawing]) -> list[Problem]:
    """Each place of a layout once, however many words have stood there."""
    from communique.drawing.layers import texts_on_grounds

    found: dict[tuple[str, int], Problem] = {}
    for drawing in drawings:
        for each in texts_on_grounds(drawing.source):
            ratio = contrast(each.colour, each.ground)
            if ratio < READABLE:
                found[drawing.file, each.line] = Problem(
                    code="too-faint",
                    message=phrase(
                        "expected a contrast of at least {readable}:1, "
                        "found {colour} on {ground} with {ratio:.1f}:1 (“{text}”)",
                        readable=READABLE,
                        colour=each.colour,
                        ground=each.ground,
                        ratio=ratio,
                        text=each.text,
                    ),
                    hint=phrase("Make the letters darker, or what lies under them lighter, or the other way round."),
                    file=drawing.file,
                    line=each.line,
                    column=1,
                )
    return list(found.values())


def drawing_faults(card: Drawing, path: str) -> list[Problem]:
    """Of a drawing that goes with the text at a path."""
    # These load what shapes and draws, for texts that have a card.
    from communique.drawing.pixels import outlined
    from communique.drawing.shaping import NoGlyphError
    from communique.drawing.typesetting import UnfitDrawingError

    try:
        cut = outlined(card.source).cut
    except NoGlyphError as error:
        letter = error.args[0]
        message = phrase(
            "expected a font with the letter `{letter}` (U+{ord:04X}), found none on this machine",
            letter=letter,
            ord=ord(letter),
        )
        hint = phrase("Install the Noto fonts for that script, {no_picture}", no_picture=_NO_PICTURE)
        return [Problem(code="card-letters", message=message, hint=hint, file=path, line=1, column=1)]
    except UnfitDrawingError as error:
        return [Problem(code="wrong-drawing", message=told_by(error), file=card.file, line=error.line, column=1)]
    return [
        Problem(
            code="card-cut",
            message=phrase("the card has no room for all of “{text}”", text=text),
            hint=phrase("Shorten it, put a picture into `image:`, {no_picture}", no_picture=_NO_PICTURE),
            severity=Severity.WARNING,
            file=path,
            line=1,
            column=1,
        )
        for text in cut
    ]
