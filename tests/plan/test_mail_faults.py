"""Mails are filled for everybody before one of them goes, however many there are."""

from typing import Any

import pytest
from sqlalchemy import update

from communique.channel import Recipient
from communique.plan.planning import Planner
from communique.plan.standing import Standing
from communique.store.database import people
from communique.texts.merging import mail_merge
from communique.texts.rendering import Renderer
from tests.workspaces import Town

GREETING = """\
---
headline: Hello
summary: It is blue.
greeting: "{% if recipient.organisation %}Dear colleague{% else %}Dear %s{% endif %}"
---
Hello.
"""


def say(town: Town, otherwise: str) -> None:
    """Greet those who have an organisation as colleagues, and others otherwise."""
    town.say("hello", {"en": GREETING.replace("%s", otherwise)})


def test_a_greeting_that_cannot_be_filled_for_some_stops_all(town: Town) -> None:
    """A form letter is tried for those who lack what it asks for, too."""
    say(town, "{{ facts.nothing_like_it }}")
    town.invite("ana", "ben")
    town.run()
    assert town.balances() == {}
    assert "nothing_like_it" in town.standing().reason


def test_who_lacks_what_a_greeting_asks_for_is_greeted_otherwise(town: Town) -> None:
    """Though the greeting shows it to nobody."""
    say(town, "neighbour")
    town.invite("ana")
    occasion = town.standing().occasion
    assert occasion is not None
    workspace = town.workspace
    merge = mail_merge(workspace.renderer, occasion, workspace.routes["email"], "en", "invited", occasion.due_at)
    said = []
    for organisation in ("", "Council"):
        person = Recipient(id="1", address="a@example.org", name="Ana", language="en", organisation=organisation)
        mail = merge.to(person)
        said.append(mail.text if hasattr(mail, "text") else mail.whole().text)
    assert ["neighbour" in said[0], "colleague" in said[1]] == [True, True]


def test_a_form_letter_is_not_written_for_each(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is the same for all is filled as often for 40 people as for two."""
    written = []
    mail = Renderer.mail

    def count(*args: object) -> object:
        written.append(args)
        return mail(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(Renderer, "mail", count)
    town.say("hello", {"en": GREETING.replace("colleague", "{{ recipient.organisation }}").replace("%s", "all")})

    def freezing(*names: str) -> int:
        town.invite(*names)
        written.clear()
        town.standing()
        return len(written)

    assert freezing("ana", "ben") == freezing(*(f"person{number}" for number in range(40)))


NAMELESS = GREETING.replace("organisation", "name").replace("%s", "{{ facts.nothing_like_it }}")


def unname(town: Town, *numbers: int) -> None:
    """Leave people without a name."""
    with town.database.begin() as connection:
        connection.execute(update(people).where(people.c.id.in_(numbers)).values(name=""))


def test_who_has_no_name_is_filled_as_such(town: Town) -> None:
    """One mail of each kind is tried, not the first ones only."""
    town.say("hello", {"en": NAMELESS})
    town.invite("ana", "ben")
    assert town.standing().reason == ""
    unname(town, 2)
    assert "nothing_like_it" in town.standing().reason


def test_who_must_not_be_written_to_stops_nothing(town: Town) -> None:
    """What could not be written to them need not be written."""
    town.say("hello", {"en": NAMELESS})
    town.invite("ana", "ben")
    unname(town, 1, 2)
    town.suppress("ana")
    town.settings("mode: live", "mode: trial")
    assert town.standing().reason == ""
    town.settings("mode: trial", "mode: trial\nallow_list: [ben@example.org]")
    assert "nothing_like_it" in town.standing().reason
    town.suppress("ben")
    assert town.standing().reason == ""


def test_a_mail_that_is_no_form_letter_is_filled_for_each(town: Town) -> None:
    """But for those who must not be written to."""
    body = "{% if recipient.name == 'Eva' %}{{ facts.nothing_like_it }}{% endif %}"
    town.say("hello", {"en": f"---\nheadline: Hello\nsummary: Hello.\n---\nHello. {body}\n"})
    town.invite("ana", "ben", "eva")
    assert "nothing_like_it" in town.standing().reason
    town.suppress("eva")
    assert town.standing().reason == ""


def test_who_is_imported_between_the_look_and_the_freeze_is_looked_at(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is frozen that nobody has tried to fill; the next look says why."""
    town.say("hello", {"en": NAMELESS})
    town.invite("ana")
    look = Planner.standings

    def then_import(*args: Any, **named: Any) -> list[Standing]:
        found = look(*args, **named)
        assert [each.due for each in found] == [True]
        town.invite("ben")
        unname(town, 2)
        return found

    monkeypatch.setattr(Planner, "standings", then_import)
    town.freeze()
    monkeypatch.undo()
    assert town.balances() == {}
    assert "nothing_like_it" in town.standing().reason
