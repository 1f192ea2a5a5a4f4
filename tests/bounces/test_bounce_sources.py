"""Where returned mail lies: read without loss, once, and beside the sending."""

import os
import smtplib
import socket
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from communique.bounces import collector as collecting
from communique.bounces import listener as listening
from communique.bounces import reading, sources
from communique.bounces.collector import Collector
from communique.bounces.listener import Listener
from communique.bounces.report import Report
from communique.bounces.sources import deliver
from communique.channel import Secret
from communique.settings.mailboxes import Bounces
from communique.store.recipients import suppression_list
from tests.returned_reports import KEY, about
from tests.workspaces import Town


@pytest.fixture
def box(tmp_path: Path) -> Path:
    """A maildir, empty."""
    folder = tmp_path / "box"
    for each in ("tmp", "new", "cur"):
        (folder / each).mkdir(parents=True)
    return folder


@pytest.fixture
def collector(town: Town) -> Iterator[Collector]:
    """Of the town."""
    with closing(Collector(town.root / "var", lambda _name: None, town.clock)) as made:
        yield made


def look(town: Town, collector: Collector, settings: Bounces) -> None:
    """One look, to its end."""
    town.clock.turn(minutes=5)
    collector.begin(settings, town.database, KEY)
    collector.wait()


def reason(town: Town) -> str | None:
    """Why Ana must not be written to."""
    with town.database.reading() as connection:
        return suppression_list.suppression(connection, "ana@example.org")


def sent(town: Town) -> bytes:
    """A mail has gone to Ana: what comes back of it."""
    town.invite("ana")
    town.run()
    return about("postfix-unknown-user", town.copies()[0].delivery)


def test_what_lies_in_a_maildir_is_read_and_put_aside(town: Town, collector: Collector, box: Path) -> None:
    """As a mail program does it: from `new` to `cur`, marked as seen."""
    deliver(box, sent(town), "1.a.host")
    look(town, collector, Bounces(maildir=str(box)))
    assert reason(town) is not None
    assert [each.name for each in (box / "cur").iterdir()] == ["1.a.host:2,S"]
    assert list((box / "new").iterdir()) == []
    assert not collector.faults


def test_killed_between_record_and_putting_aside_nothing_is_lost_and_nothing_twice(
    town: Town, collector: Collector, box: Path
) -> None:
    """It is read again, and known. Where it should be put aside there is a file in the way, as long as it lasts."""
    deliver(box, sent(town), "1.a.host")
    (box / "cur").rmdir()
    (box / "cur").touch()
    look(town, collector, Bounces(maildir=str(box)))
    (fault,) = collector.faults
    assert "File exists" in fault
    assert reason(town) is not None
    assert (box / "new" / "1.a.host").exists()
    (box / "cur").unlink()
    look(town, collector, Bounces(maildir=str(box)))
    assert town.account() == "1 planned = 1 sent; 1 came back"
    assert list((box / "new").iterdir()) == []
    assert not collector.faults


