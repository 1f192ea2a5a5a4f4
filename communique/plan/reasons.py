"""Why one person did or did not get an announcement, in sentences."""

from datetime import datetime, tzinfo

from sqlalchemy import Connection

from communique.correction import number_of
from communique.delivery import Mode, State
from communique.joined_phrases import in_lines, one_after_another
from communique.phrase import Phrase, as_phrase, phrase
from communique.plan.owing import allowed
from communique.plan.planning import Planner
from communique.plan.standing import Standing
from communique.retraction import told_of
from communique.store.deliveries import accounts, digests, stops
from communique.store.deliveries.accounts import Copy
from communique.store.deliveries.packs import pack_of
from communique.store.recipients import erasure, people, suppression_list
from communique.store.recipients.people import Person
from communique.texts import tokens

_OUTCOMES = {
    State.SENT: phrase("got it: the next system accepted it"),
    State.FAILED: phrase("did not get it: it was refused for good"),
    State.EXCLUDED: phrase("did not get it, and must not"),
    State.MISSED: phrase("did not get it: its time passed first"),
    State.CANCELLED: phrase("did not get it: it was withdrawn or cancelled before it left"),
    State.IN_DOUBT: phrase("may have got it: the connection broke after the point of no return"),
    State.COLLECTED: phrase("gets it in a newsletter by day or week"),
    State.SCHEDULED: phrase("has not got it yet: it is waiting to go"),
    State.SENDING: phrase("is being written to right now"),
    State.IRREVOCABLE: phrase("is being written to right now"),
}
#: Of what leaves the house in somebody's hands.
_BY_HAND = {
    State.SENT: phrase("got it: somebody has posted it"),
    State.IN_DOUBT: phrase("has not got it yet, as far as is known: it is written, and somebody is to post it"),
}


def why(
    planner: Planner, connection: Connection, person: Person | None, address: str, name: tuple[str, str], now: datetime
) -> str:
    """One sentence a channel, or one that says why there is none."""
    announcement = "/".join(name)
    to_come = next(
        (each for each in planner.standings(connection, now, of=name[0]) if each.name == name and not each.is_frozen),
        None,
    )
    if person is None:
        return _nobody(planner, connection, address, announcement, is_to_come=to_come is not None)
    found = accounts.copies(connection, planner.mode, announcement=name, person=person.id)
    if found:
        return in_lines([_told(planner, connection, person, announcement, copy) for copy in found])
    excluded = _not_addressed(planner, connection, person, name)
    reason = excluded or (_to_come(planner, to_come) if to_come is not None else _came_later(planner, name))
    told = {"name": person.name, "announcement": announcement, "reason": as_phrase(reason)}
    if to_come is None and accounts.is_forgotten(connection, planner.mode, name):
        return phrase(
            "Whether {name} got {announcement} is not known any more: who got it was kept for the time that the "
            "settings say (`retention: deliveries`), and is erased.",
            **told,
        )
    if to_come is None or to_come.missed:
        return phrase("{name} did not get {announcement}: {reason}.", **told)
    if excluded:
        return phrase("{name} does not get {announcement}: {reason}.", **told)
    return phrase("{name} has not got {announcement} yet: {reason}.", **told)


def _nobody(planner: Planner, connection: Connection, address: str, announcement: str, *, is_to_come: bool) -> str:
    """Of an address that nobody has here. Who was erased may have got what went before."""
    told = {"address": address, "announcement": announcement}
    key = planner.workspace.key
    is_erased = key is not None and erasure.is_erased(
        connection, tokens.digests(tokens.ERASED, people.address_key(address), key)
    )
    if is_to_come and is_erased:
        return phrase("{address} does not get {announcement}: whoever had this address was erased.", **told)
    if is_to_come:
        return phrase("{address} does not get {announcement}: nobody with this address is in any audience.", **told)
    if is_erased:
        return phrase(
            "Whether {address} got {announcement} is not known any more: whoever had this address was erased.", **told
        )
    return phrase(
        "Nobody with the address {address} is in any audience, and none is on record as having got {announcement}.",
        **told,
    )


def _told(planner: Planner, connection: Connection, person: Person, announcement: str, copy: Copy) -> str:
    """What became of a copy; of one that is collected, what became of the newsletter that carries it."""
    sentence = _sentence(planner, person, announcement, copy)
    if copy.delivery.state is State.SCHEDULED:
        stopped = _stopped(planner, connection, copy)
        return phrase("{first} {second}", first=sentence, second=stopped) if stopped else sentence
    if copy.delivery.state is not State.COLLECTED:
        return sentence
    carrier = digests.carrier_of(connection, copy.delivery.id)
    carried = accounts.copy_of(connection, carrier) if carrier is not None else None
    if carried is None:
        return phrase("{sentence} It waits for the next one.", sentence=sentence)
    named = phrase(
        "{announcement} of {occurrence}",
        announcement=carried.delivery.announcement,
        occurrence=carried.delivery.occurrence,
    )
    return phrase(
        "{sentence} That one: {carrier}", sentence=sentence, carrier=_sentence(planner, person, named, carried)
    )


