"""What stands on the page of a post that somebody makes by hand, beside the post itself."""

from communique.channel import PackSheet
from communique.language.formatting import direction
from communique.routes import Route
from communique.texts.words import Words


def pack_sheet(words: Words, route: Route, language: str) -> PackSheet | None:
    """In the language of the post; None where a program posts."""
    if not route.is_for_a_person:
        return None
    known = words.of(language)
    labels = {**known["pack"], **{name: known[name] for name in ("colon", "language_name")}}
    return PackSheet(direction=direction(language), labels={name: str(said) for name, said in labels.items()})
