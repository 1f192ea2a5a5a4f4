"""What a person decides about a copy when its time has passed, and how what waits for a person is counted."""

from datetime import timedelta

import pytest

from communique.channel import UncertainError
from communique.delivery import State
from tests.command_line import CommandLine, at
from tests.single_delivery import failing, in_doubt
from tests.workspaces import START, Town

AFTERWARDS = START + timedelta(days=3)


@pytest.fixture
def line(town: Town, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """The command line, three days after the announcement."""
    return at(town.root, monkeypatch, AFTERWARDS)


@pytest.fixture
def doubtful(town: Town) -> Town:
    """Ana's mail may have gone out."""
    in_doubt(town, "strict")
    town.invite("ana")
    town.email.after = failing(UncertainError("the answer was lost"), times=1)
    town.run()
    return town


def state(town: Town) -> State:
    """Of Ana's copy."""
    return next(copy.delivery.state for copy in town.copies() if copy.name == "Ana")


def test_nothing_is_sent_again_after_its_time_unless_somebody_says_until_when(
    doubtful: Town, line: CommandLine
) -> None:
    """It would only be in doubt again: the officer is asked for a new time at once."""
    refused = line("resolve", "1", "resend", "--as", "Ines")
    assert refused.code != 0
    assert "Copy #1 was too late from 2026-12-02 10:00 CET on" in refused.errors
    assert "--until" in refused.errors
    assert state(doubtful) is State.IN_DOUBT

    assert line("resolve", "1", "resend", "--as", "Ines", "--until", "2026-12-04 18:00").code == 0
    doubtful.clock.turn(days=3)
    doubtful.run()
    assert state(doubtful) is State.SENT


def test_within_its_time_nothing_more_is_asked(doubtful: Town, line: CommandLine) -> None:
    """As ever."""
    assert line("resolve", "1", "resend", "--as", "Ines", now=START).code == 0
    doubtful.run()
    assert state(doubtful) is State.SENT


@pytest.mark.parametrize("until", ["2026-12-01 18:00", "tomorrow", "start + 9 days", "31/12/2026"])
def test_a_new_time_is_one_to_come(doubtful: Town, line: CommandLine, until: str) -> None:
    """Nothing is decided by a slip."""
    said = line("resolve", "1", "resend", "--as", "Ines", "--until", until)
    assert said.code != 0
    assert until in said.errors
    assert state(doubtful) is State.IN_DOUBT


def test_only_what_is_sent_again_needs_a_new_time(doubtful: Town, line: CommandLine) -> None:
    """What has arrived does not."""
    said = line("resolve", "1", "sent", "--as", "Ines", "--until", "2026-12-31 18:00")
    assert said.code != 0
    assert "--until is for resend" in said.errors
    assert state(doubtful) is State.IN_DOUBT


def test_a_new_time_for_one_does_not_revive_those_beside_it(town: Town, line: CommandLine) -> None:
    """A daemon that was down does not send, three days late, what nobody decided about."""
    in_doubt(town, "strict")
    town.invite("ana", "ben")
    town.email.after = failing(UncertainError("the answer was lost"), times=1)
    town.freeze()
    town.dispatcher().run()
    with town.database.begin() as connection:
        connection.exec_driver_sql("update deliveries set state = 'scheduled', finished_at = null where id = 2")

    assert line("resolve", "1", "resend", "--as", "Ines", "--until", "2026-12-31 18:00").code == 0
    assert town.account() == "2 planned = 1 scheduled + 1 missed"


def test_one_copy_is_given_no_other_time_while_all_have_theirs(doubtful: Town, line: CommandLine) -> None:
    """Sooner or later, it would be the time of those that wait beside it."""
    for until in ("2026-12-01 18:00", "2026-12-31 18:00"):
        said = line("resolve", "1", "resend", "--as", "Ines", "--until", until, now=START)
        assert "Copy #1 has until 2026-12-02 10:00 CET, as all of its announcement: leave --until out." in said.errors
    assert state(doubtful) is State.IN_DOUBT


def test_what_is_to_be_posted_by_hand_is_not_said_to_be_in_doubt(town: Town, line: CommandLine) -> None:
    """A pack that waits for its person is counted apart, and the balance holds."""
    town.campaign("    to: [friends]\n    through: [email]", "    through: [handoff]")
    town.say_to_nobody_in_particular()
    town.run()

    assert "1 planned = 1 to post by hand" in line("status").text
    [account] = line("status", "--json").json["announcements"]
    assert (account["by_hand"], account["by_state"]["in_doubt"], account["holds"]) == (1, 1, True)
