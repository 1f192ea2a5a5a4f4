"""An announcement's texts and facts made into what channels carry: mails, posts, publications."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from communique.channel import Form, Image, Letter, Mail, Post, Recipient, Script, Secret, Video
from communique.language.formatting import direction, locale_of, time_of_day
from communique.localisation.localised import localise
from communique.occasion import Occasion
from communique.phrase import phrase
from communique.postal_address import PostalAddress
from communique.problems import Problem
from communique.publication import Publication
from communique.read.sources import Sources
from communique.routes import Route
from communique.texts import addresses, agendas, answer_addresses, releases, scripts
from communique.texts.accent import WHITE, readable_on
from communique.texts.articles import Article, Note, write_note
from communique.texts.cards import PAGE_CARD, Cards, meeting_of
from communique.texts.facts import Facts, UntranslatedError, seen
from communique.texts.kept_contexts import KeptContexts
from communique.texts.meetings import organizer_address, uid_of
from communique.texts.own_links import OwnLinks
from communique.texts.pack_sheets import pack_sheet
from communique.texts.pictures import logo_of
from communique.texts.television import Screen
from communique.texts.templates import TemplateProblemError, Templates
from communique.texts.videos import video_of
from communique.texts.wording import Wording, candidates, find, no_text, path_of, read_wording
from communique.texts.words import Words
from communique.texts.written_articles import WrittenArticles

if TYPE_CHECKING:
    from communique.texts import invitations


@dataclass(frozen=True, kw_only=True, slots=True)
class Addressee:
    """A recipient and what the mail says about why it came."""

    recipient: Recipient
    role: str  #: of the audience the person is in (`communique.settings.Role`)


@dataclass(frozen=True, kw_only=True)
class Renderer:
    """Makes content from the workspace's texts.

    `key` signs the links that let people leave; without one mails carry the postal way out only. With `has_site` False
    mails show no logo: nothing publishes it.
    """

    sources: Sources
    facts: Facts
    templates: Templates
    words: Words
    key: Secret | None
    has_site: bool
    _written: WrittenArticles = field(init=False, repr=False, compare=False)
    _contexts: KeptContexts = field(init=False, repr=False, compare=False)
    cards: Cards = field(init=False, repr=False, compare=False)
    own_links: OwnLinks = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_written", WrittenArticles(self.templates))
        object.__setattr__(self, "_contexts", KeptContexts(self.facts))
        cards = Cards(sources=self.sources, settings=self.facts.settings, templates=self.templates, words=self.words)
        object.__setattr__(self, "cards", cards)
        object.__setattr__(self, "own_links", OwnLinks(self.facts.settings, self.key))

    def mail(self, occasion: Occasion, route: Route, addressee: Addressee, stamped_at: datetime) -> Mail:
        """One person's mail, whole.

        Raises:
            TemplateProblemError: something is missing or wrong, with its place.
        """
        recipient = addressee.recipient
        language = recipient.language
        wording = self._wording(occasion, route, language)  # first: a text that is not there hides behind nothing
        context = {**self._context(occasion, language), "recipient": seen(recipient)}
        if route.is_press:
            facts, words = self.facts, self.words.of(language)
            context |= releases.release_of(
                occasion, facts.almanac, facts.settings, language, words, has_site=self.has_site
            )
        article = self._written.article(occasion, wording, context)
        contact = (route.is_press and self.facts.settings.press.contact) or self.facts.settings.government.contact
        leave, choose = self.own_links.ways_out(recipient)
        choose = choose if route.is_newsletter else ""
        answer = self.own_links.answer(recipient, occasion.asks_about)
        entries = self._entries(occasion, article, context, stamped_at)
        shell = {
            **self._shell(occasion, article, context, addressee.role, leave, choose),
            "answer_url": answer,
            "comes": occasion.goes_to_those_who_come,
            "is_release": route.is_press,  # which names its own contact
        }
        return Mail(
            subject=article.subject,
            text=self.templates.fill_layout("mail.txt", shell),
            html=self.templates.fill_layout("mail.html", shell),
            reply_to=contact.email,
            unsubscribe_url=leave,
            unsubscribe_mailto=contact.email,
            archive_url=context["pages"]["archive"],
            attachments=entries.to(recipient) if entries else (),
        )

    def letter(
        self, occasion: Occasion, route: Route, addressee: Addressee, postal: PostalAddress, reference: str
    ) -> Letter:
        """One person's letter; `reference` is its identity, from which the shorter one on the paper is made.

        Raises:
            TemplateProblemError: something is missing or wrong, with its place.
        """
        from communique.texts import paper  # loads what draws codes, for who writes letters

        recipient = addressee.recipient
        language = recipient.language
        wording = self._wording(occasion, route, language)
        context = {**self._context(occasion, language), "recipient": seen(recipient), "on_paper": True}
        article = self._written.article(occasion, wording, context)
        answer = self.own_links.answer(recipient, occasion.asks_about)
        settings = self.facts.settings
        logo = logo_of(self.sources, settings.look.logo)
        address = paper.lines_to(recipient, postal, settings)
        shell = {
            **self._shell(occasion, article, context, addressee.role, "", ""),
            **paper.on_the_sheet(settings, logo, answer, reference, occasion.due_at),
            **paper.in_the_window(address),
            "body": Markup(paper.with_addresses(article.html)),  # noqa: S704 - as in _shell
            "answer_url": answer,
            "meeting": context["facts"].get(occasion.asked_fact, {}),
        }
        return Letter(
            subject=article.headline,
            text="\n\n".join(filter(None, (article.greeting, article.text))),
            html=self.templates.fill_layout("letter.html", shell),
            address=address,
            cover=paper.cover_of(self.words.of(language), article.headline, language),
        )

    def article(self, occasion: Occasion, route: Route, recipient: Recipient) -> tuple[Article, str]:
        """The text that a channel carries to one person, without its shell; and its page, empty when it has none.

        Raises:
            TemplateProblemError: something is missing or wrong, with its place.
        """
        wording = self._wording(occasion, route, recipient.language)
        context = {**self._context(occasion, recipient.language), "recipient": seen(recipient)}
        return self._written.article(occasion, wording, context), context["pages"].get("announcement", "")

    def look(self, language: str) -> dict[str, Any]:
        """Colour and logo, for shells."""
        settings = self.facts.settings
        return {
            "accent": readable_on(WHITE, settings.look.accent),
            "logo": self._logo(),
            "logo_alt": localise(settings.look.logo_alt, language, settings.languages),
        }

    def post(self, occasion: Occasion, route: Route, language: str) -> Post:
        """A network's post.

        Raises:
            TemplateProblemError: something is missing or wrong, with its place.
        """
        wording = self._wording(occasion, route, language)
        context = self._context(occasion, language, counted=True)
        note = write_note(self.templates, wording, context)
        headline, summary, image = self._beside(occasion, language, note)
        card = None if image else self.cards.card(route.card, occasion, wording, context, headline)
        post = Post(text=note.text, link=context["link"], headline=headline, summary=summary, image=image, card=card)
        return replace(post, sheet=pack_sheet(self.words, route, language))

    def script(self, occasion: Occasion, route: Route, language: str) -> Script:
        """What is read aloud, in every length there is a text for.

        Raises:
            TemplateProblemError: something is missing or wrong, with its place.
        """
        texts = self.wordings(occasion, route, language)
        context = self._context(occasion, language, counted=True)
        note = write_note(self.templates, texts[0], context)
        headline, _, _ = self._beside(occasion, language, note)
        screen = Screen(cards=self.cards, shown={**context, **self.cards.beside(language)})
        return scripts.script_of(
            self.templates,
            texts,
            context,
            sources=self.sources,
            settings=self.facts.settings,
            words=self.words.of(language),
            headline=headline,
            due_at=occasion.due_at,
            screen=screen if route.is_television else None,
        )

    def video(self, occasion: Occasion, route: Route, language: str) -> Video:
        """What is read aloud, with what is seen meanwhile.

        Raises:
            TemplateProblemError: something is missing or wrong, with its place.
        """
        script = self.script(occasion, route, language)
        wording, context = self.wordings(occasion, route, language)[-1], self._context(occasion, language, counted=True)
        _, summary, _ = self._beside(occasion, language, Note(text="", headline=""))
        about = {"headline": script.headline, "summary": summary, "meeting": meeting_of(occasion, wording, context)}
        return video_of(script, self.cards, {**context, **self.cards.beside(language), **about})

    def headline(self, occasion: Occasion, route: Route, language: str) -> tuple[str, dict[str, Any]]:
        """The headline of a channel's text, and all that the text may say.

        Raises:
            TemplateProblemError: something is missing or wrong, with its place.
        """
        wording = self._wording(occasion, route, language)
        context = self._context(occasion, language)
        return self._written.article(occasion, wording, context).headline, context

    def publication(self, occasion: Occasion, language: str, published_at: datetime) -> Publication:
        """The announcement as the public reads it on the website and in feeds.

        Raises:
            TemplateProblemError: something is missing or wrong, with its place.
        """
        wording = self._article(occasion, language)
        context = self._context(occasion, language)
        article = self._written.article(occasion, wording, context)
        name = occasion.campaign.campaign
        picture = article.image if occasion.has_page else None
        drawn = occasion.has_page and picture is None
        return Publication(
            campaign=name,
            announcement=occasion.announcement,
            occurrence=occasion.occurrence,
            language=language,
            audience=addresses.PUBLIC,
            headline=article.headline,
            summary=article.summary,
            html=article.html,
            text=article.text,
            path=addresses.page_path(language, name, occasion.announcement, occasion.occurrence),
            published_at=published_at,
            updated_at=published_at,
            picture=picture,
            card=self.cards.card(PAGE_CARD, occasion, wording, context, article.headline) if drawn else None,
        )

    def wordings(self, occasion: Occasion, route: Route, language: str) -> tuple[Wording, ...]:
        """The text files a channel uses: one, or of a script one for each length, the shortest first.

        Raises:
            TemplateProblemError: there is none, or it cannot be read.
        """
        spoken = {Form.SCRIPT: (route.name, route.kind), Form.VIDEO: (route.name, route.kind, "radio")}
        if route.form not in spoken:
            return (self._wording(occasion, route, language),)
        names = scripts.files_of(
            self.sources, occasion.campaign.campaign, occasion.announcement, language, spoken[route.form]
        )
        return tuple(self._read(occasion, language, (name,)) for name in names)

    def known(self, occasion: Occasion, language: str) -> dict[str, Any]:
        """All that an occasion's texts may say of it; raises as `headline`."""
        return self._context(occasion, language)

    def _context(self, occasion: Occasion, language: str, *, counted: bool = False) -> dict[str, Any]:
        try:
            return self._contexts.of(occasion, language, counted=counted)
        except UntranslatedError as error:
            raise TemplateProblemError(_untranslated(error)) from error

    def _wording(self, occasion: Occasion, route: Route, language: str) -> Wording:
        names = candidates(route.form, route.name, route.kind)
        return self._read(occasion, language, names)

    def _article(self, occasion: Occasion, language: str) -> Wording:
        return self._read(occasion, language, candidates(Form.PAGES, "website", "website"))

    def _read(self, occasion: Occasion, language: str, names: tuple[str, ...]) -> Wording:
        campaign = occasion.campaign.campaign
        path = find(self.sources, campaign, occasion.announcement, language, names)
        if path is None:
            expected = path_of(campaign, occasion.announcement, language, names[-1])
            raise TemplateProblemError(no_text(expected, language))
        wording, problems = read_wording(self.sources, path)
        if wording is None or problems:
            raise TemplateProblemError(*(problems or [no_text(path, language)]))
        return wording

    def _beside(self, occasion: Occasion, language: str, note: Note) -> tuple[str, str, Image | None]:
        """Title and description of the page a post points to, and its picture; the post's own come first."""
        names = candidates(Form.PAGES, "website", "website")
        path = find(self.sources, occasion.campaign.campaign, occasion.announcement, language, names)
        if path is not None:
            wording, context = self._article(occasion, language), self._context(occasion, language)
            article = self._written.article(occasion, wording, context)
            return note.headline or article.headline, article.summary, note.image or article.image
        words = self.words.of(language)
        return note.headline or str(words["process_headline"]), str(words["process_summary"]), note.image

    def _shell(
        self, occasion: Occasion, article: Article, context: Mapping[str, Any], role: str, leave: str, choose: str
    ) -> dict[str, Any]:
        language = context["language"]
        return {
            **context,
            "dir": direction(language),
            "words": self.words.of(language),
            "subject": article.subject,
            "headline": article.headline,
            "preheader": article.summary,
            "greeting": article.greeting,
            "body": Markup(article.html),  # noqa: S704 - made by markdown.to_html, where raw HTML is text
            "text_body": Markup(article.text),  # noqa: S704 - plain text for a plain text shell
            "role": role,
            "unsubscribe_url": leave,
            "preferences_url": choose,
            "picture": self._shown(article.image) if article.image and occasion.has_page else None,
            "look": self.look(language),
        }

    def _shown(self, image: Image) -> dict[str, Any]:
        """A picture of the website, for a mail."""
        address = addresses.page(self.facts.settings.public_address, addresses.picture_path(image))
        return {"address": address, "alt": image.alt, "width": image.width}

    def _logo(self) -> str:
        """The logo's public address; empty where none is published."""
        name = self.facts.settings.look.logo
        if not (name and self.has_site and self.sources.read(f"config/{name}")):
            return ""
        return addresses.page(self.facts.settings.public_address, addresses.logo_path(name))

    def entries(
        self, occasion: Occasion, route: Route, recipient: Recipient, stamped_at: datetime
    ) -> "invitations.Entries | None":
        """What calendars are told of the meeting that an occasion invites to, or calls off; None where it does neither.

        The texts are those for `recipient`; so are everybody's of their language, where they do no more than greet.

        Raises:
            TemplateProblemError: something is missing or wrong, with its place.
        """
        if not occasion.method:
            return None
        wording = self._wording(occasion, route, recipient.language)
        context = {**self._context(occasion, recipient.language), "recipient": seen(recipient)}
        return self._entries(occasion, self._written.article(occasion, wording, context), context, stamped_at)

    def _entries(
        self, occasion: Occasion, article: Article, context: Mapping[str, Any], stamped_at: datetime
    ) -> "invitations.Entries | None":
        meeting = context["facts"].get(occasion.meeting_fact) if occasion.method else None
        if not meeting or "start" not in meeting:
            return None
        from communique.texts import invitations  # loads icalendar, for who invites

        settings = self.facts.settings
        language = context["language"]
        locale, title = locale_of(language, settings.locales), self.words.of(language)["agenda"]["title"]
        otherwise = organizer_address(meeting, settings)
        event = invitations.Event(
            uid=uid_of(settings.public_address, occasion.meeting),
            sequence=occasion.sequence,
            start=meeting["start"],
            end=meeting.get("end"),
            summary=str(meeting.get("title", article.headline)),
            description=agendas.described(
                article.summary, meeting.get("agenda"), title, lambda moment: time_of_day(moment, locale)
            ),
            place=str(meeting.get("place", "")),
            organizer=str(context["government"]["name"]),
            organizer_address=otherwise,
            stamped_at=stamped_at,
        )
        return invitations.Entries(
            method=occasion.method,
            event=event,
            answered_at=lambda recipient: answer_addresses.organizer_address(
                settings, self.key, recipient.id, occasion.meeting, otherwise
            ),
        )


def _untranslated(error: UntranslatedError) -> Problem:
    place, language = error.args
    file, _, name = place.partition(": ")
    return Problem(
        code="missing-translation",
        message=phrase("expected `{name}` in every language, found no `{language}`", name=name, language=language),
        hint=phrase("Add a line `{language}: …` below it.", language=language),
        file=file,
    )