def test_when_the_ledger_cannot_be_written_it_stays_where_it_is(
    town: Town, collector: Collector, box: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And is read when it can."""
    deliver(box, sent(town), "1.a.host")
    with monkeypatch.context() as patch:
        patch.setattr(collecting, "follow", lambda *_all, **_named: (_ for _ in ()).throw(OSError("no room")))
        look(town, collector, Bounces(maildir=str(box)))
    assert (box / "new" / "1.a.host").exists()
    look(town, collector, Bounces(maildir=str(box)))
    assert reason(town) is not None


def test_one_message_that_breaks_the_reader_keeps_no_other_unread(
    town: Town, collector: Collector, box: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is left where it is, and the log says so."""
    deliver(box, b"poison", "0.a.host")
    deliver(box, sent(town), "1.a.host")
    real = reading.read_report
    monkeypatch.setattr(reading, "read_report", lambda data: real(data) if data != b"poison" else 1 / 0)
    look(town, collector, Bounces(maildir=str(box)))
    assert reason(town) is not None
    assert [each.name for each in (box / "new").iterdir()] == ["0.a.host"]


def test_any_number_of_messages_that_break_the_reader_hide_nothing_behind_them(
    town: Town, collector: Collector, box: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More of them than one look puts on record; and it puts no more on record than it may."""
    monkeypatch.setattr(collecting, "AT_ONCE", 2)
    for number in range(5):
        deliver(box, b"poison", f"0{number}.a.host")
        (box / "new" / f"0{number}.folder").mkdir()
    for number in range(3):
        deliver(box, f"Subject: hello {number}\n\nhello".encode(), f"1{number}.a.host")
    deliver(box, sent(town), "2.a.host")
    real = reading.read_report
    monkeypatch.setattr(reading, "read_report", lambda data: real(data) if data != b"poison" else 1 / 0)
    look(town, collector, Bounces(maildir=str(box)))
    assert (reason(town), len(list((box / "cur").iterdir()))) == (None, 2)
    look(town, collector, Bounces(maildir=str(box)))
    assert reason(town) is not None
    left = sorted(each.name for each in (box / "new").iterdir())
    assert left == sorted(f"0{number}.{kind}" for number in range(5) for kind in ("a.host", "folder"))


def test_a_message_that_is_shut_is_told_and_hides_nothing_behind_it(
    town: Town, collector: Collector, box: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk or the rights of one file: the others are read, and then the fault is said."""
    for name in ("0.a.host", "1.a.host"):
        deliver(box, b"Subject: hello\n\nhello", name)
    deliver(box, sent(town), "2.a.host")
    real = sources._beginning

    def beginning(path: Path) -> bytes:
        if path.name < "2":
            raise PermissionError(13, "Permission denied", str(path))
        return real(path)

    with monkeypatch.context() as patch:
        patch.setattr(sources, "_beginning", beginning)
        look(town, collector, Bounces(maildir=str(box)))
    assert reason(town) is not None
    (fault,) = collector.faults
    assert "Permission denied" in fault
    assert fault.endswith("and 1 more like it")
    look(town, collector, Bounces(maildir=str(box)))
    assert not collector.faults


def test_what_is_no_message_is_left_alone(town: Town, collector: Collector, box: Path, tmp_path: Path) -> None:
    """Links, pipes, folders, hidden files: nothing is waited for, and nothing outside is read."""
    (tmp_path / "secret").write_text("secret")
    (box / "new" / "link").symlink_to(tmp_path / "secret")
    (box / "new" / "folder").mkdir()
    os.mkfifo(box / "new" / "pipe")
    (box / "new" / ".hidden").write_text("x")
    (box / "new" / os.fsdecode(b"odd-\xff-name")).write_text("Subject: hello\n\nhello")
    look(town, collector, Bounces(maildir=str(box)))
    assert sorted(each.name for each in (box / "new").iterdir()) == [".hidden", "folder", "link", "pipe"]
    assert not collector.faults


def test_a_source_that_is_away_is_told_and_stops_nothing(town: Town, collector: Collector, box: Path) -> None:
    """The other one is read, and when it is back nothing is said any more."""
    deliver(box, sent(town), "1.a.host")
    imap = {"host": "127.0.0.1", "port": 1, "username": "a", "password": "NO_SUCH"}
    settings = Bounces.model_validate({"maildir": str(box), "imap": imap})
    look(town, collector, settings)
    assert list(collector.faults) == ["expected the secret NO_SUCH in the environment, found none"]
    assert reason(town) is not None
    look(town, collector, Bounces(maildir=str(box)))
    assert not collector.faults


def test_a_slow_mailbox_keeps_nobody_waiting(town: Town) -> None:
    """An IMAP server says nothing: `begin` comes back at once, and begins no second look beside the first."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(60)
        imap = {"host": "127.0.0.1", "port": silent.getsockname()[1], "username": "a", "tls": "none"}
        settings = Bounces.model_validate({"imap": {**imap, "password": "MAILBOX"}})
        visitors = list[socket.socket]()
        collector = Collector(town.root / "var", lambda _name: Secret("open sesame"), town.clock)
        for _ in range(3):
            town.clock.turn(minutes=5)
            collector.begin(settings, town.database, KEY)
            if not visitors:
                visitors.append(silent.accept()[0])
        silent.setblocking(False)
        with pytest.raises(BlockingIOError):
            silent.accept()
        visitors[0].close()
        collector.wait()
    assert len(collector.faults) == 1


def test_a_mailbox_is_looked_at_no_oftener_than_the_settings_say(town: Town, collector: Collector, box: Path) -> None:
    """A provider shuts out who knocks at each tick. A clock that was put back makes nobody wait until its old time."""
    settings = Bounces(maildir=str(box))
    look(town, collector, settings)
    for seconds, lies_there in ((59, True), (1, False), (-3600, False)):
        deliver(box, b"Subject: hello\r\n\r\nhello\r\n", f"{seconds}.a.host")
        town.clock.turn(seconds=seconds)
        collector.begin(settings, town.database, KEY)
        collector.wait()
        assert bool(list((box / "new").iterdir())) is lies_there


def test_a_mailbox_that_is_for_answers_alone_is_read(town: Town, collector: Collector, box: Path) -> None:
    """Where nobody reads returned mail."""
    deliver(box, b"From: Ana <ana@example.org>\r\nSubject: hello\r\n\r\nhello\r\n", "1.a.host")
    look(town, collector, Bounces.model_validate({"answers": {"maildir": str(box)}}))
    assert list((box / "new").iterdir()) == []


def test_what_is_not_in_the_settings_any_more_is_told_no_more(town: Town, collector: Collector, tmp_path: Path) -> None:
    """A mailbox that was given up is no fault."""
    look(town, collector, Bounces(maildir=str(tmp_path / "nowhere")))
    assert len(collector.faults) == 1
    look(town, collector, Bounces())
    assert not collector.faults


def test_told_to_stop_it_ends_the_message_it_reads_and_begins_no_other(
    town: Town, collector: Collector, box: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full mailbox keeps no daemon from stopping; the rest is read after the next start."""
    data = sent(town)
    for number in (1, 2, 3):
        deliver(box, data, f"{number}.a.host")
    real = reading.read_report

    def told(message: bytes) -> Report:
        collector._closing = True
        return real(message)

    monkeypatch.setattr(reading, "read_report", told)
    look(town, collector, Bounces(maildir=str(box)))
    assert sorted(each.name for each in (box / "new").iterdir()) == ["2.a.host", "3.a.host"]
    assert reason(town) is not None


@pytest.mark.parametrize("protocol", ["lmtp", "smtp"])
def test_a_mail_server_hands_over(tmp_path: Path, protocol: str) -> None:
    """Yes is said when it is on disk, with the address it came to; one recipient at a time."""
    listener = Listener(tmp_path / "returned", 0, protocol)
    listener.start()
    try:
        speaks = smtplib.LMTP if protocol == "lmtp" else smtplib.SMTP
        with speaks("127.0.0.1", listener.port) as client:
            refused = client.sendmail(
                "", ["bounces+tag@littleton.example.org", "b@x.example"], b"Subject: a\r\n\r\nb\r\n"
            )
        assert refused == {"b@x.example": (452, b"4.5.3 One recipient at a time")}
        (file,) = (tmp_path / "returned" / "new").iterdir()
        kept = b"Return-Path: <>\r\nDelivered-To: bounces+tag@littleton.example.org\r\nSubject: a\r\n\r\nb\r\n"
        assert file.read_bytes() == kept
    finally:
        listener.stop()


def test_without_room_the_mail_server_keeps_it(tmp_path: Path) -> None:
    """It is asked to try again."""
    (tmp_path / "returned").write_text("in the way")
    listener = Listener(tmp_path / "returned", 0, "smtp")
    listener.start()
    try:
        with (
            smtplib.SMTP("127.0.0.1", listener.port) as client,
            pytest.raises(smtplib.SMTPDataError, match="try again"),
        ):
            client.sendmail("", ["a@x.example"], b"Subject: a\r\n\r\nb\r\n")
    finally:
        listener.stop()


@pytest.mark.parametrize("end", [b"\n.\n", b"\n.\r\n", b"\r.\r\n", b"\r\n.\n", b"\r.\r"])
def test_only_the_end_that_the_standard_knows_ends_a_mail(tmp_path: Path, end: bytes) -> None:
    """RFC 5321 2.3.8, 4.1.1.4: nobody smuggles a second report into one that a mail server has let through."""
    second = b"MAIL FROM:<>\r\nRCPT TO:<bounces+other@x.example>\r\nDATA\r\nSubject: smuggled\r\n\r\nb"
    listener = Listener(tmp_path / "returned", 0, "smtp")
    listener.start()
    try:
        with smtplib.SMTP("127.0.0.1", listener.port) as client:
            client.ehlo()
            client.mail("")
            client.rcpt("bounces+tag@x.example")
            client.docmd("DATA")
            client.send(b"Subject: first\r\n\r\na" + end + second + b"\r\n.\r\n")
            client.getreply()
        kept = [each.read_bytes() for each in (tmp_path / "returned" / "new").iterdir()]
        assert [each for each in kept if b"Delivered-To: bounces+other@" in each] == []
        assert len(kept) <= 1
    finally:
        listener.stop()


def test_only_this_machine_can_hand_over(tmp_path: Path) -> None:
    """Nobody in the network fills the mailbox: the mail server beside it does so for the world, by its own rules."""
    listener = Listener(tmp_path / "returned", 0, "smtp")
    listener.start()
    try:
        smtplib.SMTP("127.0.0.1", listener.port).close()
        with pytest.raises(ConnectionRefusedError):
            smtplib.SMTP("127.0.0.2", listener.port)
    finally:
        listener.stop()


def test_what_is_too_large_is_refused_and_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether its sender says so before, or not; the next one is taken."""
    monkeypatch.setattr(listening, "_LARGEST", 2000)
    listener = Listener(tmp_path / "returned", 0, "smtp")
    listener.start()
    try:
        with smtplib.SMTP("127.0.0.1", listener.port) as client:
            client.ehlo()
            assert client.docmd("MAIL", "FROM:<> SIZE=2001")[0] == 552
            client.mail("")
            client.rcpt("bounces+tag@x.example")
            assert client.data(b"Subject: a\r\n\r\n" + (b"b" * 70 + b"\r\n") * 30)[0] == 552
            client.sendmail("", ["bounces+tag@x.example"], b"Subject: small\r\n\r\nb\r\n")
        (file,) = (tmp_path / "returned" / "new").iterdir()
        assert b"Subject: small" in file.read_bytes()
    finally:
        listener.stop()


def test_whoever_hands_over_is_cut_off_only_by_other_settings(town: Town, collector: Collector) -> None:
    """Not by the next look; where the port changes, the old one is let go of."""
    first, second = (Bounces.model_validate({"listen": {"port": port, "protocol": "smtp"}}) for port in free_ports(2))
    assert first.listen is not None
    assert second.listen is not None
    look(town, collector, first)
    with smtplib.SMTP("127.0.0.1", first.listen.port) as client:
        look(town, collector, first)
        assert client.noop()[0] == 250
        look(town, collector, second)
        with pytest.raises(smtplib.SMTPServerDisconnected):
            client.noop()
    with pytest.raises(ConnectionRefusedError):
        smtplib.SMTP("127.0.0.1", first.listen.port)
    smtplib.SMTP("127.0.0.1", second.listen.port).close()
    look(town, collector, Bounces())
    with pytest.raises(ConnectionRefusedError):
        smtplib.SMTP("127.0.0.1", second.listen.port)


def free_ports(count: int) -> list[int]:
    """That nobody listens on."""
    with ExitStack() as stack:
        opened = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [each.getsockname()[1] for each in opened]


def test_a_port_that_is_taken_is_told(town: Town, collector: Collector, tmp_path: Path) -> None:
    """And tried again at each look; what was handed over before is still read."""
    first = Listener(tmp_path / "x", 0, "lmtp")
    first.start()
    settings = Bounces.model_validate({"listen": {"port": first.port}})
    deliver(town.root / "var" / "returned", sent(town), "1")
    look(town, collector, settings)
    assert [str(first.port) in each for each in collector.faults] == [True]
    assert reason(town) is not None
    first.stop()
    look(town, collector, settings)
    assert not collector.faults
    smtplib.LMTP("127.0.0.1", first.port).close()
