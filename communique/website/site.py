"""The public website as a pure function: what has been published, and where the process stands, to files.

The wording and the markup are in `templates/layouts/`; here is only what goes into them. Links between pages
are relative, so that the site works below any address; search engines and feeds get absolute ones.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from communique.language.formatting import direction
from communique.localisation.localised import localise
from communique.publication import Publication
from communique.texts import addresses
from communique.texts.accent import readable_on
from communique.website.process import FeedLinks
from communique.website.record_files import record_files
from communique.website.site_contents import Context, Page, Site
from communique.website.site_gone import gone_from, page_of_gone
from communique.website.site_map import MappedPage, robots, site_map
from communique.website.site_pages import ENTRY, announcement_page, pages_of, process_page
from communique.website.site_press import press_bundles, press_files, press_sheets
from communique.website.site_process import document_files, mailbox, sheets_of
from communique.website.site_products import product_copies

__all__ = ["Site", "build_bundles", "build_copies", "build_sheets", "build_site", "lone_page", "pages_as_read"]

#: Backgrounds of panels: what is readable on them is readable on the page, which is lighter or darker still.
LIGHT_PANEL, DARK_PANEL = "#f4f5f6", "#1d2329"
#: Of a feed: name, file, media type; the first is what nearly every reader understands.
_FORMATS = (
    ("rss", "rss.xml", "application/rss+xml"),
    ("atom", "atom.xml", "application/atom+xml"),
    ("json", "feed.json", "application/feed+json"),
)
#: Contrast of links in dark mode: at the least that is allowed, they look extinguished.
BRIGHT = 7.0
_STYLE = re.compile(r'<link rel="stylesheet"[^>]*>')


def build_site(site: Site) -> dict[str, bytes]:
    """Every file of the website, by its path below the root. The same site gives the same bytes."""
    pages = [page for language in site.settings.languages for page in pages_of(site, language)]
    files = {f"{page.path}index.html": _html(site, page) for page in pages}
    first = process_page(site, site.settings.languages[0])
    files["index.html"] = _html(site, first, at="")
    files["404.html"] = _in_every_language(site, lambda words: (words["not_found_title"], words["not_found_text"]))
    files["unavailable.html"] = _in_every_language(
        site, lambda words: (words["notices"]["failed"]["title"], words["notices"]["failed"]["text"])
    )
    files["style.css"] = _style(site)
    files["sitemap.xml"] = site_map(_mapped(site, page) for page in pages)
    files["robots.txt"] = robots(site.root)
    if site.logo_path:
        files[site.logo_path] = site.logo
    if site.record:
        files |= record_files(site.record, site.settings, site.render)
    for language in site.settings.languages:
        files |= _calendars(site, language) | document_files(site.process(language)) | press_files(site, language)
    pictures = {addresses.picture_path(picture): picture.data for picture in site.pictures()}
    return files | pictures | _instead_of_gone(site, pages)


def _instead_of_gone(site: Site, pages: Sequence[Page]) -> dict[str, bytes]:
    """Of each file that is gone, the page that says why, with the links that it needs at that file's address."""
    by_path = {page.path: page for page in pages}
    return {
        page_of_gone(path): _html(site, by_path[said], at=path[: path.rfind("/") + 1])
        for path, said in gone_from(site).items()
        if said in by_path
    }


def lone_page(site: Site, item: Publication) -> str:
    """One announcement's page in one document, with its style sheet in it: for who looks before it is published."""
    return _whole(site, announcement_page(site, item))


def pages_as_read(site: Site, language: str) -> Iterator[tuple[str, str]]:
    """Every page of a language in one document each, behind the name of its template."""
    for page in pages_of(site, language):
        yield page.template, _whole(site, page)


def _whole(site: Site, page: Page) -> str:
    return _STYLE.sub(lambda _: f"<style>{_style(site).decode()}</style>", _html(site, page).decode())


def build_sheets(site: Site) -> dict[str, str]:
    """HTML documents to be printed: agendas, minutes, releases; by the path of their PDF below the root."""
    sheets = {
        path: site.render("site/sheet.html", language, _frame(site, language, "") | content)
        for language in site.settings.languages
        for path, content in sheets_of(site, language)
    }
    for language in site.settings.languages:
        fill = _release_sheet(site, language)
        sheets |= {path: fill(content) for path, content in press_sheets(site, language)}
    return sheets


def build_copies(site: Site) -> dict[str, Path]:
    """Files that other channels have written, by their path below the root."""
    return {path: source for language in site.settings.languages for path, source in product_copies(site, language)}


def build_bundles(site: Site) -> dict[str, dict[str, str | bytes]]:
    """ZIP files by their path below the root: what is in each, by its name there."""
    return {
        path: content
        for language in site.settings.languages
        for path, content in press_bundles(site, language, _release_sheet(site, language))
    }


def _release_sheet(site: Site, language: str) -> Callable[[Context], str]:
    frame = _frame(site, language, "")
    return lambda content: site.render("site/release-sheet.html", language, frame | content)


def _calendars(site: Site, language: str) -> dict[str, bytes]:
    """An entry for each date, and all dates in one file."""
    dates = site.dates(language)
    if not dates:
        return {}
    from communique.website.site_calendar import calendar_of  # loads icalendar, for those who have dates

    files = {addresses.date_path(language, each.id) + ENTRY: calendar_of(site, language, [each]) for each in dates}
    return files | {addresses.calendar_path(language): calendar_of(site, language, dates)}


