"""What every adapter promises, as tests: an adapter's test class inherits the parts that apply and gives a `bench`.

`ChannelContract` holds for all, `RefusalContract` for those whose next system may say no, `LostAnswerContract` for
those whose next system may accept and not be heard. What was accepted is counted by the counterpart, never
by the adapter.
"""

import builtins
import os
import socket
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

from communique.channel import (
    Channel,
    ChannelError,
    InDoubt,
    Message,
    PermanentError,
    Receipt,
    Removal,
    Retractable,
    TemporaryError,
    UncertainError,
)


def _not_offered() -> None:
    raise NotImplementedError("This bench does not offer the fault; leave the contract out that asks for it.")


@dataclass(kw_only=True)
class Bench:
    """An adapter, its counterpart, and the faults the counterpart can be told to show."""

    make: Callable[[], Channel]
    message: Message
    invalid: Message  #: refused by `check`
    complaint: str  #: stands in what `check` says about the invalid one
    accepted: Callable[[], int]  #: how many messages the counterpart really accepted
    looks_up: bool = True  #: False where what has gone out cannot be asked for (e-mail)
    secrets: tuple[str, ...] = ()
    refuse_for_a_while: Callable[[], None] = field(default=_not_offered)
    refuse_for_good: Callable[[], None] = field(default=_not_offered)
    lose_answer: Callable[[], None] = field(default=_not_offered)  #: accepts, and is not heard


@dataclass
class Commit:
    """Stands for the ledger: notes how much had been accepted each time it was called."""

    bench: Bench
    accepted_before: list[int] = field(default_factory=list)

    def __call__(self) -> None:
        """Called by the adapter at the point of no return."""
        self.accepted_before.append(self.bench.accepted())


class DiskIsFullError(Exception):
    """What a ledger that cannot write raises."""


def _fail_to_commit() -> None:
    raise DiskIsFullError


def _forbid(name: str) -> Callable[..., None]:
    def refuse(*arguments: object, **_: object) -> None:
        raise AssertionError(f"The constructor called {name}{arguments[:2]}.")

    return refuse


