"""`sitemap.xml` (sitemaps.org 0.9) with the language versions of every page, and `robots.txt`."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from xml.sax.saxutils import escape, quoteattr


@dataclass(frozen=True, kw_only=True, slots=True)
class MappedPage:
    """One page as search engines should know it."""

    address: str
    changed_at: datetime | None
    versions: Mapping[str, str]  #: language -> address, this page's own included


def site_map(pages: Iterable[MappedPage]) -> bytes:
    """The site map, in the order given."""
    head = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
        'xmlns:xhtml="http://www.w3.org/1999/xhtml">\n'
    )
    return (head + "".join(map(_url, pages)) + "</urlset>\n").encode()


def robots(root: str) -> bytes:
    """Everything may be read, and here is the map. `root` ends with a slash."""
    return f"User-agent: *\nAllow: /\nSitemap: {root}sitemap.xml\n".encode()


def _url(page: MappedPage) -> str:
    changed = f"<lastmod>{page.changed_at.isoformat()}</lastmod>" if page.changed_at else ""
    versions = "".join(
        f'<xhtml:link rel="alternate" hreflang={quoteattr(language)} href={quoteattr(address)}/>'
        for language, address in page.versions.items()
    )
    return f"<url><loc>{escape(page.address)}</loc>{changed}{versions}</url>\n"
