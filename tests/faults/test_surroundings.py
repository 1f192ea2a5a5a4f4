"""What changes around a daemon that runs, and nobody thinks of: real processes, disks, certificates and names."""

import ctypes
import os
import socketserver
import subprocess
import threading
from contextlib import closing
from pathlib import Path

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pytest

from communique.send.mail_sink import LocalSink
from communique.service.daemon import Daemon
from tests.channels.certificates import Authority
from tests.channels.recording_smtp import RecordingSmtp
from tests.command_line import at
from tests.counterparts.presence import require
from tests.daemon_process import run_daemon, wait_until
from tests.forked import Forked
from tests.killing import due_now
from tests.small_disk import small_disk
from tests.ticking import approve, serving_town
from tests.workspaces import FOLLOWING, Town

_NAMES = "127.7.3.9"  #: where the name server of the test below listens; resolvers ask port 53 and no other
_OWN_MOUNTS = 0x20000  #: CLONE_NEWNS
_UP_TO_THE_SECOND = 2
_RELAY = "relay.town.example"

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_a_log_on_a_full_disk_keeps_no_mail(town: Town, tmp_path: Path) -> None:
    """Started by hand with its log in a file: lines get lost, mails go, and it ends well."""
    due_now(town)
    town.invite("ana")
    variables = {**os.environ, "COMMUNIQUE_KEY": "key"}
    with small_disk(tmp_path / "log", 1) as disk, LocalSink() as sink:
        town.settings("port: 25", f"port: {sink.port}")
        disk.fill(but=0)
        daemon = Forked(run_daemon, [town.root, 0], variables, disk.folder / "daemon.log")
        try:
            wait_until(lambda: bool(sink.accepted) and town.account() == "1 planned = 1 sent", "a mail on record")
            daemon.terminate()
            assert daemon.wait(60) == 0
        finally:
            daemon.kill()
        assert (disk.folder / "daemon.log").read_text(encoding="utf-8") == ""


@pytest.mark.parametrize("renewed", ["the certificate", "the authority"])
def test_a_certificate_that_is_renewed_is_taken_by_a_daemon_that_runs(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, renewed: str
) -> None:
    """The server's own, or the file of `ca_file`: the channel rests meanwhile, and goes on without a new start."""
    for name in ("old", "new"):
        (tmp_path / name).mkdir()
    authority = Authority(tmp_path / "new")
    trusted = tmp_path / "trusted.pem"
    trusted.write_bytes((Authority(tmp_path / "old") if renewed == "the authority" else authority).file.read_bytes())
    shown = authority.context_for("127.0.0.1", expired=renewed == "the certificate")
    with RecordingSmtp(starttls=shown) as smtp:
        town.settings("host: localhost\n    port: 25", f"host: 127.0.0.1\n    port: {smtp.port}")
        town.settings("tls: none", f"tls: starttls\n    ca_file: {trusted}")
        town.invite("ana")
        with closing(Daemon(installation=town.installation, clock=town.clock, stopping=lambda: False)) as daemon:
            for _ in range(4):
                daemon.tick()
                town.clock.turn(minutes=5)
            said = " ".join(at(town.root, monkeypatch, town.clock.now)("status").text.split())
            assert "The channel email cannot be used" in said
            assert "certificate" in said
            assert smtp.accepted == []

            trusted.write_bytes(authority.file.read_bytes())
            authority.context_for("127.0.0.1")
            shown.load_cert_chain(tmp_path / "new" / "127.0.0.1-False.pem")
            town.clock.turn(minutes=40)
            daemon.tick()
        assert town.account() == "1 planned = 1 sent"


def test_a_name_whose_first_number_leads_nowhere_is_reached_by_the_next(town: Town) -> None:
    """`localhost` is ::1 and 127.0.0.1; the relay listens at the second alone, as where IPv6 is broken."""
    town.invite("ana")
    with LocalSink() as sink:
        town.settings("port: 25", f"port: {sink.port}")
        with closing(Daemon(installation=town.installation, clock=town.clock, stopping=lambda: False)) as daemon:
            daemon.tick()
    assert town.account() == "1 planned = 1 sent"


