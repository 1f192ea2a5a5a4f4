"""HTML made into PDF for people and printers, by WeasyPrint: PDF/UA-1, fonts embedded, nothing fetched from anywhere.

It is loaded when the first letter is made: it takes a second, and libraries of the machine that only letters need.
"""

import contextlib
import hashlib
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from typing import Any

from channels.paper import line_breaks
from communique.channel import Lack, PermanentError, UnavailableError, phrase, told_by

_VARIANT = "pdf/ua-1"
#: Within a link it would become two more links of no width, which no tag tells of (PDF/UA-1, 7.18.5).
_MAY_BREAK = "<wbr>"
#: So would what turns the whole of a link round: it goes outside.
_TURNED = re.compile(r"(<a [^>]*>)<bdi([^>]*)>([^<]*)</bdi></a>")
_MISSING = phrase(
    "What is printed needs Pango, which this machine does not have. On Debian and Ubuntu: sudo apt-get install "
    "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-noto-core"
)


@dataclass(frozen=True, slots=True)
class Printed:
    """A document as PDF."""

    data: bytes
    pages: int


def identifier_of(html: str, style: str) -> bytes:
    """What stands in a PDF as its identifier (ISO 32000-2, 14.4): a hash of what it was printed from, and by what."""
    return hashlib.sha256("\0".join((version("weasyprint"), style, html)).encode()).hexdigest().encode()


class Press:
    """Makes PDFs; what it learns of fonts serves all its documents."""

    def print(self, html: str, style: str, closers: Sequence[str] = ()) -> Printed:
        """A whole document, tagged. Nothing of how it was laid out is kept: that takes megabytes a letter.

        `closers`: CSS for less room, the mildest first: the first that saves a page is added.

        Raises:
            UnavailableError: the machine lacks what it takes.
            PermanentError: it asks for a file or an address.
        """
        weasyprint = self._weasyprint
        fetcher = weasyprint.urls.URLFetcher(allowed_protocols=("data",), fail_on_errors=True)
        page = weasyprint.HTML(
            string=_TURNED.sub(r"<bdi\2>\1\3</a></bdi>", html.replace(_MAY_BREAK, "")), url_fetcher=fetcher
        )

        def laid_out(style: str) -> Any:
            sheet = weasyprint.CSS(string=style, url_fetcher=fetcher, font_config=self._fonts)
            return page.render(font_config=self._fonts, stylesheets=[sheet])

        try:
            document = laid_out(style)
            for closer in closers if len(document.pages) > 1 else ():
                shorter = laid_out(style + closer)
                if len(shorter.pages) < len(document.pages):
                    document, style = shorter, style + closer
                    break
            return Printed(
                document.write_pdf(pdf_variant=_VARIANT, pdf_identifier=identifier_of(html, style)), len(document.pages)
            )
        except weasyprint.urls.FatalURLFetchingError as error:
            raise PermanentError(
                phrase("its template asks for what does not lie in it: {error}", error=error)
            ) from error

    def lacks(self) -> Lack | None:
        """What the machine does not have, so that nothing can be printed; it loads what the first document would."""
        try:
            _ = self._weasyprint
        except UnavailableError as error:
            return Lack(told_by(error), stops=True)
        return None

    @cached_property
    def _weasyprint(self) -> Any:
        try:
            # What it prints about a library that is missing is said by us, once and in the reader's language.
            with contextlib.redirect_stdout(io.StringIO()):
                import weasyprint
        except OSError as error:  # it opens shared libraries when it is loaded
            raise UnavailableError(_MISSING) from error
        line_breaks.mend(weasyprint.layout.inline)
        return weasyprint

    @cached_property
    def _fonts(self) -> Any:
        from weasyprint.text.fonts import FontConfiguration

        return FontConfiguration()
