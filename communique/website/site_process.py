"""What pages show of the process itself: stages, dates and meetings, documents, commitments, who takes part."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import asdict

from markupsafe import Markup, escape

from communique.language.unbroken import whole
from communique.publication import Publication, Release
from communique.texts import addresses
from communique.website.process import Document, KeyDate, Process
from communique.website.site_contents import Context, Page, Site

#: How many documents the process page shows before it points to all of them.
NEWEST = 5
#: Beside the page of a date.
AGENDA, MINUTES = "agenda.pdf", "minutes.pdf"
#: Columns of a Markdown table come with a style attribute, which a strict content security policy ignores.
_ALIGNED = re.compile(r' style="text-align:(left|center|right)"')
_MAILBOX = re.compile(r"(?<=>)([\w.+-]+@)([\w.-]+)(?=</a>)")


def standing_of(site: Site, language: str, at: str) -> Context:
    """What the process page says besides announcements."""
    process = site.process(language)
    timeline = [met(site, language, date, at) for date in sorted(process.dates, key=lambda one: one.starts_at)]
    documents = [_document(site, each, at) for each in process.documents[:NEWEST]]
    return {
        "stages": process.stages,
        "dates": [each for each in timeline if not each["over"]],
        "timeline": timeline,
        "ways": process.ways,
        "commitments": process.commitments,
        "documents": documents,
        "all_documents": site.link(addresses.documents_page(language), at) if documents else "",
        "forum": process.forum,
        "monitoring": process.monitoring,
    }


def documents_page(site: Site, language: str) -> Page:
    """Every document, the newest first."""
    words = site.words[language]["process_page"]
    process = site.process(language)
    spoken = [each for each in site.settings.languages if site.process(each).documents]
    return Page(
        template="documents",
        language=language,
        path=addresses.documents_page(language),
        title=words["documents"],
        description=words["documents_lead"],
        versions={each: addresses.documents_page(each) for each in spoken},
        changed_at=None,
        content=lambda at: {"documents": [_document(site, each, at) for each in process.documents]},
    )


def document_files(process: Process) -> dict[str, bytes]:
    """Documents by their paths below the root."""
    return {addresses.document_path(each.file): each.data for each in process.documents}


def sheets_of(site: Site, language: str) -> Iterator[tuple[str, Context]]:
    """Agendas and minutes to print: the path of each, and what stands on it."""
    for date in site.dates(language) if site.prints else ():
        about = met(site, language, date, "")
        folder = addresses.date_path(language, date.id)
        if date.agenda:
            words = site.words[language]["agenda"]["title"]
            yield f"{folder}{AGENDA}", {"title": words, "date": about | agenda_of(site, date), "html": ""}
        if minutes := site.announced(language, date.minutes):
            title = site.words[language]["process_page"]["minutes"]
            yield f"{folder}{MINUTES}", {"title": title, "date": about | {"agenda": []}, "html": body_of(minutes)}


def body_of(item: Publication | Release) -> Markup:
    """An announcement's text, without what a strict content security policy would ignore."""
    return shown(item.html)


def shown(html: str) -> Markup:
    """HTML that our Markdown has made, without the same; a long address of e-mail breaks behind its @."""
    return Markup(_MAILBOX.sub(_divided, _ALIGNED.sub(r' class="to-\1"', html)))  # noqa: S704 - raw HTML is text there


def _divided(found: re.Match[str]) -> str:
    return f'<bdi dir="ltr">{whole(found[1])}<wbr>{whole(found[2])}</bdi>'


def mailbox(address: str) -> Markup:
    """An address of e-mail that breaks behind its @, where the column is narrower than it is."""
    name, _, domain = str(escape(address)).partition("@")
    return Markup(f"{whole(f'{name}@')}<wbr>{whole(domain)}")  # noqa: S704 - escaped


def met(site: Site, language: str, date: KeyDate, at: str) -> Context:
    """A date as pages list it, with what there is in writing about it."""
    zone = site.settings.timezone
    minutes = site.announced(language, date.minutes)
    folder = addresses.date_path(language, date.id)
    starts_at, ends_at = date.starts_at.astimezone(zone), date.ends_at and date.ends_at.astimezone(zone)
    return {
        "name": date.name,
        "starts_at": starts_at,
        "ends_at": ends_at,
        "hours": {"start": starts_at, "end": ends_at},
        "all_day": date.all_day,
        "place": date.place,
        "access": date.access,
        "over": (date.ends_at or date.starts_at).astimezone(zone).date() < site.today,
        "called_off": date.called_off,
        "link": site.link(addresses.date_path(language, date.id), at) if date.id else "",
        "has_agenda": bool(date.agenda),
        "minutes": site.link(minutes.path, at) if minutes else "",
        "agenda_pdf": site.link(folder + AGENDA, at) if site.prints and date.agenda and date.id else "",
        "minutes_pdf": site.link(folder + MINUTES, at) if site.prints and minutes and date.id else "",
        "documents": list(_papers(site, language, date, at)),
    }


def agenda_of(site: Site, date: KeyDate) -> Context:
    """The rows of a meeting, in local time, and how long all of them take."""
    zone = site.settings.timezone
    rows = [{**asdict(row), "starts_at": row.starts_at.astimezone(zone)} for row in date.agenda]
    return {"agenda": rows, "agenda_minutes": date.agenda_minutes}


def _papers(site: Site, language: str, date: KeyDate, at: str) -> Iterator[Context]:
    yield from (_document(site, each, at) for each in site.process(language).documents if each.meeting == date.id)


def _document(site: Site, document: Document, at: str) -> Context:
    return {
        "title": document.title,
        "link": site.link(addresses.document_path(document.file), at),
        "published": document.published,
        "language": document.language,
        "language_name": document.language_name,
        "kind": document.kind,
        "size": document.size,
        "sha256": hashlib.sha256(document.data).hexdigest(),
    }
