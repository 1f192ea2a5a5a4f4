"""A journey on which everything goes wrong, and a log that names nobody."""

import io
import logging
from collections.abc import Iterator
from contextlib import closing

import httpx
import pytest

from communique import log_lines
from communique.send.outcomes import Outcomes
from communique.service.daemon import Daemon
from communique.store.recipients import people
from communique.web.server import serving
from tests.channels.recording_smtp import RecordingSmtp
from tests.workspaces import START, Town

NAME, ADDRESS, PASSWORD = "Zacarías Quintanilla", "zacarias.q@example.org", "hunter2-and-more"
USER, DEPUTY = "mail-user@littleton.example.org", "Wilhelmina Vanterpool"
FORBIDDEN = ("Zacar", "Quintanilla", "zacarias", PASSWORD, USER, "Wilhelmina", "open@littleton", "Gil")


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What the daemon writes, and everything that it does not even write at its usual level."""
    stream, root = io.StringIO(), logging.getLogger()
    before, level = list(root.handlers), root.level
    log_lines.begin(stream, as_json=True)
    yield stream
    root.handlers = before
    root.setLevel(level)
    logging.getLogger("communique").setLevel(logging.NOTSET)


@pytest.mark.ledger_by_hand
def test_whatever_fails_the_log_names_nobody(town: Town, log: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    """Servers that repeat addresses, names and passwords, a broken file, ledger, program; and the pages."""
    row = people.Row(address=ADDRESS, name=NAME, language="en", organisation="")
    with town.database.begin() as connection:
        people.add(connection, [row], audience="friends", basis=f"asked {NAME}", source="test", now=START)
    town.variables["MAIL_PASSWORD"] = PASSWORD
    with RecordingSmtp(logins={USER: PASSWORD}) as server:
        town.settings(
            "port: 25\n    tls: none",
            f"port: {server.port}\n    tls: none\n    username: {USER}\n    password: MAIL_PASSWORD",
        )
        town.settings("host: localhost", "host: 127.0.0.1")
        with closing(Daemon(installation=town.installation, clock=town.clock, stopping=lambda: False)) as daemon:
            ticks = _Ticks(town, daemon)
            for command in ("CONNECT", "EHLO", "AUTH", "MAIL", "RCPT", "DATA", "."):
                for code in (421, 450, 550):
                    # What concerns one copy may name its reader, and stays in the ledger.
                    whom = NAME if command in {"RCPT", "DATA", "."} else ""
                    server.refuse(command, f"{code} <{ADDRESS}> {USER} {PASSWORD} {whom}".strip(), times=1)
                    ticks.again()
            server.lose_answer(reply=f"999 what about {ADDRESS}".encode(), times=1)
            ticks.again()
            server.heal()

            def _break(*_: object) -> None:
                raise LookupError(f"{NAME} <{ADDRESS}> has no {PASSWORD}")

            with monkeypatch.context() as patch:
                patch.setattr(Outcomes, "written", _break)
                ticks.again()
            town.settings("role: Point of contact", f"role: {DEPUTY}, roll: [{ADDRESS}")
            ticks.again()
            with town.database.begin() as connection:
                connection.exec_driver_sql("ALTER TABLE attempts RENAME TO away")
            ticks.again()
            assert_nobody(log, daemon, town)
    told = log.getvalue()
    for expected in ("cannot be used now", "tick failed", "LookupError", "config/settings.yaml:", "attempts"):
        assert expected in told


class _Ticks:
    def __init__(self, town: Town, daemon: Daemon) -> None:
        self._town, self._daemon = town, daemon

    def again(self) -> None:
        """One more, with the copy owed once more, at a later time."""
        self._town.clock.turn(minutes=10)
        with self._town.database.begin() as connection:
            connection.exec_driver_sql("UPDATE deliveries SET state = 'scheduled', next_attempt_at = '2026-12-01'")
        self._daemon.tick()


def assert_nobody(log: io.StringIO, daemon: Daemon, town: Town) -> None:
    """Not in the log, and not on the pages for those who watch."""
    with serving(daemon.health, town.installation, town.clock, 0) as port:
        page = httpx.get(f"http://127.0.0.1:{port}/healthz").text
    for place in (log.getvalue(), page):
        assert place
        assert [word for word in FORBIDDEN if word in place] == []
