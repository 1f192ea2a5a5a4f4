"""An announcement by mail to many, whose daemon is killed again and again: what people and ledger have then."""

import random
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
    everybody = [f"person{number}" for number in range(people)]
    town.invite(*everybody)
    daemon = DaemonProcess(town.root)
    killed = 0
    with LocalSink() as sink:
        town.settings("port: 25", f"port: {sink.port}\n    connections: {connections}")
        while killed < kills and len(sink.accepted) < people:
            step = max(1, 2 * (people - len(sink.accepted)) // (kills - killed + 1))
            moment = min(people, len(sink.accepted) + chance.randint(1, step))
            daemon.start()
            wait_until(lambda moment=moment: len(sink.accepted) >= moment, f"{moment} mails", _SECONDS)  # type: ignore[misc]
            daemon.kill()
            killed += 1
        daemon.start()
        wait_until(lambda: _is_at_rest(town, people), "the end", _SECONDS)
        assert daemon.terminate() == 0
    got = Counter(mail.recipients[0] for mail in sink.accepted)
    in_doubt = _in_doubt(town)
    return Toll(
        kills=killed,
        connections=connections,
        repeats=repeats,
        lost=[each for name in everybody if (each := f"{name}@example.org") not in got and each not in in_doubt],
        twice=[address for address, copies in got.items() if copies > 1],
        more=[address for address, copies in got.items() if copies > 2],
        in_doubt=sorted(in_doubt),
        balance_holds=town.balances()["hello"].holds,
    )


def _is_at_rest(town: Town, people: int) -> bool:
    states = ", ".join(f"'{state}'" for state in _AT_REST)
    with town.database.reading() as connection:
        number = connection.execute(text(f"SELECT count(*) FROM deliveries WHERE state IN ({states})"))
        return number.scalar_one() == people


def _in_doubt(town: Town) -> set[str]:
    found = """
        SELECT people.address FROM deliveries JOIN people ON people.id = deliveries.person_id
        WHERE deliveries.state = 'in_doubt'"""
    with town.database.reading() as connection:
        return set(connection.execute(text(found)).scalars())
