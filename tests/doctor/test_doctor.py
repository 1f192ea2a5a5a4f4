"""The machine, the database and the public address, examined; and the command that says it."""

import threading
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import httpx
import pytest

from channels.email import EmailChannel
from channels.letter import LetterChannel
from communique.channel import Lack
from communique.doctor import machine_checks, server_checks
from communique.doctor.finding import Level
from communique.doctor.machine_checks import clock, file_system, ledger, secret_files, time_zones
from communique.doctor.server_checks import Answer, public_address
from communique.monitoring.health import Health
from communique.send.seen_clock import Course, MachineClock
from communique.web.server import serving
from tests.channels.recording_smtp import RecordingSmtp
from tests.command_line import CommandLine
from tests.workspaces import START, Town

NOW = datetime.now(UTC)


@pytest.fixture
def line(town: Town, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """The command line of a town with every secret."""
    for name in ("X_CONSUMER_KEY", "X_CONSUMER_SECRET", "X_ACCESS_TOKEN", "X_ACCESS_TOKEN_SECRET"):
        monkeypatch.setenv(name, "secret")
    found = CommandLine(town.root, monkeypatch)
    found("status", now=NOW)
    return found


def test_a_machine_in_order_has_no_problem(line: CommandLine, town: Town) -> None:
    """Offline, every line says what it looked at."""
    said = line("doctor", "--offline")
    for check in ("python", "time zones", "disk", "secrets", "ledger", "locks"):
        assert f"{check}: " in said.text
    # The server that tests bring writes nothing to disk by itself, for speed: that is what is found.
    assert said.code == (1 if town.variables.get("DATABASE_URL", "").startswith("postgresql") else 0), said.text


def test_channels_of_one_server_are_told_together() -> None:
    """Two with the same server found the same; the third speaks to one that is away."""

    def through(port: int) -> EmailChannel:
        return EmailChannel(host="127.0.0.1", port=port, tls="none", sender="Town <a@town.example>")

    with RecordingSmtp() as server:
        three = {"email": through(server.port), "old": through(1), "press": through(server.port)}
        found = list(server_checks.relays(three, NOW))
    assert [(each.check, each.level) for each in found] == [
        ("server email, press", Level.OK),
        ("server old", Level.PROBLEM),
    ]


def test_programs_read_the_same(line: CommandLine) -> None:
    """As docs/json.md has it."""
    said = line("doctor", "--offline", "--json").json
    assert said["version"] == 1
    assert {"check", "level", "found", "do"} == set(said["findings"][0])
    assert {each["level"] for each in said["findings"]} <= set(Level)


def test_too_little_room_is_a_problem(line: CommandLine, town: Town) -> None:
    """And the exit code says so."""
    town.settings("late_window", "disk_reserve: 999999999\nlate_window")
    said = line("doctor", "--offline")
    assert said.code == 1
    assert "PROBLEM disk" in said.text


def test_a_secret_that_is_not_there_is_a_problem(line: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    """As it is where something is sent."""
    monkeypatch.delenv("X_ACCESS_TOKEN")
    said = line("doctor", "--offline")
    assert said.code == 1
    assert "X_ACCESS_TOKEN" in said.text


def test_broken_files_come_first_and_the_rest_is_looked_at(line: CommandLine, town: Town) -> None:
    """Each at its line. A campaign's hide nothing; without settings what does not need them is looked at."""
    town.campaign("title: News", "title: [News")
    said = line("doctor", "--offline")
    assert (said.code, said.text.startswith("PROBLEM files: campaigns/news.yaml:")) == (1, True)
    for check in ("python", "disk", "secrets", "ledger", "alerts"):
        assert f" {check}: " in said.text
    town.settings("mode: live", "mode: [live")
    said = line("doctor", "--offline")
    assert (said.code, "PROBLEM files: config/settings.yaml:" in said.text) == (1, True)
    assert " ledger: " in said.text


def test_without_a_ledger_the_rest_is_looked_at(line: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that is away, or does not know this user."""
    monkeypatch.setenv("DATABASE_URL", "postgresql://town:a-long-password@127.0.0.1:1/ledger")
    said = line("doctor", "--offline")
    assert said.code == 1
    assert "PROBLEM ledger: DATABASE_URL: expected to open the database `ledger` at 127.0.0.1, port 1, as" in said.text
    assert "a-long-password" not in said.text
    for check in ("python", "disk", "secrets"):
        assert f" {check}: " in said.text


def test_a_clock_that_is_not_believed_is_a_problem(town: Town) -> None:
    """As everywhere else."""
    machine = MachineClock(lambda: START + timedelta(days=400), lambda: 90_000, "a start")
    town.installation.seen_clock.keep(Course(START, 89_000, "a start"))
    found = machine_checks.machine(replace(town.installation, machine_clock=machine), None, "", START)
    assert [each.level for each in found if each.check == "clock"] == [Level.PROBLEM]


def test_files_with_secrets_are_for_their_owner(town: Town) -> None:
    """Those that a variable names, and our own key; not what they hold."""
    file = town.root / "token"
    file.write_text("hunter2")
    file.chmod(0o644)
    town.variables["X_ACCESS_TOKEN_FILE"] = str(file)
    (found,) = secret_files(town.installation, town.workspace)
    assert (found.level, found.do) == (Level.WARNING, f"chmod 600 {file}")
    assert "hunter2" not in found.found
    file.chmod(0o600)
    assert [each.level for each in secret_files(town.installation, town.workspace)] == [Level.OK]


def test_a_ledger_that_forgets_is_a_problem(town: Town) -> None:
    """A weaker setting than ours, whoever made it."""
    is_sqlite = "sqlite" in str(town.database.engine.url)
    if is_sqlite:
        assert next(iter(ledger(town.database, NOW))).level is Level.OK
    weak = "PRAGMA synchronous=OFF" if is_sqlite else "SET synchronous_commit = off"
    raw = town.database.engine.raw_connection()  # which the pool hands out again
    raw.cursor().execute(weak)
    raw.commit()
    raw.close()
    assert next(iter(ledger(town.database, NOW))).level is Level.PROBLEM


def test_the_clock_of_the_database_is_held_against_ours(town: Town) -> None:
    """Where it has one of its own: seen from a machine whose clock is an hour behind."""
    clocks = [each.level for each in ledger(town.database, NOW - timedelta(hours=1)) if each.check.startswith("clock")]
    assert clocks == ([] if "sqlite" in str(town.database.engine.url) else [Level.PROBLEM])


@pytest.mark.parametrize(
    ("version", "level"), [("2026a", Level.OK), ("2025b", Level.OK), ("2024b", Level.WARNING), ("", Level.WARNING)]
)
def test_old_rules_of_daylight_saving_time_are_told(version: str, level: Level) -> None:
    """Older than the year before."""
    assert time_zones(version, START).level is level


def test_python_is_judged_by_what_it_has() -> None:
    """Distributions mend old versions: the number says nothing."""
    assert machine_checks.python(type("Mended", (), {"verify_generated_headers": True})).level is Level.OK
    assert "CVE-2024-6923" in machine_checks.python(object()).found


def test_a_ledger_on_a_network_file_system_is_a_problem(tmp_path: Path) -> None:
    """The nearest mount counts."""
    mounts = tmp_path / "mounts"
    mounts.write_text(f"/dev/sda1 / ext4 rw 0 0\nserver:/x {tmp_path.resolve()} nfs4 rw 0 0\n")
    assert file_system(tmp_path / "var", mounts).level is Level.PROBLEM
    assert file_system(Path("/"), mounts).level is Level.OK


def test_clocks_may_differ_by_a_minute() -> None:
    """Either way."""
    for seconds, level in ((60, Level.OK), (-61, Level.PROBLEM), (3600, Level.PROBLEM)):
        assert clock("clock", NOW + timedelta(seconds=seconds), NOW).level is level


def test_leaving_by_one_click_is_tried_on_the_real_page(town: Town) -> None:
    """The probe is posted as mail programs do; nobody is taken off by it."""
    town.invite("ana")
    asked: list[str] = []
    with serving(Health(), town.installation, town.clock, 0) as port:

        def through_the_proxy(address: str, form: Mapping[str, str]) -> Answer:
            asked.append(address)
            return server_checks.post(f"http://127.0.0.1:{port}/{address.split('/', 3)[3]}", form)

        found = list(public_address(town.workspace, through_the_proxy, datetime.now(UTC)))
    assert asked == ["https://open.littleton.example.org/leave/doctor"]
    assert {each.check: each.level for each in found} == {"one-click leaving": Level.OK, "clock": Level.OK}
    with town.database.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM suppressions").scalar_one() == 0


@pytest.mark.parametrize(
    ("status", "text", "word"),
    [(301, "", "sends on"), (404, "not here", "something else"), (200, "<h1>Log in</h1>", "something else")],
)
def test_another_page_at_the_public_address_is_a_problem(town: Town, status: int, text: str, word: str) -> None:
    """A redirect, nothing, or somebody else's page; a wrong clock is told beside it."""
    late = {"date": "Tue, 01 Dec 2020 09:00:00 GMT"}
    found = list(public_address(town.workspace, lambda *_: Answer(status=status, headers=late, text=text), NOW))
    assert [each.level for each in found] == [Level.PROBLEM, Level.PROBLEM]
    assert word in found[0].found


def test_no_answer_from_the_public_address_is_a_problem(town: Town) -> None:
    """Nobody listens there."""

    def refused(*_: object) -> Answer:
        raise httpx.ConnectError("refused")

    (found,) = public_address(town.workspace, refused, NOW)
    assert found.level is Level.PROBLEM


def test_a_redirect_is_seen_and_not_followed() -> None:
    """Only the configured address is ever asked, whatever it answers."""
    asked: list[str] = []

    class Redirecting(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(self.path)
            body = self.rfile.read(int(self.headers["Content-Length"]))
            assert b"List-Unsubscribe" in body
            self.send_response(307)
            self.send_header("Location", "/elsewhere")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Redirecting) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        answer = server_checks.post(f"http://127.0.0.1:{server.server_port}/leave/x", {"List-Unsubscribe": "One-Click"})
        server.shutdown()
    assert (answer.status, asked) == (307, ["/leave/x"])


def test_that_nobody_is_told_is_told(line: CommandLine, town: Town) -> None:
    """A daemon that nobody watches needs somebody to tell."""
    assert "nobody is told" in line("doctor", "--offline").text
    town.settings("late_window", "alerts: {to: [duty@example.net]}\nlate_window")
    assert "nobody is told" not in line("doctor", "--offline").text


def test_a_channel_says_what_its_machine_lacks(line: CommandLine, town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """Letters need libraries that no package of Python brings."""
    town.settings("channels:\n", "channels:\n  letter: {kind: letter, directory: var/letters}\n")
    assert "ok      libraries letter: all are there" in line("doctor", "--offline").text
    monkeypatch.setattr(LetterChannel, "lacks", lambda _: Lack("Pango is not there", stops=True))
    said = line("doctor", "--offline")
    assert said.code == 1
    assert "PROBLEM libraries letter: Pango is not there" in said.text
    monkeypatch.setattr(LetterChannel, "lacks", lambda _: Lack("there is no voice", stops=False))
    said = line("doctor", "--offline")
    assert "warning libraries letter: there is no voice" in said.text
    assert "everything else goes" in said.text
