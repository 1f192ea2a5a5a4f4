"""The folder a mayor can click through after a rehearsal: who would have got what, when, and how it looks."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from communique.language.catalogue import OWN, in_language
from communique.language.recognised import recognised
from communique.localisation.localised import localise
from communique.own_pages import OurPages, titled
from communique.phrase import phrase
from communique.rehearse import rehearsal_mails, rehearsal_site
from communique.rehearse.rehearsal import Rehearsal
from communique.rehearse.rehearsal_faults import PAGE, faults_of
from communique.rehearse.rehearsal_infographics import infographics_of
from communique.rehearse.rehearsal_ledger import as_csv, proof, without_addresses
from communique.rehearse.rehearsal_letters import letters_of
from communique.rehearse.rehearsal_mails import MailSample, write_samples
from communique.rehearse.rehearsal_overview import overview
from communique.rehearse.rehearsal_posts import PostCard, cards_of
from communique.rehearse.rehearsal_scripts import scripts_of
from communique.rehearse.rehearsal_videos import videos_of
from communique.rehearse.rehearsed import Rehearsed, everything_rehearsed
from communique.texts.accent import readable_on
from communique.website.site import BRIGHT, DARK_PANEL, LIGHT_PANEL

#: By the language of the pages: their locale, and what stands before the day in `23:00 UTC on 3 March`.
_WAYS = {"en": ("en-GB", "on"), "es": ("es-ES", "del")}
#: Rows of the ledger's page for one announcement; the spreadsheet has all of them.
ROWS = 50


@dataclass(frozen=True, kw_only=True)
class _Report:
    """What every page is made with."""

    rehearsal: Rehearsal
    pages: OurPages
    rehearsed: Sequence[Rehearsed]
    has_site: bool
    language: str  #: that officers read

    def write(self, path: str, template: str, **context: Any) -> None:
        """One page below the rehearsal's folder; its links to others begin with `top`."""
        target = self.rehearsal.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        settings = self.rehearsal.workspace.settings
        frame = {
            "top": "../" * path.count("/"),
            "path": path,
            "has_site": self.has_site,
            "has_faults": bool(self.rehearsal.troubles.faults),
            "government": localise(settings.government.name, self.named_in, settings.languages),
            "authors": {
                language: localise(settings.government.name, language, settings.languages)
                for language in settings.languages
            },
            "language_names": {
                language: self.rehearsal.workspace.words.of(language)["language_name"]
                for language in settings.languages
            },
            "routes": self.rehearsal.workspace.routes,
            "exists": lambda file: (self.rehearsal.folder / file).is_file(),
            "called": self.called,
            "milestone_called": self.milestone_called,
            "in_words": lambda text: in_words(text, self.language),
        }
        target.write_text(self.pages.fill(template, **frame, **context), encoding="utf-8", newline="\n")

    @property
    def named_in(self) -> str:
        """Where a name has no words in the officers' language, the settings' first language stands in."""
        languages = self.rehearsal.workspace.settings.languages
        return self.language if self.language in languages else languages[0]

    def called(self, campaign: str, announcement: str) -> str:
        """An announcement by its title, else by its name."""
        known = self.rehearsal.workspace.campaigns[campaign]
        return known.title_of(announcement, self.language) or titled(announcement)

    def milestone_called(self, milestone: str) -> str:
        """By the title that any campaign gives it, else by its name: they share milestones that they name alike."""
        known = self.rehearsal.workspace.campaigns.values()
        titles = (each.milestone_title(milestone, self.language) for each in known)
        return next(filter(None, titles), "") or titled(milestone)


