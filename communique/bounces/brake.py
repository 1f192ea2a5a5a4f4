"""When a domain, or all whom one system serves, is said to be unknown at once, it errs: nobody is given up for it."""

import logging
from datetime import datetime

from sqlalchemy import Connection

from communique.settings.mailboxes import Bounces
from communique.store.desk import journal
from communique.store.recipients import refusals
from communique.store.recipients.domains import domain_of
from communique.store.recipients.refusals import Refuser, Share, Side
from communique.store.recipients.returns import Returned

#: Who has lost many people before may lose so many times more before that is doubted.
_TIMES = 5
#: What fewer domains have in common is theirs, and not of the system that serves them.
_DOMAINS = 3

_log = logging.getLogger(__name__)


def doubted(connection: Connection, owner: Returned, system: str, rules: Bounces, now: datetime) -> Refuser | None:
    """Who says of too many at once that nobody has their address to be believed; None where this may be believed.

    Somebody whose mail was refused so on another day already is believed to be gone: no provider errs for days.

    Args:
        connection: a transaction.
        owner: of the mail that was refused.
        system: which has refused it; empty where nobody knows.
        rules: of the settings.
        now: the end of the while that is looked at.
    """
    since = now - rules.brake.within
    if refusals.was_held_before(connection, owner.person, since):
        return None
    named = [Refuser(Side.DOMAIN, domain_of(owner.address_key)), Refuser(Side.SYSTEM, system)]
    asked = [(each, *refusals.lately(connection, each, since)) for each in named if each.name]
    for refuser, refused, held in asked:
        if held or (_is_looked_at(refused + 1, rules) and _is_too_much(connection, refuser, rules, since)):
            return refuser
    return None


def _is_looked_at(refused: int, rules: Bounces) -> bool:
    """Whenever they have doubled: who was given up meanwhile is given back."""
    times, rest = divmod(refused, rules.brake.people)
    return not rest and times > 0 and not times & (times - 1)


def _is_too_much(connection: Connection, refuser: Refuser, rules: Bounces, since: datetime) -> bool:
    if refuser.side is Side.DOMAIN:
        present = refusals.since_then(connection, refuser, since)
        share = Share(present.refused + 1, present.written).of_all
    else:
        share = _share_of_system(connection, refuser, rules, since)
    if share * 100 < rules.brake.percent:
        return False
    return share >= _TIMES * refusals.until_then(connection, refuser, since).of_all


def _share_of_system(connection: Connection, system: Refuser, rules: Bounces, since: datetime) -> float:
    """At least so much of what a system was given it has refused.

    Which domains it serves shows only where it has refused somebody. There a first one says nothing, because without
    it nobody would look; the others count. Where that is too few, all that was written to anybody is its share at most.
    """
    domains = refusals.by_domain(connection, system, since)
    refused = sum(domains.values()) + 1
    if len(domains) < _DOMAINS:
        return 0
    written = refusals.since_then(connection, system, since).written
    others = Share(refused - len(domains), max(written - len(domains), 0))
    of_everything = Share(refused, refusals.written_since(connection, since)).of_all
    return max(of_everything, others.of_all if others.refused >= rules.brake.people else 0)


def pull(connection: Connection, refuser: Refuser, reason: str, rules: Bounces, now: datetime) -> None:
    """Give back whom the last while has cost their place; on record where that is anybody.

    Args:
        connection: a transaction that no other writes beside.
        refuser: who is doubted.
        reason: how those begin for which people are given back.
        rules: of the settings.
        now: the end of that while.
    """
    back = refusals.give_back(connection, refuser, reason, now - rules.brake.within)
    if back:
        what = f"let {back} addresses of {refuser} back in: too many were refused at once to be believed"
        journal.note(connection, who="Communiqué", what=what, now=now)
        _log.warning("%s refuses too many addresses at once to be believed: nobody there is given up", refuser)