def _html(site: Site, page: Page, *, at: str | None = None) -> bytes:
    """The page's bytes. `at` is where it lies when that is not its own path."""
    path = page.path if at is None else at
    about = {
        "kind": page.template,
        "title": page.title,
        "description": page.description,
        "canonical": site.root + page.path,
        "published_at": page.published_at and page.published_at.astimezone(site.settings.timezone),
        "versions": _versions(site, page),
        "withdrawn": page.is_withdrawn,
        "picture": page.picture and site.shown(page.picture, path),
    }
    context = _frame(site, page.language, path) | page.content(path) | {"page": about}
    feeds = [_feed(page.feed, site, path)] if page.feed else context["feeds"]
    about["feed"] = feeds[0] if feeds else None
    context["languages"] = _languages(site, page, path)
    return site.render(f"site/{page.template}.html", page.language, context).encode()


def _frame(site: Site, language: str, at: str) -> Context:
    """What every page needs, whatever it shows."""
    feeds = [_feed(feed, site, at) for feed in site.process(language).feeds]
    return {
        "language": language,
        "dir": direction(language),
        "words": site.words[language],
        "glossary": site.glossary[language],
        "government": _government(site, language),
        "paper_size": site.settings.printed_on,
        "look": localise(site.settings.look.model_dump(), language, site.settings.languages),
        "feeds": feeds,
        "subscribe": site.subscribe.get(language, ""),
        "links": {
            "home": site.link(f"{language}/", at),
            "archive": site.link(f"{language}/archive/", at),
            "follow": site.link(f"{language}/follow/", at),
            "press": site.link(addresses.press_path(language), at) if site.releases_in(language) else "",
            "style": site.link("style.css", at),
            "logo": site.link(site.logo_path, at) if site.logo_path else "",
            "logo_address": site.root + site.logo_path if site.logo_path else "",
        },
    }


def _government(site: Site, language: str) -> Context:
    """The settings' own, with what a template cannot work out: lines of the address, a number to dial."""
    government: Context = localise(site.settings.government.model_dump(), language, site.settings.languages)
    government["address_lines"] = government["address"].strip().splitlines()
    government["contact"]["phone_link"] = "".join(government["contact"]["phone"].split())
    government["contact"]["mailbox"] = mailbox(government["contact"]["email"])
    return government


def _feed(feed: FeedLinks, site: Site, at: str) -> Context:
    formats = [
        {
            "words": f"feed_{kind}",
            "media_type": media_type,
            "link": site.link(feed.path + file, at),
            "address": f"{site.root}{feed.path}{file}",
        }
        for kind, file, media_type in _FORMATS
    ]
    return {"title": feed.title, "address": formats[0]["address"], "formats": formats}


def _first_feed(site: Site, language: str, at: str) -> str:
    """Empty without one."""
    feeds = site.process(language).feeds
    return site.link(f"{feeds[0].path}{_FORMATS[0][1]}", at) if feeds else ""


def _languages(site: Site, page: Page, at: str) -> list[Context]:
    """The choice of languages; where this page is not translated, it leads to the process page."""
    return [
        {
            "language": language,
            "dir": direction(language),
            "name": site.words[language]["language_name"],
            "link": site.link(page.versions.get(language, f"{language}/"), at),
            "same_page": language in page.versions,
            "current": language == page.language,
            "feed": _first_feed(site, language, at),
        }
        for language in site.settings.languages
    ]


def _versions(site: Site, page: Page) -> list[Context]:
    """Addresses for `hreflang`, this page's own included (each version must name all of them)."""
    paths = dict(page.versions)
    if default := paths.get(site.settings.languages[0]):
        paths["x-default"] = default
    return [{"language": language, "address": site.root + path} for language, path in paths.items()]


def _in_every_language(site: Site, said: Callable[[Mapping[str, Any]], tuple[str, str]]) -> bytes:
    """A page for servers to answer with, at any address: its links start at the server's root.

    `said` gives its title and text from the words of a language.
    """
    top = urlsplit(site.root).path
    default = site.settings.languages[0]
    choices = []
    for language in site.settings.languages:
        title, text = said(site.words[language])
        about = {"title": title, "text": text, "words": site.words[language], "home": f"{top}{language}/"}
        choices.append({"language": language, "dir": direction(language), **about})
    context = _frame(site, default, "") | {"choices": choices, "style": f"{top}style.css"}
    return site.render("site/every-language.html", default, context).encode()


def _style(site: Site) -> bytes:
    first = site.settings.languages[0]
    return style_of(site.settings.look.accent, lambda context: site.render("site/style.css", first, context)).encode()


def style_of(accent: str, fill: Callable[[Context], str]) -> str:
    """The style sheet, in shades of the accent that can be read. `fill` fills `site/style.css`."""
    light, dark = LIGHT_PANEL, DARK_PANEL
    colours = {
        "light_panel": light,
        "dark_panel": dark,
        "on_light": readable_on(light, accent),
        "on_dark": readable_on(dark, accent, BRIGHT),
    }
    return fill({"colours": colours})


def _mapped(site: Site, page: Page) -> MappedPage:
    versions = {language: site.root + path for language, path in page.versions.items()}
    return MappedPage(address=site.root + page.path, changed_at=page.changed_at, versions=versions)
