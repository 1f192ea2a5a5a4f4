"""People leave by one-click requests over a socket, while an announcement goes out to all of them."""

import random
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic_ns

import httpx

from communique.channel import Crossing, Message, Outcome, Receipt, Secret, Traffic
from communique.monitoring.health import Health
from communique.store.recipients import people
from communique.texts import tokens
from communique.web.server import serving
from tests.recording_channel import RecordingChannel
from tests.workspaces import Town

KEY = Secret("key")  # of the tiny town
OK = 200
GROUP = 8  #: mails that pass the point of no return together
AHEAD = 24  #: mails that may be handed out before as many people have left


@dataclass
class Race:
    """When, by one clock, each person's mail began to pass the point of no return, and when they had left."""

    people: int
    passing: dict[str, int] = field(default_factory=dict)
    sent: set[str] = field(default_factory=set)
    left: dict[str, int] = field(default_factory=dict)
    moved: threading.Condition = field(default_factory=threading.Condition)

    @property
    def too_late(self) -> set[str]:
        """Whose mail began to pass when the answer to their wish was there."""
        return {address for address in self.sent if self.passing[address] > self.left[address]}

    def keep_pace(self, handed_out: int) -> None:
        """The mails are faster than the people: they wait for them, and then both go at once."""
        with self.moved:
            self.moved.wait_for(lambda: len(self.left) >= min(self.people, handed_out - AHEAD), timeout=60)

    def has_left(self, address: str) -> None:
        """The answer to somebody's wish is there."""
        with self.moved:
            self.left[address] = monotonic_ns()
            self.moved.notify_all()


class OneByOne(RecordingChannel):
    """A channel that takes one mail at a time."""

    def __init__(self, race: Race) -> None:
        super().__init__()
        self.race = race

    def send(self, message: Message, commit: Callable[[], None]) -> Receipt:
        """Say when the point of no return was asked for."""
        address = _address(message)
        self.race.keep_pace(len(self.race.passing))
        self.race.passing[address] = monotonic_ns()
        commit()
        self.race.sent.add(address)
        return self.receipt


class InGroups(OneByOne):
    """A channel that lets several pass together, as mails in bulk do."""

    def send_all(self, traffic: Traffic) -> None:
        """Until there are no more."""
        outcomes: list[Outcome] = []
        while group := [message for _ in range(GROUP) if (message := traffic.next()) is not None]:
            self.race.keep_pace(len(self.race.passing))
            self.race.passing |= dict.fromkeys(map(_address, group), monotonic_ns())
            allowed = traffic.settle([Crossing(message=each, digest="d") for each in group], outcomes)
            going = [each for each in group if each.reference in allowed]
            self.race.sent |= {*map(_address, going)}
            outcomes = [Outcome(message=each, result=self.receipt) for each in going]
        traffic.settle([], outcomes)


def _address(message: Message) -> str:
    assert message.recipient is not None
    return message.recipient.address


def leave_while_mails_go(town: Town, kind: type[OneByOne], number: int) -> Race:
    """A town of so many, all of whom are owed a mail, and leave in any order: 0 of `Race.too_late` is promised."""
    town.invite(*(f"p{each}" for each in range(number)))
    town.freeze()
    race = Race(number)
    with town.database.reading() as connection:
        ids = {person.address: person.id for person, *_ in people.members(connection, ("friends",))}
    links = {address: f"/leave/{tokens.sign(tokens.LEAVE, str(each), KEY)}" for address, each in ids.items()}
    order = random.Random(4).sample(sorted(links), len(links))
    with (
        serving(Health(), town.installation, town.clock, 0) as port,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client,
    ):

        def leave() -> None:
            for address in order:
                if client.post(links[address], data={"List-Unsubscribe": "One-Click"}).status_code == OK:
                    race.has_left(address)

        leaving = threading.Thread(target=leave)
        leaving.start()
        town.dispatcher({"email": kind(race)}).run()
        leaving.join()
    return race
