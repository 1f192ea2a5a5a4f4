"""What the doctor says of accounts of networks."""

from dataclasses import dataclass

import pytest

from communique.channel import PermanentError
from communique.doctor.account_checks import account
from communique.doctor.finding import Finding, Level
from tests.command_line import CommandLine
from tests.workspaces import Town


@dataclass
class _Channel:
    """One that has asked its network already."""

    answer: tuple[str, tuple[str, ...]] | PermanentError

    def account(self) -> tuple[str, tuple[str, ...]]:
        """As the network says it."""
        if isinstance(self.answer, PermanentError):
            raise self.answer
        return self.answer


def test_a_good_account_is_named() -> None:
    """Whoever reads it sees whether it is the right one."""
    said = account("x", _Channel(("@town on X", ())))
    assert said == Finding(check="account x", level=Level.OK, found="@town on X")


def test_what_is_wanting_is_named() -> None:
    """Before the first post fails for it."""
    said = account("mastodon", _Channel(("@town at https://m.example", ("write:media",))))
    assert (said.level, said.found) == (Level.PROBLEM, "@town at https://m.example may not write:media")
    assert "make a new token" in said.do


def test_what_the_network_says_is_told() -> None:
    """Its words say what to renew."""
    said = account("x", _Channel(PermanentError("X refuses the account. Make new keys.")))
    assert (said.level, said.found) == (Level.PROBLEM, "X refuses the account. Make new keys.")


def test_the_command_looks_at_every_account(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the settings, in trial mode, too; keys that are missing are told as such."""
    town.settings("mode: live", "mode: trial")
    monkeypatch.setattr("communique.commands.doctoring.in_dns", lambda *_: ())
    monkeypatch.setattr("communique.commands.doctoring.public_address", lambda *_: ())
    said = CommandLine(town.root, monkeypatch)("doctor")
    assert "PROBLEM account x: The key `consumer_key` is missing" in said.text
