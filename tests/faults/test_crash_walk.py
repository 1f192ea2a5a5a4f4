"""A campaign to two people, killed at every single commit, send and receive, and started again."""

import os
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from communique.delivery import Mode, State
from communique.service.daemon import Daemon
from communique.store.deliveries import accounts
from tests.channels.recording_smtp import RecordingSmtp
from tests.crash_walk import Walker, walking
from tests.preloaded import preloaded
from tests.workspaces import Town, build

_PEOPLE = ("ana", "ben")
_SECOND_DOT = 8  #: the last of what is sent of a campaign to two by mail alone
_MOST = 500  #: a tick that passes more moments than this never ends
#: What is taken out, and the moment that showed it the last time, with which the walk begins.
_FOUND_AT = {"the point is written down late": 17, "the point is forgotten": 18}


@pytest.fixture
def server() -> Iterator[RecordingSmtp]:
    """A mail server that outlives everybody."""
    with RecordingSmtp() as running:
        yield running


@pytest.fixture
def ready(tmp_path: Path, server: RecordingSmtp) -> Path:
    """A town that has something to say to two people, and has said nothing."""
    root = tmp_path / "ready"
    root.mkdir()
    town = build(root)
    town.settings("host: localhost\n    port: 25", f"host: 127.0.0.1\n    port: {server.port}\n    connections: 1")
    town.campaign("through: [email]", "through: [email]\n    in_doubt: strict")
    town.invite(*_PEOPLE)
    town.database.close()
    return root


def faults_at(
    moment: int, walker: Walker, ready: Path, server: RecordingSmtp, moments: str = "commits wire"
) -> tuple[str, list[str], int]:
    """Kill a first tick at a moment and let a second one end: what the first said, what is wrong, how many in doubt."""
    root = ready.with_name(f"killed-{moment}")
    shutil.copytree(ready, root, ignore=lambda *_: ["var"], copy_function=os.link)  # nobody edits them
    shutil.copytree(ready / "var", root / "var")
    server.accepted.clear()
    said = walker.tick(root, 1, moment, moments)
    assert walker.tick(root, 2, 0).isdigit()
    town = Town(root=root)
    with town.database.reading() as connection:
        assert all(each.holds for each in accounts.balances(connection, Mode.LIVE))
    accepted = Counter(mail.recipients[0] for mail in server.accepted)
    doubtful = 0
    wrong = []
    for copy, name in zip(town.copies(), _PEOPLE, strict=True):
        copies = accepted[f"{name}@example.org"]
        in_doubt = copy.delivery.state is State.IN_DOUBT
        doubtful += in_doubt
        if copies > 1:
            wrong.append(f"killed at {moment}: {name} has {copies} copies")
        if not copies and not in_doubt:
            wrong.append(f"killed at {moment}: {name} has none, and is {copy.delivery.state}")
        if copies and not in_doubt and copy.delivery.state is not State.SENT:
            wrong.append(f"killed at {moment}: {name} has one, and is {copy.delivery.state}")
    town.database.close()
    shutil.rmtree(root)
    return said, wrong, doubtful


def test_killed_at_every_moment_nobody_is_lost_and_nobody_has_two(ready: Path, server: RecordingSmtp) -> None:
    """Whatever the moment: each has one copy, or none and is listed in doubt; one a kill at most."""
    moments = 0
    in_doubt = 0
    with walking() as walker:
        for moment in range(1, _MOST):
            said, wrong, doubtful = faults_at(moment, walker, ready, server)
            assert wrong == []
            assert doubtful <= 1
            in_doubt += doubtful
            if said != "killed":
                break
            moments += 1
    assert moments > 20
    assert in_doubt


@pytest.mark.parametrize(("mutation", "begin"), _FOUND_AT.items())
def test_the_walk_finds_what_it_is_there_for(ready: Path, server: RecordingSmtp, mutation: str, begin: int) -> None:
    """Without what the promise rests on, some moment gives somebody a second copy."""
    with walking(mutation) as walker:
        for moments in (range(begin, _MOST), range(1, begin)):
            for moment in moments:
                said, wrong, _ = faults_at(moment, walker, ready, server)
                if wrong:
                    return
                if said != "killed":
                    break
    pytest.fail("the walk came to its end and found nothing")


def only_mails(ready: Path) -> None:
    """Nothing that is public: its files are no part of what a mail relies on."""
    settings = (ready / "config" / "settings.yaml").read_text(encoding="utf-8")
    Town(root=ready).write("config/settings.yaml", settings[: settings.index("  website: {kind: website")])


def test_when_the_power_is_cut_all_that_a_mail_relies_on_is_on_disk(
    ready: Path, server: RecordingSmtp, tmp_path: Path
) -> None:
    """What the disk was not asked to keep is lost before each send: nobody is, or has two; one is in doubt at most."""
    only_mails(ready)
    with walking(library=preloaded("power_cut", tmp_path)) as walker:
        for moment in range(1, _MOST):
            said, wrong, doubtful = faults_at(moment, walker, ready, server, "sends")
            assert (wrong, doubtful <= 1) == ([], True)
            if said != "killed":
                break
    assert moment > 8


def test_a_ledger_that_a_lying_disk_has_put_back_asks_before_it_sends(
    ready: Path, server: RecordingSmtp, tmp_path: Path
) -> None:
    """It said that it had kept what it lost with the power: the machine's own mark is newer. Nobody has two mails."""
    only_mails(ready)
    with walking("the disk is not waited for", preloaded("power_cut", tmp_path)) as walker:
        assert walker.tick(ready, 1, _SECOND_DOT, "sends") == "killed"
    assert [mail.recipients for mail in server.accepted] == [("ana@example.org",)]
    town = Town(root=ready)
    with (
        closing(town.database),
        closing(Daemon(installation=town.installation, clock=town.clock, stopping=lambda: False)) as daemon,
    ):
        daemon.tick()
        assert town.copies() == []  # though she has her mail
        assert "the ledger is not the one that this machine has sent from" in daemon.health.held
    assert len(server.accepted) == 1