def _stopped(planner: Planner, connection: Connection, copy: Copy) -> str:
    """Why it goes no further, where too many others came back."""
    one = copy.delivery
    for each in stops.stopped(connection, planner.mode):
        if (each.campaign, each.announcement, each.occurrence, each.channel) == (
            one.campaign,
            one.announcement,
            one.occurrence,
            one.channel,
        ):
            return phrase(
                "It waits for an officer: {returned} of {gone} mails came back.", returned=each.returned, gone=each.gone
            )
    return ""


def _sentence(planner: Planner, person: Person, announcement: str, copy: Copy) -> Phrase:
    delivery, zone = copy.delivery, planner.workspace.settings.timezone
    where = [delivery.channel, delivery.language]
    if copy.last is not None:
        where.append(_when(copy.last.started_at, zone))
    words = copy.words if delivery.state is State.SENT else delivery.reason
    outcome: str = _OUTCOMES[delivery.state]
    if delivery.channel in planner.workspace.for_a_person and delivery.state in _BY_HAND:
        outcome = _BY_HAND[delivery.state]
        if delivery.state is State.IN_DOUBT:
            words = phrase("once it is posted, communique done {pack} --as NAME", pack=pack_of(copy))
    what = _noticed(announcement, delivery.occurrence)
    said = phrase(
        "{name} {outcome} ({what}, {where})", name=person.name, outcome=outcome, what=what, where=", ".join(where)
    )
    said = phrase("{said}: {words}.", said=said, words=words) if words else phrase("{said}.", said=said)
    came_back = _came_back(planner, copy)
    return phrase("{first} {second}", first=said, second=came_back) if came_back else said


def _noticed(announcement: str, occurrence: str) -> str:
    """What a copy is of: the announcement, or what its readers were told of it later."""
    if number := number_of(occurrence):
        return phrase("{announcement}, correction {number}", announcement=announcement, number=number)
    if told_of(occurrence) != occurrence:
        return phrase("{announcement}, withdrawal", announcement=announcement)
    return announcement


def _came_back(planner: Planner, copy: Copy) -> str:
    """What became of a copy after it was sent, as far as anybody has reported."""
    returned = copy.returned
    if returned is None or copy.delivery.state is not State.SENT:
        return ""
    when = _when(returned.at, planner.workspace.settings.timezone)
    what = phrase("It came back ({when})", when=when)
    if returned.kind == "complaint":
        what = phrase("Its reader called it junk ({when})", when=when)
    if not returned.words:
        return phrase("{said}.", said=what)
    return phrase("{said}: {words}.", said=what, words=returned.words)


def _when(moment: datetime, zone: tzinfo) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M %Z}"


def _not_addressed(planner: Planner, connection: Connection, person: Person, name: tuple[str, str]) -> str:
    """Why it is not for somebody; empty when it is."""
    announcement = planner.workspace.campaigns[name[0]].announcements[name[1]]
    routes = [planner.workspace.routes[each] for each in announcement.through if each in planner.workspace.routes]
    wanted = {*announcement.to, *("subscribers" for route in routes if route.is_newsletter)}
    theirs = people.audiences_of(connection, person.id)
    if not wanted:
        return phrase("it is written to nobody in particular; everybody can read it in public")
    if not wanted & set(theirs):
        return phrase(
            "it goes to {wanted}, and {name} is in {audiences}",
            wanted=", ".join(sorted(wanted)),
            name=person.name,
            audiences=", ".join(theirs) or phrase("no audience"),
        )
    if reason := suppression_list.suppression(connection, person.address_key):
        return phrase("the address must not be written to ({reason})", reason=reason)
    if planner.mode is Mode.TRIAL and person.address_key not in allowed(planner.workspace):
        return phrase("in trial mode mail reaches the allow-list only, and this address is not on it")
    return ""


def _to_come(planner: Planner, standing: Standing) -> str:
    """When it is due, and what it waits for."""
    due = standing.occurrence.due_at
    when = (
        phrase("it is due {when}", when=_when(due, planner.workspace.settings.timezone))
        if due
        else phrase("it has no date")
    )
    stopped = [
        phrase("not through {channel}: {reason}", channel=channel, reason=reason)
        for channel, reason in standing.cancelled.items()
    ]
    reasons = [standing.reason] if standing.is_cancelled else [standing.reason, *stopped]
    said = one_after_another(when, *reasons)
    return said if any(reasons) else phrase("{when}, and will go then", when=when)


def _came_later(planner: Planner, name: tuple[str, str]) -> str:
    """Of whom it is for, and who was not counted when it fell due."""
    announcement = planner.workspace.campaigns[name[0]].announcements[name[1]]
    asked = [
        phrase("`{standing}` towards `{fact}`", standing=standing, fact=fact)
        for fact, standing in announcement.only.items()
    ]
    joined = phrase("they joined the audience after it had been counted")
    return (
        phrase("it was for those who stood {asked} when it was counted, or {joined}", asked=asked[0], joined=joined)
        if asked
        else joined
    )
