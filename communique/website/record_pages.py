"""The page of the public record: what can be concluded from it and what cannot, and what its entries are about."""

from datetime import UTC, datetime

from communique.public_record import Sealed
from communique.publication import Publication
from communique.texts import addresses
from communique.website.record_files import CSV, JSON, PROGRAM
from communique.website.site_contents import Context, Page, Site

#: How many entries the page shows; the files have all of them.
_LATEST = 40


def record_page(site: Site, language: str) -> Page:
    """The newest entry first. Headlines come from what is published now: no entry has one."""
    words = site.words[language]["record"]
    last = site.record[-1]

    def content(at: str) -> Context:
        return {
            "entries": [_shown(site, each, language, at) for each in site.record[: -_LATEST - 1 : -1]],
            "all_shown": len(site.record) <= _LATEST,
            "last": {"number": last.number, "hash": last.hash},
            "files": {
                name: site.link(addresses.record_file(file), at)
                for name, file in (("json", JSON), ("csv", CSV), ("program", PROGRAM))
            },
        }

    return Page(
        template="record",
        language=language,
        path=addresses.record_page(language),
        title=words["title"],
        description=words["lead"],
        versions={each: addresses.record_page(each) for each in site.settings.languages},
        changed_at=datetime.fromisoformat(last.values["recorded_at"]).astimezone(UTC),
        content=content,
    )


def _shown(site: Site, sealed: Sealed, language: str, at: str) -> Context:
    entry, words = sealed.entry, site.words[language]["record"]
    told = entry.to or (() if entry.channel_kind else _told(site, entry.about))
    page = _published(site, entry.about, language)
    return {
        "number": sealed.number,
        "hash": sealed.hash,
        "at": entry.at.astimezone(site.settings.timezone),
        "kind": words["kinds"][entry.kind],
        "headline": page.headline if page else "",
        "said_in": page.language if page else language,
        "link": site.link(page.path, at) if page else "",
        "name": "/".join(entry.about[:2]),
        "channel": words["channels"].get(entry.channel_kind, entry.channel),
        "to": [words["roles"].get(role, role) for role in told],
        "is_public": not told,
        "people": entry.people,
        "fewer_than": entry.fewer_than,
        "texts": [{"language": each.language, "sha256": each.sha256} for each in entry.texts],
    }


def _told(site: Site, about: tuple[str, str, str]) -> tuple[str, ...]:
    """Whom an announcement was for: that it was withdrawn stands in an entry through no channel."""
    return tuple(sorted({role for each in site.record if each.entry.about == about for role in each.entry.to}))


def _published(site: Site, about: tuple[str, str, str], language: str) -> Publication | None:
    """What an entry is about as the public reads it: in the page's language, or in one that it was published in."""
    found = [
        each
        for each in site.publications
        if each.audience == addresses.PUBLIC and (each.campaign, each.announcement, each.occurrence) == about
    ]
    same = {each.language: each for each in found}
    return same.get(language) or next(iter(same.values()), None)
