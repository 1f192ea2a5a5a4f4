"""The pages for the media: each release with what goes with it to download, and the list of all."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import PurePosixPath

from markupsafe import Markup

from communique.channel import Image
from communique.localisation.localised import localise
from communique.publication import Publication, Release
from communique.texts import addresses
from communique.texts.accent import WHITE, readable_on
from communique.texts.pictures import as_address
from communique.website.site_contents import Context, Page, Site
from communique.website.site_marks import corrections_of, withdrawal_of
from communique.website.site_process import body_of, mailbox

#: How many releases the process page shows before it points to all of them.
NEWEST_RELEASES = 3


def press_pages(site: Site, language: str) -> Iterator[Page]:
    """All releases of a language, and each of them; nothing where there are none."""
    if found := site.releases_in(language):
        yield _list_page(site, language, found)
        yield from (_release_page(site, release) for release in found)


def press_context(site: Site, language: str, at: str) -> Context:
    """What the process page shows of it."""
    return {"releases": [_listed(site, each, at) for each in site.releases_in(language)[:NEWEST_RELEASES]]}


def press_files(site: Site, language: str) -> dict[str, bytes]:
    """Releases as plain text, by path."""
    return {f"{_stem(each)}.txt": _text(site, each) for each in site.releases_in(language)}


def press_sheets(site: Site, language: str) -> Iterator[tuple[str, Context]]:
    """Releases to print on the city's letterhead: the path of each, and what stands on it."""
    for release in site.releases_in(language) if site.prints else ():
        yield f"{_stem(release)}.pdf", sheet_of(site, release)


def sheet_of(site: Site, release: Release) -> Context:
    """What stands on a release's sheet, which needs nothing from anywhere."""
    from communique.texts.paper import directed  # loads what draws codes, for who prints

    address = site.settings.government.address
    return {
        "sender_lines": [directed(line) for line in address.splitlines() if line.strip()],
        "release": _listed(site, release, "") | {"html": body_of(release)},
        "accent": readable_on(WHITE, site.settings.look.accent),
        "logo": as_address(site.logo) if site.logo else "",
    }


def press_bundles(
    site: Site, language: str, sheet: Callable[[Context], str]
) -> Iterator[tuple[str, dict[str, str | bytes]]]:
    """For each release a ZIP with all there is: its path, and what lies in it. `sheet` fills the layout to print."""
    for release in site.releases_in(language):
        yield f"{_stem(release)}.zip", dict(_bundled(site, release, sheet(sheet_of(site, release))))


def kit_of(site: Site, item: Publication, at: str) -> str:
    """Link to the page for the media about an announcement; empty without one."""
    release = next((each for each in site.releases_in(item.language) if _tells_of(each, item)), None)
    return site.link(release.path, at) if release and not release.retraction else ""


def _tells_of(release: Release, item: Publication) -> bool:
    same = release.occurrence == item.occurrence or release.about != release.announcement
    return same and (release.campaign, release.about) == (item.campaign, item.announcement)


def _list_page(site: Site, language: str, found: Sequence[Release]) -> Page:
    words = site.words[language]["press"]
    spoken = [each for each in site.settings.languages if site.releases_in(each)]
    return Page(
        template="press",
        language=language,
        path=addresses.press_path(language),
        title=words["title"],
        description=words["lead"],
        versions={each: addresses.press_path(each) for each in spoken},
        changed_at=max(map(_changed_at, found)),
        content=lambda at: {
            "releases": [_listed(site, each, at) for each in found],
            "press_office": _office(site, language),
            "logo": site.link(site.logo_path, at) if site.logo_path else "",
        },
    )


def _office(site: Site, language: str) -> Context:
    contact = site.settings.press.contact or site.settings.government.contact
    told: Context = localise(contact.model_dump(), language, site.settings.languages)
    return told | {"phone_link": "".join(told["phone"].split()), "mailbox": mailbox(told["email"])}


def _release_page(site: Site, release: Release) -> Page:
    same = [each for each in site.releases if _identity(each) == _identity(release)]
    page = _page_of(site, release)
    stem = _stem(release)

    def content(at: str) -> Context:
        return {
            "release": _listed(site, release, at) | {"html": body_of(release)},
            "announcement": site.link(page.path, at) if page else "",
            "pictures": [site.shown(each, at) for each in _pictures(site, release)],
            "text": site.link(f"{stem}.txt", at),
            "pdf": site.link(f"{stem}.pdf", at) if site.prints else "",
            "bundle": site.link(f"{stem}.zip", at),
        }

    return Page(
        template="release",
        language=release.language,
        path=release.path,
        title=release.headline,
        description=release.summary,
        versions={each: one.path for each in site.settings.languages for one in same if one.language == each},
        changed_at=_changed_at(release),
        is_withdrawn=release.retraction is not None,
        content=content,
        published_at=release.published_at,
        picture=next(iter(_pictures(site, release)), None),
    )


def _changed_at(release: Release) -> datetime:
    marks = [each.at for each in release.corrections] + ([release.retraction.at] if release.retraction else [])
    return max([release.published_at, *marks])


def _identity(release: Release) -> tuple[str, str, str]:
    return release.campaign, release.announcement, release.occurrence


def _page_of(site: Site, release: Release) -> Publication | None:
    return next((item for item in site.said(release.language) if _tells_of(release, item)), None)


def _pictures(site: Site, release: Release) -> list[Image]:
    """Its own, and that of the announcement's page, each once."""
    page = _page_of(site, release)
    found = {each.data: each for each in (release.picture, page and page.picture) if each}
    return list(found.values())


def _listed(site: Site, release: Release, at: str) -> Context:
    return {
        "headline": release.headline,
        "summary": release.summary,
        "link": site.link(release.path, at),
        "published_at": release.published_at.astimezone(site.settings.timezone),
        "withdrawn": withdrawal_of(site, release),
        "corrections": corrections_of(site, release),
    }


def _stem(release: Release) -> str:
    """Of the files beside its page: `es/press/accepted-into-ogp/tell-the-media/tell-the-media-es`."""
    return f"{release.path}{PurePosixPath(release.path).name}-{release.language}"


def _text(site: Site, release: Release) -> bytes:
    shown = _listed(site, release, "") | {"text": Markup(release.text)}  # noqa: S704 - plain text in plain text
    return site.render("site/release.txt", release.language, _worded(site, release) | {"release": shown}).encode()


def _worded(site: Site, release: Release) -> Context:
    return {"words": site.words[release.language], "language": release.language}


def _bundled(site: Site, release: Release, sheet: str) -> Iterator[tuple[str, str | bytes]]:
    """What lies in the ZIP, by its name there."""
    stem, name = _stem(release), PurePosixPath(_stem(release)).name
    yield f"{name}.html", sheet.encode()
    yield f"{name}.txt", f"{stem}.txt"
    if site.prints:
        yield f"{name}.pdf", f"{stem}.pdf"
    pictures = []
    for number, picture in enumerate(_pictures(site, release), 1):
        path = addresses.picture_path(picture)
        file = f"picture-{number}{PurePosixPath(path).suffix}"
        pictures.append({"file": file, "alt": picture.alt, "credit": picture.credit})
        yield file, path
    if site.logo_path:
        yield PurePosixPath(site.logo_path).name, site.logo_path
    if pictures:
        context = _worded(site, release) | {"pictures": pictures}
        yield "pictures.txt", site.render("site/pictures.txt", release.language, context).encode()
