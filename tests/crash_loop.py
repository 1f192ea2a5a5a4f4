"""A daemon that dies at each start, again and again: SIGKILL, each time right after it has taken up what is due."""

from communique.delivery import State
from tests.channels.recording_smtp import RecordingSmtp
from tests.crash_walk import walking
from tests.workspaces import Town

_PEOPLE = ("ana", "ben")


def _mail_only(town: Town, port: int) -> None:
    """Close all other channels: most of a tick is theirs."""
    settings = (town.root / "config/settings.yaml").read_text(encoding="utf-8")
    town.write("config/settings.yaml", settings.partition("  website: {kind")[0])
    town.settings("host: localhost\n    port: 25", f"host: 127.0.0.1\n    port: {port}\n    connections: 1")


def die_at_each_start(town: Town, deaths: int) -> None:
    """Then live; raises what is wrong, as an `AssertionError`."""
    with RecordingSmtp() as server, walking() as walker:
        _mail_only(town, server.port)
        town.invite(*_PEOPLE)
        for _ in range(deaths):
            assert walker.tick(town.root, 1, 1, "sends") == "killed"
        assert town.account() == "2 planned = 2 sending"  # taken up, and never begun
        assert [copy.delivery.attempts for copy in town.copies()] == [0, 0]
        assert server.accepted == []

        server.refuse("RCPT", "450 4.2.0 Later", times=len(_PEOPLE))
        assert walker.tick(town.root, 1, 0).isdigit()
        found = [(copy.delivery.state, copy.delivery.attempts) for copy in town.copies()]
        assert found == [(State.SCHEDULED, 1)] * len(_PEOPLE)
        assert walker.tick(town.root, 2, 0).isdigit()
        assert town.account() == "2 planned = 2 sent"
        assert sorted(mail.recipients[0] for mail in server.accepted) == [f"{name}@example.org" for name in _PEOPLE]
