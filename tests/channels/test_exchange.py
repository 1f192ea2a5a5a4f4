"""Many mails over several connections: each has one outcome, and the outcome is what the server knows."""

import itertools
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import nullcontext
from datetime import timedelta

import pytest

from channels.mail import exchange
from channels.mail.connections import Connections
from channels.mail.envelope import Envelope
from channels.mail.exchange import Exchange
from channels.mail.server import Patience
from channels.mail.session import Session
from communique.channel import (
    ChannelError,
    PermanentError,
    Receipt,
    TemporaryError,
    UnavailableError,
    UncertainError,
)
from tests.channels.certificates import Authority
from tests.channels.mail_dialogues import LONG, SHORT, server_at
from tests.channels.piles import Pile
from tests.channels.recording_smtp import RecordingSmtp

_MANY = 60
_LARGE = b"Subject: x\r\n\r\n" + (b"x" * 70 + b"\r\n") * 4_000  # more than the kernel takes at once


def run(
    smtp: RecordingSmtp,
    pile: Pile,
    most: int,
    patience: Patience = LONG,
    mails: int | None = None,
    **changes: object,
) -> Connections:
    """Send the pile; the connections afterwards, closed."""
    connections = Connections(server_at(smtp.host, smtp.port, **changes), patience, most, mails=mails)
    try:
        Exchange(connections, pile).run()
    finally:
        connections.close()
    return connections


def hold_against(smtp: RecordingSmtp, pile: Pile) -> None:
    """One result a mail; taken by the server are all with a receipt, none that failed, none twice."""
    assert Counter(envelope for envelope, _ in pile.results) == Counter(pile.mails)
    taken = Counter(mail.recipients[0] for mail in smtp.accepted)
    assert set(taken.values()) <= {1}
    assert pile.addresses(Receipt) <= taken.keys() <= pile.addresses(Receipt) | pile.addresses(UncertainError)


@pytest.mark.parametrize("pipelining", [True, False])
@pytest.mark.parametrize("most", [1, 4, 20])
def test_every_mail_arrives_once(most: int, *, pipelining: bool) -> None:
    """Over one connection or many, with commands sent ahead or one by one."""
    with RecordingSmtp(pipelining=pipelining) as smtp:
        pile = Pile(_MANY)
        run(smtp, pile, most)
    hold_against(smtp, pile)
    assert len(pile.addresses(Receipt)) == _MANY
    assert smtp.most_open <= most


def test_a_refused_thread_takes_an_opening_along_and_no_mail(monkeypatch: pytest.MonkeyPatch) -> None:
    """What waited for the same threads is called off with it: mails go over the connections that there are."""
    begin_opening, waiting = Connections.begin_opening, list[Future[Session]]()

    def begin(connections: Connections, pool: ThreadPoolExecutor) -> Future[Session]:
        if len(connections.links) == 1:
            return begin_opening(connections, pool)
        if waiting:
            waiting[0].cancel()  # as the pool does with all that no thread has begun
            raise RuntimeError("can't start new thread")
        waiting.append(Future())
        return waiting[0]

    monkeypatch.setattr(Connections, "begin_opening", begin)
    with RecordingSmtp() as smtp:
        pile = Pile(_MANY)
        run(smtp, pile, 8)
    hold_against(smtp, pile)
    assert len(pile.addresses(Receipt)) == _MANY
    assert waiting[0].cancelled()


FAULTS: dict[str, Callable[[RecordingSmtp], object]] = {
    "hang up at MAIL": lambda smtp: smtp.hang_up("MAIL", times=3),
    "hang up at RCPT": lambda smtp: smtp.hang_up("RCPT", times=3),
    "hang up at DATA": lambda smtp: smtp.hang_up("DATA", times=3),
    "hang up in the mail": lambda smtp: smtp.hang_up("BODY", times=3),
    "421 at RCPT": lambda smtp: smtp.refuse("RCPT", "421 4.3.2 Closing", times=3),
    "refused recipients": lambda smtp: smtp.refuse("RCPT", "550 5.1.1 No such user", times=9),
    "greylisting": lambda smtp: smtp.refuse("RCPT", "451 4.7.1 Later", times=9),
    "refused mails": lambda smtp: smtp.refuse(".", "554 5.7.1 Spam", times=9),
    "put off at the end": lambda smtp: smtp.refuse(".", "452 4.3.1 Full", times=9),
    "lost answers": lambda smtp: smtp.lose_answer(times=3),
    "nonsense for answers": lambda smtp: smtp.lose_answer(reply=b"Welcome", times=3),
}


