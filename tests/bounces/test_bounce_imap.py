"""A mailbox for returned mail on a real IMAP server: Dovecot."""

from collections.abc import Iterator
from contextlib import closing
from itertools import islice
from typing import Any

import pytest

from communique.bounces.collector import Collector
from communique.bounces.imap import Imap
from communique.channel import Secret
from communique.settings.mailboxes import Bounces, ImapMailbox
from tests.channels.certificates import Authority
from tests.counterparts.dovecot import Dovecot, running_dovecot
from tests.returned_reports import KEY
from tests.workspaces import Town

pytestmark = pytest.mark.counterpart


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Has signed the server's certificate."""
    made = Authority(tmp_path_factory.mktemp("authority"))
    made.context_for("127.0.0.1")
    return made


@pytest.fixture
def dovecot(request: pytest.FixtureRequest, authority: Authority) -> Iterator[Dovecot]:
    """A mailbox with three messages; a test may say more of the server."""
    chain = authority.file.parent / "127.0.0.1-False.pem"
    with running_dovecot(chain, chain, getattr(request, "param", "")) as running:
        for number in (1, 2, 3):
            running.put(f"Subject: {number}\r\n\r\nhello\r\n".encode(), f"{number}.host")
        yield running


def mailbox(dovecot: Dovecot, authority: Authority | None, password: str = "", **changes: Any) -> Imap:
    """As the settings would have it."""
    told: dict[str, Any] = {"host": dovecot.host, "port": dovecot.tls_port, "username": dovecot.username}
    told |= {"ca_file": str(authority.file) if authority else None, "password": "NAME", **changes}
    return Imap(ImapMailbox(**told), Secret(password or dovecot.password))


def subjects(imap: Imap, most: int = 10) -> list[bytes]:
    """What is unread, without letting go of it."""
    found = [each.data.partition(b"\r\n")[0] for each in islice(imap.unread(), most)]
    imap.close()
    return found


@pytest.mark.parametrize("tls", ["implicit", "starttls", "none"])
def test_what_was_read_is_marked_and_nothing_else(dovecot: Dovecot, authority: Authority, tls: str) -> None:
    """A message that was looked at and not let go of comes again."""
    port = dovecot.tls_port if tls == "implicit" else dovecot.port
    imap = mailbox(dovecot, authority, tls=tls, port=port)
    assert subjects(imap) == [b"Subject: 1", b"Subject: 2", b"Subject: 3"]
    assert subjects(imap, most=2) == [b"Subject: 1", b"Subject: 2"]
    imap.done(next(imap.unread()))
    assert subjects(imap) == [b"Subject: 2", b"Subject: 3"]
    imap.close()


def test_a_message_that_the_server_cannot_give_hides_nothing_behind_it(dovecot: Dovecot, authority: Authority) -> None:
    """Its index knows of it, and its disk does not: the others are read, and then the fault is said."""
    imap = mailbox(dovecot, authority)
    connection = imap._open()
    real = connection.uid

    def damaged(command: str, *arguments: str) -> Any:
        if (command, arguments[0]) == ("FETCH", "1"):
            return "NO", [b"[SERVERBUG] Internal error"]
        return real(command, *arguments)

    connection.uid = damaged  # type: ignore[method-assign]
    with closing(imap):
        unread = imap.unread()
        assert [next(unread).handle, next(unread).handle] == ["2", "3"]
        with pytest.raises(OSError, match=r"message 1 was refused: \[SERVERBUG\]"):
            next(unread)


@pytest.mark.parametrize("folder", ["Read", "Correo leído & más", 'A "quoted" one'])
def test_it_can_be_moved(dovecot: Dovecot, authority: Authority, folder: str) -> None:
    """Into any folder, whatever its name."""
    imap = mailbox(dovecot, authority, move_to=folder)
    connection = imap._open()
    connection.create(_encoded(folder))
    for found in islice(imap.unread(), 2):
        imap.done(found)
    imap.close()
    assert subjects(mailbox(dovecot, authority)) == [b"Subject: 3"]
    moved = mailbox(dovecot, authority, folder=folder)
    assert moved._open().uid("SEARCH", "ALL")[1] == [b"1 2"]
    moved.close()


@pytest.mark.parametrize(
    ("dovecot", "left"),
    [
        ("", [b"3"]),
        ("imap_capability = IMAP4rev1 UIDPLUS", [b"3"]),
        ("imap_capability = IMAP4rev1", [b"1 2 3"]),  # whoever clears the folder up clears these away
    ],
    indirect=["dovecot"],
)
def test_what_was_moved_lies_in_one_place(dovecot: Dovecot, authority: Authority, left: list[bytes]) -> None:
    """By MOVE (RFC 6851), else by UIDPLUS (RFC 4315); with neither it stays, marked as read and to be deleted."""
    imap = mailbox(dovecot, authority, move_to="Read")
    imap._open().create("Read")
    for found in islice(imap.unread(), 2):
        imap.done(found)
    assert imap._open().uid("SEARCH", "ALL")[1] == left
    assert imap._open().uid("SEARCH", "UNDELETED")[1] == [b"3"]
    imap.close()
    moved = mailbox(dovecot, authority, folder="Read")
    assert moved._open().uid("SEARCH", "ALL")[1] == [b"1 2"]
    moved.close()


def test_a_folder_that_is_missing_is_told_and_all_are_read(dovecot: Dovecot, authority: Authority, town: Town) -> None:
    """What a message says is on record when it is to be moved: at the next look nobody reads it again."""
    imap = {"host": dovecot.host, "port": dovecot.tls_port, "username": dovecot.username, "password": "NAME"}
    settings = Bounces.model_validate({"imap": {**imap, "ca_file": str(authority.file), "move_to": "Nowhere"}})
    with closing(Collector(town.root / "var", lambda _name: Secret(dovecot.password), town.clock)) as collector:
        collector.begin(settings, town.database, KEY)
        collector.wait()
        (fault,) = collector.faults
    assert "expected to mark a message at 127.0.0.1, found: to move a message was refused" in fault
    assert "Nowhere" in fault
    assert subjects(mailbox(dovecot, authority)) == []


def _encoded(folder: str) -> str:
    from communique.bounces.imap import _quoted

    return _quoted(folder)


@pytest.mark.parametrize(
    ("changes", "password", "why"),
    [
        ({"ca_file": None}, "", "certificate verify failed"),
        ({"host": "localhost"}, "", "certificate verify failed|refused"),
        ({}, "a wrong one", "AUTHENTICATIONFAILED"),
        ({"folder": "Nowhere"}, "", "Nowhere was refused"),
        ({"tls": "none", "host": "imap.example.org"}, "", "in clear"),
    ],
)
def test_what_cannot_be_trusted_or_opened_is_told(
    dovecot: Dovecot, authority: Authority, changes: dict[str, Any], password: str, why: str
) -> None:
    """In words, and without the password."""
    imap = mailbox(dovecot, authority, password, **changes)
    with pytest.raises(OSError, match=why) as told:
        subjects(imap)
    assert (password or dovecot.password) not in str(told.value)
