"""The texts filled for every single recipient, before a mail goes to anybody: one that cannot be filled stops all."""

from sqlalchemy import Connection

from communique.plan.owing import Copies, spoken_to
from communique.problems import Problem
from communique.store import people
from communique.store.owed import OwedToEach
from communique.texts.merging import MailMerge, mail_merge
from communique.texts.templates import TemplateProblemError


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
    merges: dict[tuple[str, str], MailMerge] = {}
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


def _merge(copies: Copies, owed: OwedToEach, language: str, role: str) -> MailMerge:
    workspace, occasion = copies.workspace, copies.occasion
    route = workspace.routes[owed.channel]
    return mail_merge(workspace.renderer, occasion, route, language, role, occasion.due_at)