class ChannelContract:
    """What holds for every adapter."""

    @pytest.fixture
    def bench(self) -> Bench:
        """The subclass's own."""
        raise NotImplementedError

    @pytest.fixture
    def channel(self, bench: Bench) -> Iterator[Channel]:
        """A fresh adapter, closed at the end."""
        channel = bench.make()
        yield channel
        channel.close()

    def test_a_valid_message_is_accepted_once_after_one_commit(self, bench: Bench, channel: Channel) -> None:
        """The counterpart has one copy more, and `commit` was called once, before that."""
        before = bench.accepted()
        commit = Commit(bench)
        receipt = channel.send(bench.message, commit)
        assert isinstance(receipt, Receipt)
        assert commit.accepted_before == [before]
        assert bench.accepted() == before + 1

    def test_it_is_a_channel(self, channel: Channel) -> None:
        """Every name of the protocol is there."""
        assert isinstance(channel, Channel)

    def test_check_has_nothing_against_a_valid_message(self, bench: Bench, channel: Channel) -> None:
        """No complaint where there is no fault."""
        assert list(channel.check(bench.message)) == []

    def test_check_says_what_is_wrong(self, bench: Bench, channel: Channel) -> None:
        """An invalid message is named before anything is sent."""
        assert bench.complaint in "\n".join(channel.check(bench.invalid))

    def test_an_invalid_message_is_not_accepted(self, bench: Bench, channel: Channel) -> None:
        """Sent all the same, it fails for good and nothing goes out; the ledger is not told that it may have."""
        before, commit = bench.accepted(), Commit(bench)
        with pytest.raises(PermanentError):
            channel.send(bench.invalid, commit)
        assert (commit.accepted_before, bench.accepted()) == ([], before)

    def test_what_is_no_message_of_its_kind_is_not_accepted(self, bench: Bench, channel: Channel) -> None:
        """Named by `check`; sent all the same, it fails for good and nothing goes out."""
        other = bench.message._replace(content=Removal(reference="", url=""))
        before, commit = bench.accepted(), Commit(bench)
        assert "".join(channel.check(other))
        with pytest.raises(PermanentError):
            channel.send(other, commit)
        assert (commit.accepted_before, bench.accepted()) == ([], before)

    def test_nothing_goes_out_when_the_commit_fails(self, bench: Bench, channel: Channel) -> None:
        """A ledger that cannot write stops the message, with its own error."""
        before = bench.accepted()
        with pytest.raises(DiskIsFullError):
            channel.send(bench.message, _fail_to_commit)
        assert bench.accepted() == before

    def test_lookup_finds_what_was_sent_and_nothing_else(self, bench: Bench, channel: Channel) -> None:
        """None before; afterwards a receipt, also for another instance, as after a crash."""
        assert channel.lookup(bench.message) is None
        if not bench.looks_up:
            return
        channel.send(bench.message, Commit(bench))
        reborn = bench.make()
        assert isinstance(reborn.lookup(bench.message), Receipt)
        reborn.close()

    def test_the_constructor_opens_nothing(self, bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
        """Neither a connection nor a file: settings of a closed network must not stop a plan."""
        with monkeypatch.context() as patched:
            patched.setattr(socket.socket, "connect", _forbid("connect"))
            patched.setattr(socket, "getaddrinfo", _forbid("getaddrinfo"))
            patched.setattr(builtins, "open", _forbid("open"))
            patched.setattr(os, "open", _forbid("os.open"))
            patched.setattr(os, "mkdir", _forbid("os.mkdir"))
            channel = bench.make()
        channel.close()

    def test_no_secret_is_shown(self, bench: Bench, channel: Channel) -> None:
        """The adapter may stand in a log."""
        shown = f"{channel!r} {channel}"
        assert [secret for secret in bench.secrets if secret in shown] == []

    def test_it_can_be_closed_twice_and_used_again(self, bench: Bench, channel: Channel) -> None:
        """Closing lets go of connections and of nothing else."""
        before = bench.accepted()
        channel.close()
        channel.close()
        channel.send(bench.message, Commit(bench))
        channel.close()
        channel.close()
        assert bench.accepted() == before + 1


class RefusalContract:
    """What holds when the next system can say no."""

    def test_a_temporary_refusal_is_temporary(self, bench: Bench, channel: Channel) -> None:
        """Nothing was accepted, and another attempt goes through."""
        before = bench.accepted()
        bench.refuse_for_a_while()
        with pytest.raises(TemporaryError) as caught:
            channel.send(bench.message, Commit(bench))
        assert bench.accepted() == before
        _shows_no_secret(bench, caught.value)

    def test_a_refusal_for_good_is_permanent(self, bench: Bench, channel: Channel) -> None:
        """Nothing was accepted; the error carries words."""
        before = bench.accepted()
        bench.refuse_for_good()
        with pytest.raises(PermanentError) as caught:
            channel.send(bench.message, Commit(bench))
        assert bench.accepted() == before
        assert str(caught.value)
        _shows_no_secret(bench, caught.value)


class LostAnswerContract:
    """What holds when the next system accepts and its answer does not arrive."""

    def test_a_lost_answer_leaves_it_uncertain(self, bench: Bench, channel: Channel) -> None:
        """One copy is out and the adapter says it does not know; `lookup` finds it, or a person decides."""
        before = bench.accepted()
        bench.lose_answer()
        commit = Commit(bench)
        with pytest.raises(UncertainError) as caught:
            channel.send(bench.message, commit)
        assert commit.accepted_before == [before]
        assert bench.accepted() == before + 1
        if bench.looks_up:
            assert isinstance(channel.lookup(bench.message), Receipt)
        else:
            assert channel.in_doubt in {InDoubt.STRICT, InDoubt.RESEND}
        _shows_no_secret(bench, caught.value)


class RetractionContract:
    """What holds for those whose posts can be deleted."""

    def test_a_post_is_deleted_after_one_commit_and_again_does_no_harm(self, bench: Bench, channel: Channel) -> None:
        """Nor is anything deleted when the ledger cannot write."""
        before = bench.accepted()
        receipt = channel.send(bench.message, Commit(bench))
        removal = bench.message._replace(content=Removal(reference=receipt.reference, url=receipt.url))
        assert isinstance(channel, Retractable)
        with pytest.raises(DiskIsFullError):
            channel.retract(removal, _fail_to_commit)
        assert bench.accepted() == before + 1
        commit = Commit(bench)
        channel.retract(removal, commit)
        assert (commit.accepted_before, bench.accepted()) == ([before + 1], before)
        assert isinstance(channel.retract(removal, commit), Receipt)

    def test_only_a_named_post_is_deleted(self, bench: Bench, channel: Channel) -> None:
        """Whatever else a message carries."""
        assert isinstance(channel, Retractable)
        for content in (bench.message.content, Removal(reference="", url="")):
            with pytest.raises(PermanentError):
                channel.retract(bench.message._replace(content=content), _fail_to_commit)


def _shows_no_secret(bench: Bench, error: ChannelError) -> None:
    shown = "".join(traceback.format_exception(error)) + repr(error)
    assert [secret for secret in bench.secrets if secret in shown] == []
