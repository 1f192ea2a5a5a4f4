"""When a whole domain is said to be unknown at once, it is the provider that errs: nobody is given up for it."""

import logging
from datetime import datetime

from sqlalchemy import Connection

from communique.mailboxes import Bounces
from communique.store import journal, refusals
from communique.store.domains import domain_of
from communique.store.returns import Returned

#: A domain that has lost many people before may lose so many times more before that is doubted.
_TIMES = 5

_log = logging.getLogger(__name__)


def is_doubted(connection: Connection, owner: Returned, rules: Bounces, now: datetime) -> bool:
    """Whether a refusal that says that nobody has this address is too much like many others to be believed.

    Somebody whose mail was refused so on another day already is believed to be gone: no provider errs for days.
    """
    brake, domain = rules.brake, domain_of(owner.address_key)
    since = now - brake.within
    if refusals.was_held_before(connection, owner.person, since):
        return False
    refused, held = refusals.lately(connection, domain, since)
    if held:
        return True
    # Looked at again whenever they have doubled: who was given up meanwhile is given back.
    times, rest = divmod(refused + 1, brake.people)
    if rest or not times or times & (times - 1):
        return False
    present = refusals.since_then(connection, domain, since)
    share = refusals.Share(present.refused + 1, present.written).of_all
    return share * 100 >= brake.percent and share >= _TIMES * refusals.until_then(connection, domain, since).of_all


def pull(connection: Connection, owner: Returned, reason: str, rules: Bounces, now: datetime) -> None:
    """Give back whom of this domain the last while has cost their place; on record where that is anybody.

    Args:
        connection: a transaction that no other writes beside.
        owner: of the mail whose refusal is doubted.
        reason: how those begin for which people are given back.
        rules: of the settings.
        now: the end of that while.
    """
    domain = domain_of(owner.address_key)
    back = refusals.give_back(connection, domain, reason, now - rules.brake.within)
    if back:
        what = f"let {back} addresses of {domain} back in: too many were refused at once to be believed"
        journal.note(connection, who="Communiqué", what=what, now=now)
        _log.warning("%s refuses too many addresses at once to be believed: nobody there is given up", domain)
