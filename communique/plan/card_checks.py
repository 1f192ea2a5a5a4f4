"""What is wrong with the picture that is drawn for a text, before anybody sees it."""

from communique.channel import Drawing
from communique.problems import Problem, Severity
from communique.texts.wording import Wording

_NO_PICTURE = "or write `image: none` at the top of the text."


def card_faults(sample: object, wording: Wording) -> list[Problem]:
    """Of a card, or of the title of a video, at the text it goes with, or at the drawing itself."""
    card = getattr(sample, "card", None) or getattr(sample, "cover", None)
    return drawing_faults(card, wording.path) if isinstance(card, Drawing) else []


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
        message = f"expected a font with the letter `{letter}` (U+{ord(letter):04X}), found none on this machine"
        hint = f"Install the Noto fonts for that script, {_NO_PICTURE}"
        return [Problem(code="card-letters", message=message, hint=hint, file=path, line=1, column=1)]
    except UnfitDrawingError as error:
        return [Problem(code="wrong-drawing", message=str(error), file=card.file, line=error.line, column=1)]
    return [
        Problem(
            code="card-cut",
            message=f"the card has no room for all of “{text}”",
            hint=f"Shorten it, put a picture into `image:`, {_NO_PICTURE}",
            severity=Severity.WARNING,
            file=path,
            line=1,
            column=1,
        )
        for text in cut
    ]