@pytest.mark.parametrize("pipelining", [True, False])
@pytest.mark.parametrize("fault", FAULTS)
def test_whatever_a_server_does_nothing_is_lost_or_doubled(fault: str, *, pipelining: bool) -> None:
    """Faults meet some of the mails; the others arrive, and each outcome is what the server knows."""
    with RecordingSmtp(pipelining=pipelining) as smtp:
        FAULTS[fault](smtp)
        pile = Pile(_MANY)
        run(smtp, pile, 4)
    hold_against(smtp, pile)
    assert len(pile.addresses(Receipt)) >= _MANY - 9
    uncertain = pile.addresses(UncertainError)
    if fault in {"lost answers", "nonsense for answers"}:
        assert len(uncertain) == 3
    else:  # a server that hangs up in the mail may be heard too late
        assert len(uncertain) <= (3 if fault == "hang up in the mail" else 0)
    if fault in {"refused recipients", "refused mails"}:
        assert len(pile.addresses(PermanentError)) == 9
    if fault in {"greylisting", "put off at the end"}:
        assert len(pile.addresses(TemporaryError)) == 9


@pytest.mark.parametrize("most", [1, 4])
def test_who_hangs_up_says_so_to_each_command_of_a_pipeline(most: int) -> None:
    """The mail that was on its way goes over another connection: once, however often it was turned away."""
    with RecordingSmtp(pipelining=True) as smtp:
        pile = Pile(_MANY)

        def close_at_the_next(crossing: Sequence[Envelope]) -> set[Envelope]:
            if len(pile.results) == 1:
                smtp.refuse("MAIL", "421 4.3.2 Closing\r\n421 4.3.2 Closing\r\n421 4.3.2 Closing", times=1)
            return set(crossing)

        pile.commit = close_at_the_next
        run(smtp, pile, most)
    hold_against(smtp, pile)
    assert len(pile.addresses(Receipt)) == _MANY


def test_a_connection_that_may_carry_few_mails_is_replaced() -> None:
    """Providers end a connection after so many: the mail goes over the next one, without an attempt of its own."""
    with RecordingSmtp(pipelining=True, mails_each=7) as smtp:
        pile = Pile(_MANY)
        run(smtp, pile, 3)
    hold_against(smtp, pile)
    assert len(pile.addresses(Receipt)) == _MANY


@pytest.mark.parametrize("pipelining", [True, False])
@pytest.mark.parametrize("most", [1, 3])
@pytest.mark.parametrize("mails", [1, 7])
def test_a_connection_carries_as_many_mails_as_the_settings_say(most: int, mails: int, *, pipelining: bool) -> None:
    """Then it is left before the server ends it, and the next mail goes over a new one."""
    with RecordingSmtp(pipelining=pipelining) as smtp:
        pile = Pile(_MANY)
        run(smtp, pile, most, mails=mails)
        assert smtp.connections >= _MANY / mails
    hold_against(smtp, pile)
    assert len(pile.addresses(Receipt)) == _MANY


def test_a_server_that_wants_few_connections_has_few() -> None:
    """What is one too many is given up quietly; the mails go over the others."""
    with RecordingSmtp(pipelining=True, most_connections=2) as smtp:
        pile = Pile(_MANY)
        run(smtp, pile, 8)
    hold_against(smtp, pile)
    assert len(pile.addresses(Receipt)) == _MANY


def test_a_silent_server_is_left() -> None:
    """Patience ends on each connection, also while others are busy; nothing of it was committed."""
    with RecordingSmtp(pipelining=True) as smtp:
        smtp.fall_silent("DATA")
        pile = Pile(3)
        with pytest.raises(ChannelError, match="silent"):
            run(smtp, pile, 3, SHORT)
    assert pile.addresses(TemporaryError) == {mail.recipient for mail in pile.mails}
    assert (pile.crossed, smtp.accepted) == ([], [])


