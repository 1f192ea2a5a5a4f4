"""A server takes a mail, and ten minutes to say so, by the sender's clock. None is lost, and none goes twice."""

import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta

import pytest

from channels.mail.connections import Connections
from channels.mail.exchange import Exchange
from channels.mail.server import Patience
from communique.channel import Receipt, UncertainError
from communique.delivery import State
from tests.channels.mail_dialogues import server_at
from tests.channels.piles import Pile
from tests.channels.recording_smtp import RecordingSmtp
from tests.daemon_process import wait_until
from tests.single_delivery import in_doubt, only
from tests.workspaces import Town

_TEN_MINUTES = 600  #: seconds: RFC 5321 4.5.3.2.6
_JUST_NOT = _TEN_MINUTES - 0.01
_STEP = 120  #: seconds
_LOOKS = 8


@pytest.fixture
def release() -> Iterator[threading.Event]:
    """Lets late answers come; at the end of a test in any case."""
    event = threading.Event()
    yield event
    event.set()


class Clock:
    """Stands still until the server has a mail. From then on each look is two minutes later, up to `last`.

    When that has been seen some times, the answer comes.
    """

    def __init__(self, smtp: RecordingSmtp, release: threading.Event, last: float) -> None:
        self._smtp, self._release, self._last = smtp, release, last
        self._now = 0.0
        self.looks = 0  #: at the last moment

    def __call__(self) -> float:
        """Seconds."""
        if self._smtp.accepted:
            self._now = min(self._now + _STEP, self._last)
        self.looks += self._now == self._last
        if self.looks == _LOOKS:
            self._release.set()
        return self._now


def test_an_answer_that_comes_just_before_ten_minutes_is_waited_for(release: threading.Event) -> None:
    """Nothing is given up and nothing is sent again; the mails behind it go over the same connection."""
    pile = Pile(5)
    with RecordingSmtp().answer_late(release, times=1) as smtp:
        clock = Clock(smtp, release, _JUST_NOT)
        connections = Connections(server_at(smtp.host, smtp.port), Patience(), 1, clock)
        Exchange(connections, pile).run()
        connections.close()
    assert (clock.looks >= _LOOKS, smtp.connections) == (True, 1)
    assert len(pile.addresses(Receipt)) == 5
    assert set(Counter(mail.recipients for mail in smtp.accepted).values()) == {1}


def test_an_answer_that_takes_longer_leaves_one_mail_in_doubt(release: threading.Event) -> None:
    """The server has it, and does not get it a second time; the others go over another connection."""
    pile = Pile(5)
    with RecordingSmtp().answer_late(release, times=1) as smtp:
        clock = Clock(smtp, threading.Event(), _TEN_MINUTES + _STEP)
        connections = Connections(server_at(smtp.host, smtp.port), Patience(), 1, clock)
        Exchange(connections, pile).run()
        release.set()
        connections.close()
    assert (len(pile.addresses(UncertainError)), len(pile.addresses(Receipt))) == (1, 4)
    assert set(Counter(mail.recipients for mail in smtp.accepted).values()) == {1}
    assert len(smtp.accepted) == 5


def test_while_an_answer_is_waited_for_nobody_else_takes_the_mail_up(town: Town, release: threading.Event) -> None:
    """Ten minutes are less than a lease: by the ledger it is past the point, and then sent."""
    in_doubt(town, "resend")
    town.invite("ana")
    town.freeze()
    with RecordingSmtp().answer_late(release) as smtp, ThreadPoolExecutor(1) as aside:
        town.settings("port: 25", f"port: {smtp.port}")
        with closing(town.opened) as opened:
            sending = aside.submit(town.dispatcher(opened.channels).run)
            wait_until(lambda: bool(smtp.accepted), "the mail")
            town.clock.now += timedelta(seconds=_TEN_MINUTES)
            town.owner = "there/2"
            beside = town.dispatcher()
            beside.recover([])
            beside.run()
            assert only(town).state is State.IRREVOCABLE
            release.set()
            sending.result()
    assert (only(town).state, town.account()) == (State.SENT, "1 planned = 1 sent")
    assert (len(smtp.accepted), town.email.taken) == (1, [])