def write_report(rehearsal: Rehearsal, language: str = OWN) -> None:
    """Write everything into the rehearsal's folder: `index.html`, a page an announcement, mails, ledger, website.

    The rehearsal's database must still be open. `language`: that of those who look at it.
    """
    zone = rehearsal.workspace.settings.timezone
    report = _Report(
        rehearsal=rehearsal,
        language=language,
        pages=OurPages("rehearsal", zone, *_WAYS[language]),
        rehearsed=everything_rehearsed(rehearsal),
        has_site=rehearsal_site.write_site(rehearsal),
    )
    _write_style(report)
    accepted = rehearsal_mails.by_reference(rehearsal.mails)
    subjects: dict[str, str] = {}
    costs: dict[str, Decimal] = {}
    for position, each in enumerate(report.rehearsed):
        mails = write_samples(rehearsal.folder, each, accepted, rehearsal.workspace.settings.public_address)
        cards = cards_of(rehearsal.folder, each, rehearsal.opened.adapters)
        subjects[each.page] = _subject(each, mails, cards)
        _write_announcement(report, position, subjects[each.page], mails, cards)
        for card in cards:
            if card.measure and card.measure.price:
                costs[card.channel] = costs.get(card.channel, Decimal()) + card.measure.price
    _write_ledger(report)
    shown = overview(rehearsal, report.rehearsed, accepted, subjects, costs)
    shown["repeats"] = sorted({report.called(*each.identity[:2]) for each in report.rehearsed if each.repeat})
    if rehearsal.troubles.faults:
        report.write(PAGE, "faults.html", **faults_of(rehearsal, report.rehearsed, shown["agreement"].again))
    report.write("index.html", "index.html", **shown)


def _write_announcement(
    report: _Report, position: int, subject: str, mails: Sequence[MailSample], cards: Sequence[PostCard]
) -> None:
    rehearsed = report.rehearsed
    each = rehearsed[position]
    routes = report.rehearsal.workspace.routes
    report.write(
        each.page,
        "announcement.html",
        each=each,
        subject=subject,
        mails=mails,
        letters=letters_of(report.rehearsal.folder, each, routes),
        scripts=scripts_of(report.rehearsal.folder, each),
        videos=videos_of(report.rehearsal.folder, each),
        infographics=infographics_of(report.rehearsal.folder, each),
        posts=[card for card in cards if not routes[card.channel].local],
        packs=[card for card in cards if routes[card.channel].local],
        audiences=list(_audiences(report, each)),
        before=rehearsed[position - 1] if position else None,
        following=rehearsed[position + 1] if position + 1 < len(rehearsed) else None,
    )


def in_words(text: str, language: str) -> tuple[str, bool]:
    """What the ledger or a part of the program says, and whether that is in the language."""
    said = in_language(text, language)
    if said is None:
        said = recognised(text, language)
    return (text, False) if said is None else (said, True)


def _audiences(report: _Report, each: Rehearsed) -> Iterator[str]:
    """Whom it is for, in words."""
    workspace = report.rehearsal.workspace
    settings, routes = workspace.settings, workspace.routes
    for name in each.announcement.to:
        title = settings.audiences[name].title if name in settings.audiences else name
        yield str(localise(title, report.named_in, settings.languages))
    through = [routes[name] for name in each.announcement.through if name in routes]
    if any(route.is_newsletter for route in through):
        yield in_words(phrase("Newsletter subscribers"), report.language)[0]
    if any(not route.needs_audience and not route.is_newsletter for route in through):
        yield in_words(phrase("Everybody"), report.language)[0]


def _subject(each: Rehearsed, mails: Sequence[MailSample], cards: Sequence[PostCard]) -> str:
    """How the public would recognise it, in its first language."""
    found = [
        *((page.language, page.headline) for page in (*each.on_website, *each.in_feed)),
        *((mail.language, mail.subject) for mail in mails),
        *((card.language, card.headline) for card in cards),
    ]
    first = [said for language, said in found if each.languages and language == each.languages[0]]
    return next(iter(first), found[0][1] if found else "")


def _write_ledger(report: _Report) -> None:
    copies = [copy for each in report.rehearsed for copy in each.copies]
    (report.rehearsal.folder / "ledger.csv").write_bytes(as_csv(copies))
    report.write(
        "ledger.html",
        "ledger.html",
        rehearsed=report.rehearsed,
        rows=ROWS,
        number=len(copies),
        words_of=lambda copy: copy.last.detail if copy.last else "",
        proof=proof,
        without_addresses=without_addresses,
    )


def _write_style(report: _Report) -> None:
    accent = report.rehearsal.workspace.settings.look.accent
    style = report.pages.fill(
        "style.css",
        on_light=readable_on(LIGHT_PANEL, accent),
        on_dark=readable_on(DARK_PANEL, accent, BRIGHT),
    )
    Path(report.rehearsal.folder / "style.css").write_text(style, encoding="utf-8", newline="\n")
