"""What is taken off the website: films, spots and pictures of what was withdrawn, or said otherwise since.

They cannot be marked as a page or a release is, and who has their address would see them without a word. So in their
place the page that tells more of each is answered, with 410: it lies below `gone/` under the name of what is gone, made
to be shown there, and any web server finds it without a list to read.
"""

from communique.texts import addresses
from communique.website.site_contents import Site, picture_of
from communique.website.site_process import MINUTES
from communique.website.site_products import outdated_files

FOLDER = "gone/"


def page_of_gone(path: str) -> str:
    """Where the page lies that is shown in the place of a file."""
    return f"{FOLDER}{path}.html"


def gone_from(site: Site) -> dict[str, str]:
    """By path below the root: the path of the page that says what became of it."""
    said = [item for language in site.settings.languages for item in site.said(language)]
    files = {path: item.path for item in said for path in outdated_files(site, item)}
    shown = {addresses.picture_path(picture) for picture in site.pictures()}
    cards = {addresses.picture_path(item.picture): item.path for item in said if item.picture and not picture_of(item)}
    return files | _minutes(site) | {path: page for path, page in cards.items() if path not in shown}


def _minutes(site: Site) -> dict[str, str]:
    """Of meetings whose minutes were withdrawn, and not published anew."""
    return {
        addresses.date_path(language, date.id) + MINUTES: item.path
        for language in site.settings.languages
        for date in site.dates(language)
        for item in site.said(language)
        if date.minutes == f"{item.campaign}/{item.announcement}" and not site.announced(language, date.minutes)
    }
