"""What a page of the desk is told of a request, and what it answers."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from communique.store.desk.officers import Officer
from communique.web.visits import Visit

#: Nothing from elsewhere, no script but the desk's own files, and nobody shows the desk in a frame.
POLICY = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self'; frame-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

_AS_THEY_STAND = "/%:@!$&'()*+,;=?~"  # RFC 3986 3.3, 3.4; what is quoted already stays so
_LONGEST_NUMBER = 18  # digits; what a database takes for a number


@dataclass(frozen=True, kw_only=True)
class Ask:
    """A request to a page of the desk."""

    visit: Visit
    path: str  #: and query, below the root
    named: Mapping[str, str]  #: parts of the path
    officer: Officer | None = None  #: who is signed in
    language: str = ""  #: of whose link was opened, who is not signed in yet
    session: str = ""  #: what their browser has
    has_ended: bool = False  #: their browser has a session that is none any more
    secure: bool = False  #: whether it came by https
    origin: str = ""  #: of the desk, by the name it was asked for
    onward: str = ""  #: what a browser has that is at a provider, to sign in

    def number(self, name: str) -> int | None:
        """A form's field that is a number of the database's; None when it is none."""
        return numeral(self.visit.field(name))

    @property
    def who(self) -> Officer:
        """Who is signed in, on pages that nobody else sees."""
        assert self.officer is not None  # noqa: S101 - the table has looked
        return self.officer


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply:
    """What a page answers."""

    body: str | bytes = ""
    status: int = 200
    media_type: str = "text/html"
    location: str = ""  #: where the browser goes on
    session: str | None = None  #: begins (its token) or ends (empty)
    onward: str | None = None  #: what a browser is given that goes to a provider; empty: it is back
    policy: str = POLICY
    keep_for: int = 0  #: seconds that the browser may keep it
    zipped: bytes = b""  #: the same in gzip, where somebody has made it
    is_versioned: bool = False  #: nothing else will ever be at this address
    retry_after: int = 0  #: seconds
    stream: AsyncIterator[bytes] | None = None  #: instead of a body


def numeral(written: str) -> int | None:
    """A number of the database's; None when it is none."""
    return int(written) if written.isascii() and written.isdecimal() and len(written) <= _LONGEST_NUMBER else None


def inside(target: str) -> str:
    """Where to go on: a path of the desk, whatever a link says."""
    parts = urlsplit(f"/{target.lstrip('/')}")
    plain = all(sign.isprintable() and sign != "\\" for sign in target)
    if not plain or parts.netloc:
        return "/"
    return quote(f"{parts.path}{f'?{parts.query}' if parts.query else ''}", safe=_AS_THEY_STAND)  # a header is ASCII
