"""HTML made into PDF for people and printers, by WeasyPrint: PDF/UA-1, fonts embedded, nothing fetched from anywhere.

It is loaded when the first letter is made: it takes a second, and libraries of the machine that only letters need.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from communique.channel import PermanentError, UnavailableError

_VARIANT = "pdf/ua-1"
_MISSING = (
    "Letters need Pango, which this machine does not have ({}). On Debian and Ubuntu: sudo apt-get install "
    "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-noto-core"
)


@dataclass(frozen=True, slots=True)
class Laid:
    """A document laid out in pages, which can be written alone or together with others."""

    document: Any

    @property
    def pages(self) -> int:
        """How many."""
        return len(self.document.pages)

    def pdf(self) -> bytes:
        """This document alone."""
        data: bytes = self.document.write_pdf(pdf_variant=_VARIANT)
        return data


class Press:
    """Lays out and writes; what it learns of fonts serves all its documents."""

    def lay(self, html: str, style: str) -> Laid:
        """A whole document in pages.

        Raises:
            UnavailableError: the machine lacks what it takes.
            PermanentError: it asks for a file or an address.
        """
        weasyprint = self._weasyprint
        fetcher = weasyprint.urls.URLFetcher(allowed_protocols=("data",), fail_on_errors=True)
        sheet = weasyprint.CSS(string=style, url_fetcher=fetcher, font_config=self._fonts)
        page = weasyprint.HTML(string=html, url_fetcher=fetcher)
        try:
            return Laid(page.render(font_config=self._fonts, stylesheets=[sheet]))
        except weasyprint.urls.FatalURLFetchingError as error:
            raise PermanentError(f"letter.html asks for what does not lie in it: {error}") from error

    def load(self) -> None:
        """What the first document would load.

        Raises:
            UnavailableError: the machine lacks what it takes.
        """
        _ = self._weasyprint

    def bound(self, documents: Sequence[Laid]) -> bytes:
        """All pages of several documents in one file, in their order; its title is the first one's."""
        pages = [page for each in documents for page in each.document.pages]
        data: bytes = documents[0].document.copy(pages).write_pdf(pdf_variant=_VARIANT)
        return data

    @cached_property
    def _weasyprint(self) -> Any:
        try:
            import weasyprint
        except OSError as error:  # it opens shared libraries when it is loaded
            raise UnavailableError(_MISSING.format(error)) from error
        return weasyprint

    @cached_property
    def _fonts(self) -> Any:
        from weasyprint.text.fonts import FontConfiguration

        return FontConfiguration()
