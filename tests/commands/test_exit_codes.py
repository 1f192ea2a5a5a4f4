"""What each command ends with, where the documents say more than done or refused: played, one code after another."""

from collections.abc import Callable, Sequence

import pytest

from communique.channel import UncertainError
from communique.commands.usage import EXIT_CODES
from tests.command_line import at
from tests.single_delivery import failing, in_doubt
from tests.workspaces import START, Town

pytestmark = pytest.mark.parametrize(
    "database_url", ["sqlite"], indirect=True
)  # the code does not come of the database


def _as_it_is(_town: Town) -> None:
    """Two approvals are asked for; nothing has gone."""


def _broken(town: Town) -> None:
    town.campaign("through: [email]", "through: [emial]")


def _unreadable(town: Town) -> None:
    town.write("campaigns/news.yaml", "campaign: [")


def _gone(town: Town) -> None:
    town.settings("required: 2", "required: 0")
    town.invite("ana")
    town.run()


def _gone_and_corrected(town: Town) -> None:
    """The correction is written, and has not gone."""
    _gone(town)
    lines = "---\nheadline: Hello again\nwrong: It was red.\nright: It is blue.\n---\n"
    town.write("templates/news/hello/en/correction.md", lines)


def _gone_and_two_are_asked(town: Town) -> None:
    _gone_and_corrected(town)
    town.settings("required: 0", "required: 2")


def _gone_with_a_text_that_fails(town: Town) -> None:
    _gone_and_corrected(town)
    town.edit("templates/news/hello/en/correction.md", "It is blue.", "{{ facts.red }}")


def _in_doubt(town: Town) -> None:
    in_doubt(town, "strict")
    town.email.after = failing(UncertainError("the answer was lost"))
    _gone(town)


#: By command: the words, what was before, and the code.
PLAYED: Sequence[tuple[Sequence[str], Callable[[Town], None], int]] = (
    (("check",), _as_it_is, 0),
    (("check",), _broken, 1),
    (("language", "en"), _as_it_is, 0),
    (("language", "uk"), _as_it_is, 2),
    (("language", "en"), _unreadable, 1),
    (("plan",), _gone, 0),
    (("plan", "hello"), _as_it_is, 2),
    (("plan",), _broken, 1),
    (("approve", "hello", "--as", "Ana Gil"), _as_it_is, 0),
    (("approve", "hello", "--as", "Pablo"), _as_it_is, 1),
    (("rehearse", "news", "--people", "2"), _as_it_is, 0),
    (("rehearse", "news"), _broken, 1),
    (("status",), _gone, 0),
    (("status",), _in_doubt, 1),
    (("correct", "hello", "--as", "Ana Gil"), _gone_and_corrected, 0),
    (("correct", "hello", "--as", "Ana Gil"), _gone_and_two_are_asked, 2),
    (("correct", "hello"), _gone_with_a_text_that_fails, 1),
)


@pytest.mark.parametrize(("words", "before", "code"), PLAYED)
def test_each_code_says_what_the_documents_say(
    town: Town, monkeypatch: pytest.MonkeyPatch, words: Sequence[str], before: Callable[[Town], None], code: int
) -> None:
    """And each is one of those that the help of the command names."""
    secrets = ("X_CONSUMER_KEY", "X_CONSUMER_SECRET", "X_ACCESS_TOKEN", "X_ACCESS_TOKEN_SECRET")
    for name, value in {**town.variables, **dict.fromkeys(secrets, "secret")}.items():
        monkeypatch.setenv(name, value)
    town.settings("approvals: {required: 0}", "approvals: {required: 2, approvers: [Ana Gil, Luis Paz]}")
    before(town)
    said = at(town.root, monkeypatch, START)(*words)
    assert said.code == code, said
    assert code in {each for each, _ in EXIT_CODES[words[0]]}


@pytest.mark.usefixtures("database_url")
def test_every_code_of_the_documents_is_played() -> None:
    """But those of `doctor`, which are of the machine it examines."""
    documented = {(name, code) for name, codes in EXIT_CODES.items() for code, _ in codes if name != "doctor"}
    assert {(words[0], code) for words, _, code in PLAYED} == documented
