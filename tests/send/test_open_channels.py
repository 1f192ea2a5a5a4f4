"""Channels opened for a mode: in trial nothing leaves this machine but mail to the allow-list."""

from pathlib import Path

import pytest

from channels.email import EmailChannel
from channels.outbox import Outbox
from channels.x import XChannel
from communique.delivery import Mode, State
from communique.problems import Severity
from communique.send.open_channels import OpenChannels
from tests.workspaces import PUBLIC, Town

SECRETS = dict.fromkeys(("X_CONSUMER_KEY", "X_CONSUMER_SECRET", "X_ACCESS_TOKEN", "X_ACCESS_TOKEN_SECRET"), "secret")


def opened(town: Town, mode: Mode) -> OpenChannels:
    """The channels in a mode."""
    return town.installation.channels(town.workspace, mode)


def test_in_live_mode_channels_are_what_the_settings_say(town: Town) -> None:
    """With its secrets each adapter is there; nothing is in the way."""
    town.variables |= SECRETS
    found = opened(town, Mode.LIVE)
    assert list(found.channels) == ["email", "website", "feed", "x", "handoff"]
    assert isinstance(found.channels["x"], XChannel)
    assert found.problems == ()


def test_a_secret_that_is_missing_keeps_a_channel_shut(town: Town) -> None:
    """In live mode it is an error that names the variable, in the order of the file; the other channels are open."""
    found = opened(town, Mode.LIVE)
    assert "x" not in found.channels
    assert {problem.code for problem in found.problems} == {"missing-secret"}
    assert {problem.severity for problem in found.problems} == {Severity.ERROR}
    assert [f"the secret {name} in" in told.message for name, told in zip(SECRETS, found.problems, strict=True)] == [
        True
    ] * 4


def test_in_trial_a_missing_secret_is_a_warning(town: Town) -> None:
    """Nothing is posted, so nothing is needed; the plan says what live will need."""
    found = opened(town, Mode.TRIAL)
    assert isinstance(found.channels["x"], Outbox)
    assert {problem.severity for problem in found.problems} == {Severity.WARNING}


def test_in_trial_every_network_is_an_outbox(town: Town) -> None:
    """Mail stays mail (the allow-list guards it); what checks and counts are the adapters themselves."""
    town.variables |= SECRETS
    found = opened(town, Mode.TRIAL)
    assert isinstance(found.channels["x"], Outbox)
    assert isinstance(found.adapters["x"], XChannel)
    assert isinstance(found.channels["email"], EmailChannel)


@pytest.mark.parametrize(
    "directory",
    [
        "var/public",
        "public",
        "../../public",
        "var/../../public",
        "var/trial/../../../public",
        "/srv/../srv/public",
        ".",
    ],
)
def test_in_trial_files_stay_below_var_trial(town: Town, directory: str) -> None:
    """Whatever folder the settings name: the real website is not touched by a trial."""
    town.settings("mode: live", "mode: trial")
    town.settings(
        "website: {kind: website, directory: var/public}", f"website: {{kind: website, directory: {directory}}}"
    )
    town.campaign("through: [email]", "through: [website]")
    town.campaign("    to: [friends]\n", "")
    town.say("hello", {"en": PUBLIC})
    others = {each for each in town.root.parent.iterdir() if each != town.root}  # of other tests, which come and go
    before = files_outside(town, others)
    town.run()
    (copy,) = town.copies(Mode.TRIAL)
    assert copy.delivery.state is State.SENT
    assert list((town.root / "var/trial").rglob("index.html"))
    assert files_outside(town, others) == before


def files_outside(town: Town, others: set[Path]) -> set[Path]:
    """All files near the workspace but those below its `var/trial`, and its ledger."""
    var = town.root / "var"
    near = [each for each in town.root.parent.iterdir() if each not in others]
    everything = {file for each in near for file in each.rglob("*") if file.is_file()}
    return {file for file in everything if not file.is_relative_to(var / "trial") and file.parent != var}


def test_a_setting_that_makes_no_sense_is_told(town: Town) -> None:
    """The channel stays shut and its own words say why."""
    town.settings("limit: 3000", "limit: 0")
    found = opened(town, Mode.LIVE)
    assert "handoff" not in found.channels
    assert any("limit" in problem.message for problem in found.problems)


def test_what_an_adapter_refuses_is_shown_at_its_line(town: Town) -> None:
    """At the value that it names."""
    town.settings("sender: Open government <open@littleton.example.org>", "sender: Open government")
    (problem,) = (each for each in opened(town, Mode.TRIAL).problems if each.code == "wrong-value")
    line = (town.root / "config/settings.yaml").read_text().splitlines()[problem.line - 1]
    assert line == problem.source == "    sender: Open government"
    assert line[problem.column - 1 :] == "Open government"


def test_a_channel_that_is_not_open_waits_and_is_missed(town: Town) -> None:
    """Nothing is dropped: it waits as long as its window lasts, and is counted as missed with the reason."""
    town.campaign("through: [email]", "through: [email, x]")
    town.say("hello", {"en": PUBLIC})
    town.invite("ana")
    town.run()
    assert town.account() == "2 planned = 1 scheduled + 1 sent"
    town.clock.turn(hours=25)
    town.run()
    assert town.account() == "2 planned = 1 sent + 1 missed"
    assert "the channel x is not open" in town.copies()[1].delivery.reason
