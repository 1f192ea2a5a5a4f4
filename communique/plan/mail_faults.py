"""The texts filled for every single recipient, before a mail goes to anybody: one that cannot be filled stops all."""

from sqlalchemy import Connection

from communique.delivery import State
from communique.plan.owing import Copies
from communique.problems import Problem
from communique.store.ledger import Owed
from communique.texts.merging import MailMerge, mail_merge
from communique.texts.templates import TemplateProblemError


def faults_for_anybody(connection: Connection, copies: Copies) -> list[Problem]:
    """Why the first mail that cannot be written cannot be; nothing when all can.

    A form letter is filled once for all who have what it says of a person, and once for those who lack a part of it.
    """
    merges: dict[tuple[str, str, str], MailMerge] = {}
    filled: set[tuple[tuple[str, str, str], frozenset[str]]] = set()
    try:
        for owed, person in copies.with_people(connection):
            if person is None or owed.state is not State.SCHEDULED:
                continue
            kind = owed.channel, owed.language, owed.role
            if kind not in merges:
                merges[kind] = _merge(copies, owed)
            merge, recipient = merges[kind], person.as_recipient(owed.language)
            lacks = (kind, merge.lacks(recipient))
            if merge.letter is None or lacks not in filled:
                filled.add(lacks)
                merge.to(recipient)
    except TemplateProblemError as error:
        return list(error.problems)
    return []


def _merge(copies: Copies, owed: Owed) -> MailMerge:
    workspace, occasion = copies.workspace, copies.occasion
    route = workspace.routes[owed.channel]
    return mail_merge(workspace.renderer, occasion, route, owed.language, owed.role, occasion.due_at)
