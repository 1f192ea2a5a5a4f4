"""Who subscribed, to what, and the proof of it. A stranger changes nobody: all of it follows a confirmed request."""

from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from communique.routes import SUBSCRIBERS
from communique.store.database import memberships, people
from communique.store.recipients import people as persons
from communique.store.recipients import suppression_list
from communique.store.recipients.domains import domain_of
from communique.store.recipients.requests import Request
from communique.store.tables.subscriber import consents, subscription_topics, subscriptions
from communique.subscription import Choices, Frequency

BASIS = "consent, confirmed by mail"


def subscribe(connection: Connection, request: Request, *, audience: str, now: datetime) -> int:
    """Do what a confirmed request asks for; the person's id.

    Name and organisation of a person who is known stay as they are. The address is taken off the suppression list:
    only its owner can have confirmed.
    """
    choices = request.choices
    person = connection.execute(select(people.c.id).where(people.c.address_key == request.address_key)).scalar()
    if person is None:
        person = _new_person(connection, request, now)
    suppression_list.allow(connection, request.address_key)
    _join(connection, int(person), audience, source=str(request.how), now=now)
    choose(connection, int(person), choices, now)
    connection.execute(
        insert(consents).values(
            person_id=person,
            how=request.how,
            language=choices.language,
            wording=request.wording,
            frequency=choices.frequency,
            topics=list(choices.topics),
            asked_at=request.asked_at,
            confirmed_at=now,
        )
    )
    return int(person)


def choose(connection: Connection, person: int, choices: Choices, now: datetime) -> None:
    """From now on this holds."""
    connection.execute(update(people).where(people.c.id == person).values(language=choices.language))
    forget(connection, person)
    connection.execute(
        insert(subscriptions).values(
            person_id=person, frequency=choices.frequency, all_topics=not choices.topics, changed_at=now
        )
    )
    if choices.topics:
        rows = [{"person_id": person, "campaign": each} for each in dict.fromkeys(choices.topics)]
        connection.execute(insert(subscription_topics), rows)


def choices_of(connection: Connection, person: persons.Person) -> Choices:
    """What somebody chose; everything, as it comes, when they were never asked."""
    row = connection.execute(select(subscriptions).where(subscriptions.c.person_id == person.id)).first()
    if row is None:
        return Choices(language=person.language)
    topics = connection.execute(
        select(subscription_topics.c.campaign)
        .where(subscription_topics.c.person_id == person.id)
        .order_by(subscription_topics.c.campaign)
    ).scalars()
    return Choices(language=person.language, frequency=Frequency(row.frequency), topics=tuple(topics))


def may_change_address(connection: Connection, request: Request) -> bool:
    """Whether a change may still be made: not for who has been erased, nor has left since, or before.

    Another address would be written to again, and only a confirmed subscription brings anybody back.
    """
    person = persons.by_id(connection, request.person or 0)
    return person is not None and not suppression_list.wants_nothing(connection, person.address_key)


def change_address(connection: Connection, request: Request, now: datetime) -> None:
    """Do what both addresses have confirmed. Who had the new address already is subscribed, with the same choices."""
    person = persons.by_id(connection, request.person or 0)
    if person is None:
        return
    suppression_list.allow(connection, request.address_key)
    other = connection.execute(select(people.c.id).where(people.c.address_key == request.address_key)).scalar()
    if other is None or int(other) == person.id:
        values = {"address": request.address, "address_key": request.address_key}
        values["domain"] = domain_of(request.address_key)
        connection.execute(update(people).where(people.c.id == person.id).values(**values, address_since=now))
        return
    for row in connection.execute(select(memberships).where(memberships.c.person_id == person.id)).all():
        if row.audience == SUBSCRIBERS:
            _join(connection, int(other), row.audience, source=row.source, now=now)
    choose(connection, int(other), choices_of(connection, person), now)
    leave(connection, person.id, SUBSCRIBERS)


def leave(connection: Connection, person: int, audience: str) -> None:
    """Out of one audience, with what was chosen for it."""
    mine = (memberships.c.person_id == person, memberships.c.audience == audience)
    connection.execute(delete(memberships).where(*mine))
    forget(connection, person)


def forget(connection: Connection, person: int) -> None:
    """What somebody chose."""
    connection.execute(delete(subscription_topics).where(subscription_topics.c.person_id == person))
    connection.execute(delete(subscriptions).where(subscriptions.c.person_id == person))


def _new_person(connection: Connection, request: Request, now: datetime) -> int:
    values = {
        "address": request.address,
        "address_key": request.address_key,
        "domain": domain_of(request.address_key),
        "name": "",
        "language": request.choices.language,
        "organisation": "",
        "created_at": now,
    }
    return int(connection.execute(insert(people).values(values).returning(people.c.id)).scalar_one())


def _join(connection: Connection, person: int, audience: str, *, source: str, now: datetime) -> None:
    mine = (memberships.c.person_id == person, memberships.c.audience == audience)
    if connection.execute(select(memberships.c.audience).where(*mine)).first() is None:
        values = {"audience": audience, "person_id": person, "basis": BASIS, "source": source, "added_at": now}
        connection.execute(insert(memberships).values(values))
