"""Whose eyes a preview is seen with: somebody of an audience, or an invented person."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import Connection

from communique.channel import Recipient
from communique.localisation.localised import localise
from communique.plan.samples import SAMPLE_ADDRESS, sample_recipient
from communique.postal_address import PostalAddress
from communique.routes import SUBSCRIBERS
from communique.settings import Role
from communique.store.recipients import people, postal_addresses
from communique.store.recipients.people import AddressError, Person
from communique.texts.words import Words
from communique.workspace import Workspace

#: Of each audience, for a choice; anybody else is found by their address.
_LISTED = 8
#: Links are signed for nobody: a preview's change nothing.
_NOBODY = "0"
_AUDIENCE, _PERSON = "audience:", "person:"


@dataclass(frozen=True, kw_only=True, slots=True)
class Reader:
    """Somebody who reads."""

    choice: str = ""  #: as it is asked for: `person:12`, `audience:friends`, or empty
    person: Person | None = None  #: None: invented
    role: str = (
        ""  #: towards the process (`communique.settings.Role`); empty: that of the announcement's first audience
    )
    postal: PostalAddress | None = None

    def recipient(self, words: Words, language: str) -> Recipient:
        """In a language, whose phrases name invented people; with nobody's number, for which links are signed."""
        if self.person is None:
            return sample_recipient(words, language)
        return self.person.as_recipient(language)._replace(id=_NOBODY, address=self.person.address or SAMPLE_ADDRESS)


@dataclass(frozen=True, kw_only=True, slots=True)
class Listed:
    """An audience with some of its people."""

    choice: str  #: an invented person in it
    title: str
    people: Sequence[tuple[str, str, str]]  #: choice, name, language


def reader(workspace: Workspace, connection: Connection, asked: str, to: Sequence[str]) -> Reader | None:
    """Who is asked for: a choice, or an e-mail address; None when there is no such person.

    `to` are the announcement's audiences: somebody who is in several has the role of the first of them.
    """
    asked = asked.strip()
    if not asked:
        return Reader()
    if asked.startswith(_AUDIENCE):
        name = asked.removeprefix(_AUDIENCE)
        return Reader(choice=asked, role=role) if (role := _role(workspace, name)) else None
    person = _person(connection, asked)
    if person is None:
        return None
    theirs = people.audiences_of(connection, person.id)
    named = [each for each in to if each in theirs] or theirs
    return Reader(
        choice=f"{_PERSON}{person.id}",
        person=person,
        role=next(filter(None, (_role(workspace, each) for each in named)), SUBSCRIBERS),
        postal=postal_addresses.of(connection, person.id),
    )


def listed(workspace: Workspace, connection: Connection, to: Sequence[str], language: str) -> Iterator[Listed]:
    """Those whom an announcement is for, to choose from: its own audiences first, then all others."""
    settings = workspace.settings
    others = sorted(settings.audiences.keys() - set(to))
    for name in (*(each for each in to if each in settings.audiences), *others):
        title = localise(settings.audiences[name].title, language, settings.languages)
        some = [each.person for each in islice(people.members(connection, [name]), _LISTED)]
        found = [(f"{_PERSON}{each.id}", each.name or each.address, each.language) for each in some]
        yield Listed(choice=f"{_AUDIENCE}{name}", title=str(title), people=found)


def _person(connection: Connection, asked: str) -> Person | None:
    number = asked.removeprefix(_PERSON)
    if number != asked:
        return people.by_id(connection, int(number)) if number.isascii() and number.isdecimal() else None
    try:
        return people.by_address(connection, asked)
    except AddressError:
        return None


def _role(workspace: Workspace, audience: str) -> str:
    if audience == SUBSCRIBERS:
        return str(Role.SUBSCRIBERS)
    known = workspace.settings.audiences.get(audience)
    return str(known.role) if known is not None else ""
