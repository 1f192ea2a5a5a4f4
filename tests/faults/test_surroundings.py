"""What changes around a daemon that runs, and nobody thinks of: real processes, disks, certificates and names."""

import os
from contextlib import closing
from pathlib import Path

import pytest

from communique.send.mail_sink import LocalSink
from communique.service.daemon import Daemon
from tests.channels.certificates import Authority
from tests.channels.recording_smtp import RecordingSmtp
from tests.command_line import at
from tests.daemon_process import run_daemon, wait_until
from tests.forked import Forked
from tests.killing import due_now
from tests.small_disk import small_disk
from tests.workspaces import Town

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
