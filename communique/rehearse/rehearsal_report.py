"""The folder a mayor can click through after a rehearsal: who would have got what, when, and how it looks."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from communique.own_pages import OurPages
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
from communique.settings import localise
from communique.texts.accent import readable_on
from communique.website.site import BRIGHT, DARK_PANEL, LIGHT_PANEL

#: Rows of the ledger's page for one announcement; the spreadsheet has all of them.
ROWS = 50


@dataclass(frozen=True, kw_only=True)
class _Report:
    """What every page is made with."""

    rehearsal: Rehearsal
    pages: OurPages
    rehearsed: Sequence[Rehearsed]
    has_site: bool

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
            "government": localise(settings.government.name, _officers(self.rehearsal), settings.languages),
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
        }
        target.write_text(self.pages.fill(template, **frame, **context), encoding="utf-8", newline="\n")


def write_report(rehearsal: Rehearsal) -> None:
    """Write everything into the rehearsal's folder: `index.html`, a page an announcement, mails, ledger, website.

    The rehearsal's database must still be open.
    """
    report = _Report(
        rehearsal=rehearsal,
        pages=OurPages("rehearsal", rehearsal.workspace.settings.timezone),
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
        audiences=list(_audiences(report.rehearsal, each)),
        before=rehearsed[position - 1] if position else None,
        following=rehearsed[position + 1] if position + 1 < len(rehearsed) else None,
    )


def _audiences(rehearsal: Rehearsal, each: Rehearsed) -> Iterator[str]:
    """Whom it is for, in words."""
    settings, routes = rehearsal.workspace.settings, rehearsal.workspace.routes
    for name in each.announcement.to:
        title = settings.audiences[name].title if name in settings.audiences else name
        yield str(localise(title, _officers(rehearsal), settings.languages))
    through = [routes[name] for name in each.announcement.through if name in routes]
    if any(route.is_newsletter for route in through):
        yield "Newsletter subscribers"
    if any(not route.needs_audience and not route.is_newsletter for route in through):
        yield "Everybody"


def _officers(rehearsal: Rehearsal) -> str:
    """These pages are in English; where a name has no English, the settings' first language stands in."""
    languages = rehearsal.workspace.settings.languages
    return "en" if "en" in languages else languages[0]


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
