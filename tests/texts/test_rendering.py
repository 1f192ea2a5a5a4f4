"""Texts and facts made into mails, posts and publications, each for its reader."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from communique.channel import Recipient, Secret
from communique.texts import written_articles
from communique.texts.articles import Article, write_article
from communique.texts.rendering import Addressee, Renderer
from communique.texts.templates import TemplateProblemError
from tests.workspaces import START, Town, build


@pytest.fixture
def tiny(tmp_path: Path) -> Town:
    """A town that speaks to one person and to everybody; its ledger stays closed."""
    town = build(tmp_path)
    town.campaign("languages: [en]", "languages: [en, es]")
    return town


def ana(language: str = "en") -> Addressee:
    """Somebody who was invited."""
    recipient = Recipient(id="7", address="ana@example.org", name="Ana & Co", language=language)
    return Addressee(recipient=recipient, role="invited")


def mail(town: Town, addressee: Addressee, renderer: Renderer | None = None) -> tuple[str, str, str]:
    """Subject, text and HTML."""
    workspace = town.workspace
    made = (renderer or workspace.renderer).mail(town.occasion(), workspace.routes["email"], addressee, START)
    return made.subject, made.text, made.html


def test_a_mail_is_in_its_reader_s_language(tiny: Town) -> None:
    """Text, phrases and the language that screen readers are told; the name shows as it is in both parts."""
    subject, text, html = mail(tiny, ana("es"))
    assert subject == "Hola"
    assert "Hola, Ana & Co." in text
    assert "Hola, Ana &amp; Co." in html
    assert '<html lang="es"' in html


def test_a_link_to_leave_is_each_person_s_own(tiny: Town) -> None:
    """Signed; without a key there is none, and the mailbox to write to remains."""
    workspace = tiny.workspace
    route = workspace.routes["email"]
    signed = workspace.renderer_with(Secret("key")).mail(tiny.occasion(), route, ana(), START)
    other = Addressee(recipient=Recipient(id="8", address="b@example.org", name="Ben", language="en"), role="invited")
    theirs = workspace.renderer_with(Secret("key")).mail(tiny.occasion(), route, other, START)
    without = workspace.renderer_with(None).mail(tiny.occasion(), route, ana(), START)
    assert signed.unsubscribe_url.startswith("https://open.littleton.example.org/leave/")
    assert signed.unsubscribe_url in signed.text
    assert signed.unsubscribe_url != theirs.unsubscribe_url
    assert (without.unsubscribe_url, without.unsubscribe_mailto) == ("", "open@littleton.example.org")
    assert "/leave/" not in without.html


def test_everybody_is_invited_to_the_same_meeting(tiny: Town) -> None:
    """One identity in all calendars, whatever the language, so that a change reaches every entry."""
    tiny.campaign("  colour: blue", "  colour: blue\n  party: {at: start, place: Here}")
    tiny.campaign("through: [email]", "through: [email]\n    invite: party")
    workspace = tiny.workspace
    identities = set()
    for number, language in enumerate(("en", "es")):
        recipient = Recipient(id=str(number), address=f"p{number}@example.org", name="P", language=language)
        addressee = Addressee(recipient=recipient, role="invited")
        made = workspace.renderer.mail(tiny.occasion(), workspace.routes["email"], addressee, START)
        assert made.attachments
        identities |= {
            line for part in made.attachments for line in part.data.split(b"\r\n") if line.startswith(b"UID:")
        }
    assert identities == {b"UID:start.party@open.littleton.example.org"}


def test_a_mail_says_why_it_came(tiny: Town) -> None:
    """By the role of the audience that the person is in."""
    why = tiny.workspace.words.of("en")["mail"]["why"]
    _, text, html = mail(tiny, ana())
    assert why["invited"] in " ".join(text.split())
    assert why["subscribers"] not in html


def test_a_publication_greets_nobody(tiny: Town) -> None:
    """What needs a recipient cannot stand on a page; what needs none says the same to all."""
    with pytest.raises(TemplateProblemError, match="not there"):
        tiny.workspace.renderer.publication(tiny.occasion(has_page=True), "en", START)
    tiny.say_to_nobody_in_particular()
    made = tiny.workspace.renderer.publication(tiny.occasion(has_page=True), "en", START + timedelta(hours=1))
    assert (made.headline, made.path, made.audience) == ("Hello", "en/news/hello/", "public")
    assert made.published_at == made.updated_at == START + timedelta(hours=1)


def test_a_post_shows_the_page_it_leads_to(tiny: Town) -> None:
    """Headline and summary of the article, where there is one; else of the process page."""
    tiny.say_to_nobody_in_particular()
    route = tiny.workspace.routes["x"]
    made = tiny.workspace.renderer.post(tiny.occasion(has_page=True), route, "en")
    assert (made.headline, made.summary) == ("Hello", "It is blue.")
    assert made.link in made.text
    (tiny.root / "templates/news/hello/en/article.md").unlink()
    alone = tiny.workspace.renderer.post(tiny.occasion(), route, "en")
    words = tiny.workspace.words.of("en")
    assert (alone.headline, alone.summary) == (words["process_headline"], words["process_summary"])


def test_a_missing_text_is_named_by_its_path(tiny: Town) -> None:
    """The one that would serve every channel of the kind, in the language that lacks it."""
    (tiny.root / "templates/news/hello/es/article.md").unlink()
    with pytest.raises(TemplateProblemError) as caught:
        mail(tiny, ana("es"))
    assert caught.value.problem.code == "missing-template"
    assert caught.value.problem.file == "templates/news/hello/es/article.md"


def test_a_fact_without_the_language_is_named_with_its_file(tiny: Town) -> None:
    """And with the line that would mend it."""
    tiny.settings("place: Littleton", "place: {en: Littleton, es: Villa, fr: Ville}")
    workspace = tiny.workspace
    government = workspace.settings.government.model_copy(update={"place": {"en": "Littleton"}})
    settings = workspace.settings.model_copy(update={"government": government})
    facts = replace(workspace.renderer.facts, settings=settings)
    spoilt = replace(workspace.renderer, facts=facts)
    with pytest.raises(TemplateProblemError) as caught:
        mail(tiny, ana("es"), spoilt)
    assert (caught.value.problem.code, caught.value.problem.file) == ("missing-translation", "config/settings.yaml")
    assert "`es: …`" in caught.value.problem.hint


def test_an_article_is_written_once_for_all_that_shows_it(tiny: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """Page, feed, cards: one; another reader, another language and another occasion have their own."""
    tiny.say_to_nobody_in_particular()
    written: list[str] = []

    def count(*given: Any) -> Article:
        written.append(given[2]["language"])
        return write_article(*given)

    monkeypatch.setattr(written_articles, "write_article", count)
    workspace, occasion = tiny.workspace, tiny.occasion(has_page=True)
    renderer, email = workspace.renderer, workspace.routes["email"]
    page = renderer.publication(occasion, "en", START)
    renderer.post(occasion, workspace.routes["x"], "en")
    assert renderer.publication(occasion, "en", START) == page
    assert written == ["en"]
    both = [renderer.mail(occasion, email, each, START) for each in (ana(), ana("es"), ana())]
    assert written == ["en", "en", "es"]
    assert both[0] == both[2] != both[1]
    later = replace(occasion, milestones={})
    renderer.publication(later, "en", START)
    assert written == ["en", "en", "es", "en"]


def test_what_is_kept_of_texts_does_not_grow_with_readers(tiny: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """A text that is written for each alone is another one each time."""
    monkeypatch.setattr(written_articles, "_MOST_KEPT", 2)
    workspace, occasion = tiny.workspace, tiny.occasion()
    for number in range(9):
        addressee = replace(ana(), recipient=ana().recipient._replace(name=f"Ana {number}"))
        made = workspace.renderer.mail(occasion, workspace.routes["email"], addressee, START)
        assert f"Dear Ana {number}, hello." in made.text
        assert len(workspace.renderer._written._kept[1]) <= 2
