"""The texts filled for every single recipient, before a mail goes to anybody: one that cannot be filled stops all."""

from dataclasses import dataclass

from sqlalchemy import Connection

from communique.channel import Form, Letter, Recipient
from communique.occasion import Occasion
from communique.plan.owing import Copies, spoken_to
from communique.plan.samples import sample_letter
from communique.problems import Problem
from communique.routes import Route
from communique.store.deliveries.owed import OwedToEach
from communique.store.recipients import people
from communique.texts.merging import MailMerge, mail_merge
from communique.texts.rendering import Addressee, Renderer
from communique.texts.templates import TemplateProblemError


@dataclass(frozen=True, kw_only=True)
class _Letters:
    """The letters of one announcement to people of one language and role; as `MailMerge`, each written for itself."""

    renderer: Renderer
    occasion: Occasion
    route: Route
    role: str
    letter: None = None

    def to(self, recipient: Recipient) -> Letter:
        addressee = Addressee(recipient=recipient, role=self.role)
        return sample_letter(self.renderer, self.occasion, self.route, addressee)


def faults_for_anybody(connection: Connection, copies: Copies) -> list[Problem]:
    """Why a mail that cannot be written cannot be; nothing when all can.

    A form letter is filled once for all who have what it says of a person, and once for those who lack a part of it.
    """
    return _faults(connection, copies, each_whole=True)


def faults_of_form_letters(connection: Connection, copies: Copies) -> list[Problem]:
    """The same for form letters alone, whose cost does not depend on the number of people but for finding them."""
    return _faults(connection, copies, each_whole=False)


def _faults(connection: Connection, copies: Copies, *, each_whole: bool) -> list[Problem]:
    try:
        for owed in copies.owed():
            if isinstance(owed, OwedToEach):
                _fill(connection, copies, owed, each_whole=each_whole)
    except TemplateProblemError as error:
        return list(error.problems)
    return []


def _fill(connection: Connection, copies: Copies, owed: OwedToEach, *, each_whole: bool) -> None:
    """Fill what goes through one channel.

    Raises:
        TemplateProblemError: a text cannot be filled.
    """
    roles = dict(zip(owed.audiences, owed.roles, strict=True))
    merges: dict[tuple[str, str], MailMerge | _Letters] = {}
    for kind in people.kinds(connection, owed.audiences, owed.listed, owed.wish, owed.only, owed.way):
        of = spoken_to(kind.language, owed.languages), roles[kind.audience]
        if of not in merges:
            merges[of] = _merge(copies, owed, *of)
        example = people.by_id(connection, kind.example)
        if merges[of].letter is not None and example is not None:
            merges[of].to(example.as_recipient(of[0]))
    if not each_whole or all(merge.letter is not None for merge in merges.values()):
        return
    for person, audience, *no_way in people.members(connection, owed.audiences, owed.wish, owed.only, owed.way):
        of = spoken_to(person.language, owed.languages), roles[audience]
        may = not any(no_way) and (owed.listed is None or person.address_key in owed.listed)
        if may and merges[of].letter is None:
            merges[of].to(person.as_recipient(of[0]))


def _merge(copies: Copies, owed: OwedToEach, language: str, role: str) -> MailMerge | _Letters:
    workspace, occasion = copies.workspace, copies.occasion
    route = workspace.routes[owed.channel]
    if route.form is Form.LETTER:
        return _Letters(renderer=workspace.renderer, occasion=occasion, route=route, role=role)
    return mail_merge(workspace.renderer, occasion, route, language, role, occasion.due_at)
