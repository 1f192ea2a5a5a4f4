"""What a network hides behind “more” is said before a post goes: the link, a date, the place of a meeting."""

from collections.abc import Callable

import pytest

from communique.problems import Problem, Severity
from tests.workspaces import Town

LONG = "We have worked for months to come so far, and thank all who were part of it. " * 4
SETTINGS = "channels:\n  linkedin: {kind: handoff, network: linkedin, directory: var/handoff}\n"


@pytest.fixture
def found(town: Town) -> Callable[[str], list[Problem]]:
    """What is found behind the fold of a text for LinkedIn, in a campaign with a meeting in the Town Hall."""
    town.say_to_nobody_in_particular()
    town.settings("channels:\n", SETTINGS)
    town.campaign("through: [email]", "through: [linkedin]")
    town.campaign("facts:\n", "facts:\n  meeting: {at: start, place: Town Hall}\n")

    def of(text: str) -> list[Problem]:
        town.write("templates/news/hello/en/linkedin.txt", text)
        preflight = town.standing().preflight
        assert preflight is not None
        return [each for each in preflight.problems if each.code == "behind-more"]

    return of


def test_what_stands_behind_the_fold_is_named(found: Callable[[str], list[Problem]]) -> None:
    """All of it at once, with the file, and as a warning: it may be meant."""
    (problem,) = found(f"{LONG}\nCome on 9 February 2027 to the Town Hall: {{{{ link }}}}\n")
    assert problem.severity is Severity.WARNING
    assert problem.file == "templates/news/hello/en/linkedin.txt"
    assert "the link and a date and the place in the first 210 characters" in problem.message
    (problem,) = found(f"{LONG}\nFind out more.\n")
    assert "expected the link in the first 210" in problem.message


@pytest.mark.parametrize(
    "text",
    [
        f"Come on 9 February 2027 to the Town Hall: {{{{ link }}}}\n\n{LONG} Until 10 February 2027.\n",
        f"Find out more: {{{{ link }}}}\n\n{LONG}\n",
        "A short post has no fold. {{ link }}\n",
    ],
)
def test_what_comes_first_is_seen(found: Callable[[str], list[Problem]], text: str) -> None:
    """Nothing is said of what readers see, nor of dates and places that a post does not name."""
    assert found(text) == []
