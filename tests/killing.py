"""An announcement by mail to many, whose daemon is killed again and again: what people and ledger have then."""

import random
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import text

from communique.delivery import FINAL, State
from communique.send.mail_sink import LocalSink
from tests.daemon_process import DaemonProcess, wait_until
from tests.workspaces import Town

_AT_REST = [state.value for state in (*FINAL, State.IN_DOUBT)]
_MESSAGE_ID = re.compile(rb"^Message-ID:\s*(\S+)", re.MULTILINE)
_SECONDS = 300  #: that a daemon may take for what takes a few


@dataclass(frozen=True, kw_only=True)
class Toll:
    """What so many kills have cost; addresses."""

    kills: int
    connections: int
    repeats: bool  #: who is in doubt is written to once more
    lost: Sequence[str]  #: nothing came, and the ledger does not say that it may not have
    twice: Sequence[str]  #: more than one mail came
    more: Sequence[str]  #: more than two
    in_doubt: Sequence[str]
    misnamed: Sequence[str]  #: Message-IDs that two people have, and people who have two
    damage: str  #: of the ledger's file
    balance_holds: bool

    def broken(self) -> Iterator[str]:
        """Promises that were not kept."""
        most = self.kills * self.connections
        if self.lost:
            yield f"lost: {self.lost[:5]}"
        if self.more:
            yield f"three mails: {self.more[:5]}"
        if len(self.twice) > (most if self.repeats else 0):
            yield f"{len(self.twice)} have two mails: {self.twice[:5]}"
        if len(self.in_doubt) > most:  # who is hit a second time, too
            yield f"{len(self.in_doubt)} are in doubt: {self.in_doubt[:5]}"
        if self.misnamed:
            yield f"not one Message-ID a person: {self.misnamed[:5]}"
        if self.damage:
            yield f"the ledger is damaged: {self.damage}"
        if not self.balance_holds:
            yield "the balance does not hold"

    def __str__(self) -> str:
        """In one line."""
        return (
            f"{self.kills} kills, {self.connections} connections, {'resend' if self.repeats else 'strict'}: "
            f"{len(self.lost)} lost, {len(self.twice)} twice, {len(self.in_doubt)} in doubt; "
            f"the balance {'holds' if self.balance_holds else 'does not hold'}"
        )


def due_now(town: Town) -> None:
    """Let the announcement be due at this minute of the real clock."""
    start = datetime.now(UTC).astimezone(ZoneInfo("Europe/Madrid")) - timedelta(minutes=1)
    town.campaign("start: 2026-12-01 10:00", f"start: {start:%Y-%m-%d %H:%M}")


def killed_again_and_again(
    town: Town, *, people: int, kills: int, connections: int, repeats: bool, chance: random.Random
) -> Toll:
    """As many kills as it takes mails to come by, and at most so many; at the end a daemon that nobody kills."""
    due_now(town)
    town.campaign("    through: [email]", f"    through: [email]\n    in_doubt: {'resend' if repeats else 'strict'}")
    town.invite(*(f"person{number}" for number in range(people)))
    daemon = DaemonProcess(town.root)
    killed = 0
    with LocalSink() as sink:
        town.settings("port: 25", f"port: {sink.port}\n    connections: {connections}")
        try:
            while killed < kills and len(sink.accepted) < people and at_rest(town) < people:
                step = max(1, 2 * (people - len(sink.accepted)) // (kills - killed + 1))
                moment = min(people, len(sink.accepted) + chance.randint(1, step))
                daemon.start()
                # Whoever is in doubt may never get one, so that so many mails may never come.
                near_the_end = people - killed * connections
                wait_until(
                    lambda moment=moment, near=near_the_end: (  # type: ignore[misc]
                        len(sink.accepted) >= moment or (len(sink.accepted) >= near and at_rest(town) == people)
                    ),
                    f"{moment} mails",
                    _SECONDS,
                )
                town.balances()  # holds while it sends
                daemon.kill()
                killed += 1
                town.balances()
            if at_rest(town) < people:  # else it would be asked to end before it listens
                daemon.start()
                wait_until(lambda: at_rest(town) == people, "the end", _SECONDS)
                assert daemon.terminate() == 0
        finally:
            daemon.kill()
    return toll(town, sink, kills=killed, connections=connections, repeats=repeats)


def toll(town: Town, sink: LocalSink, *, kills: int, connections: int, repeats: bool = False) -> Toll:
    """What everybody who was invited has got by now."""
    found = text("SELECT people.address, state FROM deliveries JOIN people ON people.id = deliveries.person_id")
    with town.database.reading() as connection:
        states = {row.address: row.state for row in connection.execute(found)}
    got = Counter(mail.recipients[0] for mail in sink.accepted)
    in_doubt = sorted(address for address, state in states.items() if state == State.IN_DOUBT)
    return Toll(
        kills=kills,
        connections=connections,
        repeats=repeats,
        lost=sorted(states.keys() - got.keys() - set(in_doubt)),
        twice=[address for address, copies in got.items() if copies > 1],
        more=[address for address, copies in got.items() if copies > 2],
        in_doubt=in_doubt,
        misnamed=_misnamed(sink),
        damage=_damage(town),
        balance_holds=town.balances()["hello"].holds,
    )


def _misnamed(sink: LocalSink) -> list[str]:
    """A repeated mail has the Message-ID of the first, and no other mail has it."""
    pairs = {(mail.recipients[0], _MESSAGE_ID.findall(mail.data)[0].decode()) for mail in sink.accepted}
    return [each for side in zip(*pairs, strict=True) for each, count in Counter(side).items() if count > 1]


def _damage(town: Town) -> str:
    """What SQLite finds; PostgreSQL is not asked."""
    if town.database.is_shared:
        return ""
    with town.database.reading() as connection:
        found = str(connection.execute(text("PRAGMA integrity_check")).scalar_one())
    return "" if found == "ok" else found


def at_rest(town: Town) -> int:
    """How many copies have come to an end, or wait for a person."""
    states = ", ".join(f"'{state}'" for state in _AT_REST)
    with town.database.reading() as connection:
        number = connection.execute(text(f"SELECT count(*) FROM deliveries WHERE state IN ({states})"))
        return int(number.scalar_one())
