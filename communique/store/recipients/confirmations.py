"""Word to somebody of what their answer to a meeting is, owed within limits: whatever asks for it, it floods nobody."""

from datetime import datetime, timedelta

from sqlalchemy import Connection

from communique.channel import Secret
from communique.pace import Rate
from communique.store.recipients import letters, limits, suppression_list
from communique.store.recipients.people import Person
from communique.texts import tokens

#: Mails about one person's answers to one meeting: who plays with the button floods nobody.
MOST = Rate(5, timedelta(days=1))


def owe(connection: Connection, person: Person, meeting: str, language: str, key: Secret, now: datetime) -> bool:
    """Whether it is owed: not to somebody who has left, or has no address; an answer asks for no mail."""
    if not person.address or suppression_list.suppression(connection, person.address_key) is not None:
        return False
    counted = tokens.digests("answer", f"{person.id}/{meeting}", key)[0]
    if not limits.count(connection, "answer", counted, MOST, now):
        return False
    letters.owe_about_answer(connection, person.id, meeting, person.address, language, now)
    return True