class _NameServer(socketserver.ThreadingUDPServer):
    """Answers all alike."""

    how = ""  #: `SERVFAIL`, `NXDOMAIN`, empty for no answer at all, or an address

    def finish_request(self, request: object, client_address: object) -> None:
        """One question."""
        data, channel = request  # type: ignore[misc]
        asked = dns.message.from_wire(data)
        answer = dns.message.make_response(asked)
        answer.flags |= dns.flags.RA
        (question,) = asked.question
        if self.how.isalpha():
            answer.set_rcode(dns.rcode.from_text(self.how))
        elif question.rdtype == dns.rdatatype.A:
            answer.answer.append(dns.rrset.from_text(question.name, 60, "IN", "A", self.how))
        if self.how:
            channel.sendto(answer.to_wire(), client_address)


def _ticks_whose_names_fail(root: Path, resolver: Path, told: Path) -> None:
    """In a process whose machine asks our name server: a tick for each way in which it may answer."""
    assert ctypes.CDLL(None).unshare(_OWN_MOUNTS) == 0
    subprocess.run(["mount", "--make-rprivate", "/"], check=True)
    subprocess.run(["mount", "--bind", resolver, "/etc/resolv.conf"], check=True)
    town = Town(root=root)
    with (
        _NameServer((_NAMES, 53), socketserver.BaseRequestHandler) as names,
        closing(town.database),
        closing(Daemon(installation=town.installation, clock=town.clock, stopping=lambda: False)) as daemon,
    ):
        threading.Thread(target=names.serve_forever, args=(0.01,), daemon=True).start()
        for names.how in ("SERVFAIL", "NXDOMAIN", "", "127.0.0.1"):
            daemon.tick()
            with told.open("a", encoding="utf-8") as file:
                print(town.account(), town.copies()[0].delivery.reason, file=file)
            town.clock.turn(hours=1)
        names.shutdown()


def test_a_name_that_cannot_be_looked_up_is_told_and_asked_for_again(town: Town, tmp_path: Path) -> None:
    """The name server fails, does not know the relay, says nothing: nobody's mail is given up, and then it goes."""
    require(os.geteuid() == 0, "Another resolver is for root to mount: run this test as root.")
    resolver, told = tmp_path / "resolv.conf", tmp_path / "told"
    resolver.write_text(f"nameserver {_NAMES}\noptions timeout:1 attempts:1\n", encoding="utf-8")
    town.invite("ana")
    with LocalSink() as sink:
        town.settings("host: localhost\n    port: 25", f"host: {_RELAY}\n    port: {sink.port}")
        town.database.close()
        variables = {**os.environ, "COMMUNIQUE_KEY": "key"}
        ticking = Forked(_ticks_whose_names_fail, [town.root, resolver, told], variables, tmp_path / "log")
        assert ticking.wait(60) == 0, (tmp_path / "log").read_text(encoding="utf-8")
        assert len(sink.accepted) == 1
    failed, unknown, silent, known = told.read_text(encoding="utf-8").splitlines()
    for line, why in (
        (failed, "Temporary failure in name resolution"),
        (unknown, "Name or service not known"),
        (silent, "Temporary failure in name resolution"),
    ):
        assert line.startswith("1 planned = 1 scheduled")
        assert _RELAY in line
        assert why in line
    assert known == "1 planned = 1 sent "


@pytest.mark.parametrize(
    "half", [0, 1, _UP_TO_THE_SECOND], ids=["nothing yet", "in the middle of a line", "up to an announcement"]
)
def test_a_campaign_that_an_editor_has_half_saved_goes_as_it_was(town: Town, half: int) -> None:
    """When a tick comes in between: what was approved goes though the file is broken, what is missing goes later."""
    town.add(FOLLOWING.replace("start + 1 hours", "start").replace("    after: hello\n", ""))
    with serving_town(town) as service:
        approve(town, "goodbye")
        whole = (town.root / "campaigns/news.yaml").read_text(encoding="utf-8")
        cut = whole.index("  goodbye:")
        town.write("campaigns/news.yaml", ["", whole[: cut - 4], whole[:cut]][half])
        service.tick()
        assert len(service.sink.accepted) == (1 if half == _UP_TO_THE_SECOND else 2)
        town.write("campaigns/news.yaml", whole)
        service.tick()
        service.tick()
        assert town.account("hello") == town.account("goodbye") == "1 planned = 1 sent"
        assert len(service.sink.accepted) == 2
