"""Why one person did or did not get an announcement, in sentences."""

from datetime import datetime

from sqlalchemy import Connection

from communique.delivery import Mode, State
from communique.plan.owing import allowed
from communique.plan.planning import Planner
from communique.store import accounts, digests, people
from communique.store.accounts import Copy
from communique.store.people import Person

_OUTCOMES = {
    State.SENT: "got it: the next system accepted it",
    State.FAILED: "did not get it: it was refused for good",
    State.EXCLUDED: "did not get it, and must not",
    State.MISSED: "did not get it: its time passed first",
    State.CANCELLED: "did not get it: it was withdrawn or cancelled before it left",
    State.IN_DOUBT: "may have got it: the connection broke after the point of no return",
    State.COLLECTED: "gets it in a newsletter by day or week",
    State.SCHEDULED: "has not got it yet: it is waiting to go",
    State.SENDING: "is being written to right now",
    State.IRREVOCABLE: "is being written to right now",
}


def why(
    planner: Planner, connection: Connection, person: Person | None, address: str, name: tuple[str, str], now: datetime
) -> str:
    """One sentence a channel, or one that says why there is none."""
    announcement = "/".join(name)
    if person is None:
        return f"{address} did not get {announcement}: nobody with this address is in any audience."
    found = accounts.copies(connection, planner.mode, announcement=name, person=person.id)
    if found:
        return "\n".join(_told(planner, connection, person, announcement, copy) for copy in found)
    return f"{person.name} did not get {announcement}: {_not_addressed(planner, connection, person, name, now)}."


def _told(planner: Planner, connection: Connection, person: Person, announcement: str, copy: Copy) -> str:
    """What became of a copy; of one that is collected, what became of the newsletter that carries it."""
    sentence = _sentence(planner, person, announcement, copy)
    if copy.delivery.state is not State.COLLECTED:
        return sentence
    carrier = digests.carrier_of(connection, copy.delivery.id)
    carried = accounts.copy_of(connection, carrier) if carrier is not None else None
    if carried is None:
        return f"{sentence} It waits for the next one."
    named = f"{carried.delivery.announcement} of {carried.delivery.occurrence}"
    return f"{sentence} That one: {_sentence(planner, person, named, carried)}"


def _sentence(planner: Planner, person: Person, announcement: str, copy: Copy) -> str:
    delivery, zone = copy.delivery, planner.workspace.settings.timezone
    sentence = f"{person.name} {_OUTCOMES[delivery.state]} ({announcement}, {delivery.channel}, {delivery.language}"
    if copy.last is not None:
        sentence += f", {copy.last.started_at.astimezone(zone):%Y-%m-%d %H:%M %Z}"
    words = copy.last.detail if copy.last and delivery.state is State.SENT else delivery.reason
    return f"{sentence}){f': {words}' if words else ''}.{_came_back(planner, copy)}"


def _came_back(planner: Planner, copy: Copy) -> str:
    """What became of a copy after it was sent, as far as anybody has reported."""
    returned = copy.returned
    if returned is None or copy.delivery.state is not State.SENT:
        return ""
    when = f"{returned.at.astimezone(planner.workspace.settings.timezone):%Y-%m-%d %H:%M %Z}"
    what = "Its reader called it junk" if returned.kind == "complaint" else "It came back"
    return f" {what} ({when}){f': {returned.words}' if returned.words else ''}."


def _not_addressed(
    planner: Planner, connection: Connection, person: Person, name: tuple[str, str], now: datetime
) -> str:
    campaign = planner.workspace.campaigns[name[0]]
    announcement = campaign.announcements[name[1]]
    routes = [planner.workspace.routes[each] for each in announcement.through if each in planner.workspace.routes]
    wanted = {*announcement.to, *("subscribers" for route in routes if route.is_newsletter)}
    theirs = people.audiences_of(connection, person.id)
    if not wanted:
        return "it is written to nobody in particular; everybody can read it in public"
    if not wanted & set(theirs):
        return f"it goes to {', '.join(sorted(wanted))}, and {person.name} is in {', '.join(theirs) or 'no audience'}"
    if reason := people.suppression(connection, person.address_key):
        return f"the address must not be written to ({reason})"
    if planner.mode is Mode.TRIAL and person.address_key not in allowed(planner.workspace):
        return "in trial mode mail reaches the allow-list only, and this address is not on it"
    for standing in planner.standings(connection, now):
        if standing.name == name and not standing.is_frozen:
            due = standing.occurrence.due_at
            when = (
                f"it is due {due.astimezone(planner.workspace.settings.timezone):%Y-%m-%d %H:%M %Z}"
                if due
                else "it has no date"
            )
            stopped = [f"not through {channel}: {reason}" for channel, reason in standing.cancelled.items()]
            reasons = [standing.reason] if standing.is_cancelled else [standing.reason, *stopped]
            said = "; ".join(filter(None, (when, *reasons)))
            return said if any(reasons) else f"{when}, and will go then"
    asked = [f"`{standing}` towards `{fact}`" for fact, standing in announcement.only.items()]
    joined = "they joined the audience after it had been counted"
    return f"it was for those who stood {asked[0]} when it was counted, or {joined}" if asked else joined
