"""What a page is told of a request, and what it answers: no cookie, no session, nothing of the visitor kept."""

import ipaddress
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as made_by
from urllib.parse import parse_qsl, urlsplit

from starlette.requests import Request

from communique.web.multipart import SentFile, parts

MOST_BYTES = 16 * 1024  #: of a form
_MOST_FIELDS = 50
#: Nobody sees them, so nobody would know what is wrong with the address.
_MARKS_OF_DIRECTION = dict.fromkeys((0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)))


class TooLargeError(Exception):
    """More was sent than any of our forms sends."""


@dataclass(frozen=True, kw_only=True)
class Visit:
    """A request to one of the public pages."""

    token: str  #: of the link; empty where the page needs none
    query: Mapping[str, str]
    languages: Sequence[str]  #: the visitor's, by preference
    peer: str  #: address of whoever connected
    forwarded_for: Sequence[str]  #: as the header says, the nearest last
    origin: str
    fetch_site: str  #: Sec-Fetch-Site; empty where the browser is older
    form: Mapping[str, Sequence[str]]  #: of a POST
    files: Mapping[str, SentFile] = made_by(default_factory=dict)  #: of one, where the page takes files

    def field(self, name: str, longest: int = 400) -> str:
        """A form's field, without space around it."""
        values = self.form.get(name) or [""]
        return values[0].strip()[:longest]

    def address(self, name: str) -> str:
        """A form's mail address, without the marks of direction that come along from an Arabic or Hebrew text."""
        return self.field(name).translate(_MARKS_OF_DIRECTION).strip()

    def text(self, name: str) -> str:
        """A form's field as it was typed: browsers end its lines with CR LF."""
        return (self.form.get(name) or [""])[0]

    def network(self, proxies: Sequence[str]) -> str:
        """The network the request comes from: IPv4 /24, IPv6 /64. A proxy's word counts if the proxy is ours."""
        chain = [*self.forwarded_for, self.peer]
        nearest = next((each for each in reversed(chain) if each not in proxies), chain[0])
        try:
            address = ipaddress.ip_address(nearest)
        except ValueError:
            return "unknown"
        mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
        address = mapped or address
        length = 24 if address.version == 4 else 64  # noqa: PLR2004 - versions of the protocol
        return str(ipaddress.ip_network(f"{address}/{length}", strict=False))

    def is_from(self, public_address: str) -> bool:
        """Whether a page of ours sent the form, or no browser did.

        Browsers say it themselves (Sec-Fetch-Site); older ones name the page's origin.
        """
        if self.fetch_site:
            return self.fetch_site in {"same-origin", "none"}
        ours = urlsplit(public_address)
        return self.origin in {"", f"{ours.scheme}://{ours.netloc}"}


async def visit_of(request: Request, most_bytes: int = MOST_BYTES, *, takes_files: bool = False) -> Visit:
    """Read a request, with a form of so many bytes at the most.

    Raises:
        TooLargeError: its body is larger than any form of ours.
    """
    headers = request.headers
    visit = Visit(
        token=str(request.path_params.get("token", "")),
        query=dict(request.query_params),
        languages=accepted(headers.get("accept-language", "")),
        peer=request.client.host if request.client else "",
        forwarded_for=[each.strip() for each in headers.get("x-forwarded-for", "").split(",") if each.strip()],
        origin=headers.get("origin", ""),
        fetch_site=headers.get("sec-fetch-site", ""),
        form={},
    )
    if request.method != "POST":
        return visit
    body, content_type = await _body(request, most_bytes), headers.get("content-type", "")
    if takes_files and content_type.startswith("multipart/form-data"):
        found = list(parts(content_type, body, _MOST_FIELDS))
        form: dict[str, list[str]] = {}
        for name, value in found:
            if isinstance(value, str):
                form.setdefault(name, []).append(value)
        return replace(visit, form=form, files={name: each for name, each in found if isinstance(each, SentFile)})
    return replace(visit, form=_form(content_type, body))


async def _body(request: Request, most_bytes: int) -> bytes:
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > most_bytes:
            raise TooLargeError
    return bytes(body)


def _form(content_type: str, body: bytes) -> dict[str, list[str]]:
    if not content_type.startswith("application/x-www-form-urlencoded"):
        return {}
    try:
        pairs = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError:
        return {}
    form: dict[str, list[str]] = {}
    for name, value in pairs:
        form.setdefault(name, []).append(value)
    return form


def accepted(header: str) -> list[str]:
    """Language tags by their quality (RFC 9110 12.5.4)."""
    found: list[tuple[float, str]] = []
    for part in header[:400].split(","):
        tag, _, quality = part.strip().partition(";q=")
        try:
            weight = float(quality or 1)
        except ValueError:
            continue
        if tag and weight > 0:
            found.append((-weight, tag.strip().lower()))
    return [tag for _, tag in sorted(found, key=lambda each: each[0])]
