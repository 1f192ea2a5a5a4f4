"""Mails are filled for everybody before one of them goes, however many there are."""

import pytest

from communique.channel import Recipient
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