@pytest.mark.parametrize(("size", "taken"), [(100_000, 4), (299_999, 3), (300_000, 2), (3_000_000, 2)])
def test_while_a_server_is_silent_some_mails_are_written(size: int, taken: int) -> None:
    """As many as weigh 300 kB, beside the one that it has."""
    with RecordingSmtp(pipelining=True) as smtp:
        smtp.fall_silent("MAIL")
        pile = Pile(_MANY, data=b"x" * size)
        taken_by_then: list[int] = []

        def commit(crossing: Sequence[Envelope]) -> set[Envelope]:
            taken_by_then.append(pile.taken)
            return set(crossing)

        pile.commit = commit
        with pytest.raises(ChannelError, match="silent"):
            run(smtp, pile, 1, SHORT)
    assert taken_by_then[0] == taken


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
def test_large_mails_go_encrypted(authority: Authority, tls: str) -> None:
    """Several connections under TLS, and more than the kernel takes at once."""
    context = authority.context_for("127.0.0.1")
    offered = {"starttls": context} if tls == "starttls" else {"implicit_tls": context}
    with RecordingSmtp(pipelining=True, **offered) as smtp:
        pile = Pile(12, _LARGE)
        run(smtp, pile, 3, tls=tls, ca_file=str(authority.file))
    hold_against(smtp, pile)
    assert {mail.data for mail in smtp.accepted} == {_LARGE}


def test_who_may_not_go_does_not(authority: Authority) -> None:
    """A lease that was lost, a person who left: their mails get no final dot, and the others theirs."""
    with RecordingSmtp(pipelining=True) as smtp:
        pile = Pile(_MANY)
        shut = set(pile.mails[::7])
        pile.commit = lambda crossing: {each for each in crossing if each not in shut}
        run(smtp, pile, 4)
    assert {mail.recipients[0] for mail in smtp.accepted} == {each.recipient for each in pile.mails if each not in shut}
    assert {envelope for envelope, _ in pile.results} == set(pile.mails) - shut


@pytest.mark.parametrize(("stood_still", "taken"), [(59, _MANY), (61, _MANY - 1)])
def test_who_stood_still_after_the_commit_sends_no_dot(stood_still: int, taken: int) -> None:
    """By then another worker may have taken the mails over, and sent them: they are owed again, and not in doubt."""
    clock = [0.0]
    with RecordingSmtp(pipelining=True) as smtp:
        pile = Pile(_MANY)

        def commit(crossing: Sequence[Envelope]) -> set[Envelope]:
            if len(pile.crossed) == 7:
                clock[0] += stood_still
            return set(crossing)

        pile.commit = commit
        connections = Connections(server_at(smtp.host, smtp.port), LONG, 1, lambda: clock[0])
        try:
            Exchange(connections, pile).run()
        finally:
            connections.close()
    hold_against(smtp, pile)
    assert len(pile.addresses(Receipt)) == len(smtp.accepted) == taken
    assert len(pile.addresses(TemporaryError)) == _MANY - taken


@pytest.mark.parametrize("error", [OSError("disk full"), KeyboardInterrupt()])
def test_no_commit_no_dot(error: BaseException) -> None:
    """A ledger that cannot write: nothing of that turn goes out, and no connection stays open."""

    def fail(_crossing: Sequence[Envelope]) -> set[Envelope]:
        raise error

    with RecordingSmtp(pipelining=True) as smtp:
        pile = Pile(_MANY)
        pile.commit = fail
        connections = Connections(server_at(smtp.host, smtp.port), LONG)
        with pytest.raises(type(error)):
            Exchange(connections, pile).run()
        assert all(link.conversation.is_free for link in connections.links)
        connections.close()
        assert smtp.accepted == []


