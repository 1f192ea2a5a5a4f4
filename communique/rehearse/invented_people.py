"""Invented people for rehearsals: the same ones every time, at addresses that can belong to nobody (RFC 2606)."""

import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from random import Random

from communique.postal_address import PostalAddress
from communique.store.recipients.people import Row
from communique.texts.invented_names import InventedNames

#: Of so many who have the same audience and language, one has no e-mail address: the second.
_ONE_BY_POST, _SECOND = 8, 1
#: So many speak for themselves, to one who speaks for each organisation.
_FOR_THEMSELVES = 3


def enough(languages: Collection[str], audiences: Collection[str]) -> int:
    """So many that each audience has two in every language: one who gets mail, and one who gets letters."""
    return 2 * len(languages) * len(audiences)


def invented(
    number: int,
    names: Mapping[str, InventedNames],
    audiences: Sequence[str],
    chance: Random,
    home: PostalAddress | None = None,
    by_post: Collection[str] = (),
) -> Iterator[tuple[str, Row]]:
    """So many people, each with an audience; `names` are those of each language that they read.

    As many as there are audiences give each of them somebody, in as many languages as go round; that many times the
    number of languages give each of them every language. With `home` some in the audiences `by_post`, to
    which letters go, have no e-mail address: they live there.
    """
    languages = list(names)
    for index in range(number):
        turn, place = divmod(index, len(audiences))
        is_second = index // (len(languages) * len(audiences)) % _ONE_BY_POST == _SECOND
        has_mail = home is None or not is_second or audiences[place] not in by_post
        language = languages[(turn + place) % len(languages)]
        organisations = names[language].organisations
        yield (
            audiences[place],
            Row(
                address=f"person{index + 1:04d}@example.org" if has_mail else "",
                name=chance.choice(names[language].people),
                language=language,
                organisation=chance.choice((*[""] * _FOR_THEMSELVES, *organisations)),
                postal=replace(home, street=_at_number(home.street, index + 1)) if home and not has_mail else None,
            ),
        )


def _at_number(street: str, number: int) -> str:
    is_arabic = any(unicodedata.bidirectional(sign) == "AL" for sign in street)
    return f"{street}{'،' if is_arabic else ','} {number}"