def test_told_to_stop_it_ends_what_has_begun() -> None:
    """What was fetched and not offered is left to whoever gave it; what was offered comes to its end."""
    with RecordingSmtp(pipelining=True) as smtp:
        pile = Pile(_MANY)

        def stop(crossing: Sequence[Envelope]) -> set[Envelope]:
            pile.halted = pile.halted or bool(smtp.accepted)
            return set(crossing)

        pile.commit = stop
        run(smtp, pile, 1)
    taken = {mail.recipients[0] for mail in smtp.accepted}
    assert taken == pile.addresses(Receipt)
    assert 1 <= len(taken) < _MANY


@pytest.mark.parametrize("ends", ["stopped", "down"])
def test_who_sends_no_more_waits_for_no_connection(ends: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server may take minutes to greet: nobody stops so late for that, or learns so late that it takes nothing."""
    monkeypatch.setattr(Connections, "begin_opening", lambda *_: Future[Session]())  # never greeted
    monkeypatch.setattr(exchange, "_LONGEST_SLEEP", 0.001)
    looks = itertools.count()

    def clock() -> float:
        assert next(looks) < 20_000, "it waits still"
        return 0.0

    with RecordingSmtp(pipelining=True) as smtp:
        pile = Pile(_MANY, _LARGE)

        def commit(crossing: Sequence[Envelope]) -> set[Envelope]:
            pile.halted = ends == "stopped"
            if ends == "down":
                smtp.refuse("MAIL", "454 Throttling failure: Daily message quota exceeded.")
            return set(crossing)

        pile.commit = commit
        connections = Connections(server_at(smtp.host, smtp.port), LONG, 4, clock)
        with pytest.raises(UnavailableError) if ends == "down" else nullcontext():
            Exchange(connections, pile).run()
        connections.drop(connections.links[0])
        assert 1 <= len(smtp.accepted) <= 2  # what was offered behind the first comes to its end


def test_a_server_that_is_away_is_said_to_be_so() -> None:
    """What was taken has that as its result; the rest was never taken."""
    with RecordingSmtp() as smtp:
        smtp.refuse("CONNECT", "554 5.3.2 Not today")
        pile = Pile(_MANY)
        with pytest.raises(ChannelError, match="Not today"):
            run(smtp, pile, 4)
    assert len(pile.results) == 1
    assert pile.next() is not None


@pytest.mark.parametrize(
    ("step", "reply"),
    [
        ("MAIL", "550 5.4.5 Daily user sending limit exceeded."),
        ("RCPT", "550 5.1.90 Your message can't be sent because you've reached your daily limit for recipients"),
        (".", "554 5.2.0 STOREDRV.Submission.Exception:SubmissionQuotaExceededException"),
        ("RCPT", "550 Domain town.example has exceeded the max emails per hour (150/150 (100%)) allowed."),
        ("MAIL", "454 Throttling failure: Daily message quota exceeded."),
    ],
)
def test_who_may_send_no_more_today_sends_tomorrow(step: str, reply: str) -> None:
    """A limit of our own account passes: no mail is given up, and the others are not even offered."""
    with RecordingSmtp() as smtp:
        smtp.refuse(step, reply)
        pile = Pile(_MANY)
        with pytest.raises(UnavailableError, match="takes no more from us") as raised:
            run(smtp, pile, 1)
        smtp.heal()
        assert raised.value.retry_after == timedelta(hours=1)
        assert {type(result) for _, result in pile.results} == {UnavailableError}
        assert sum(command.startswith("MAIL") for command in smtp.commands) == 1
        assert smtp.accepted == []


@pytest.mark.parametrize(
    "reply",
    [
        "552 5.2.2 The email account that you tried to reach is over quota.",
        "552 5.2.2 Mailbox size limit exceeded",
        "552 5.3.4 Message size exceeds fixed limit",
    ],
)
def test_a_limit_of_the_reader_or_of_the_mail_is_no_limit_of_ours(reply: str) -> None:
    """It fails that mail, and stops nobody else."""
    with RecordingSmtp() as smtp:
        smtp.refuse("RCPT", reply, times=1)
        pile = Pile(_MANY)
        run(smtp, pile, 1)
    assert pile.addresses(PermanentError) != set()
    assert len(smtp.accepted) == _MANY - 1
