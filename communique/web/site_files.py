"""Files that pages and visitors need: the style sheet, robots.txt, security.txt (RFC 9116)."""

from dataclasses import dataclass
from datetime import UTC, timedelta

from communique.texts import addresses
from communique.web.public_pages import PublicPages
from communique.web.route_table import Answer, PublicPage
from communique.web.visits import Visit
from communique.website.site_map import robots

_SECURITY = ".well-known/security.txt"
_VALID = timedelta(days=30)  #: of security.txt; less than a year (RFC 9116 2.5.5), and long enough to be found
_HOUR = 3600


@dataclass(frozen=True)
class SiteFiles:
    """Of this service."""

    pages: PublicPages

    def table(self) -> list[PublicPage]:
        """Their addresses."""
        return [
            PublicPage(path="pages/style.css", show=self.style),
            PublicPage(path="robots.txt", show=self.robots),
            PublicPage(path=_SECURITY, show=self.security),
        ]

    def style(self, _visit: Visit) -> Answer:
        """Its address changes with its content."""
        return Answer(body=self.pages.style(), media_type="text/css", keep_for=24 * _HOUR)

    def robots(self, _visit: Visit) -> Answer:
        """As the website has it."""
        root = addresses.page(self.pages.workspace.settings.public_address, "")
        return Answer(body=robots(root).decode(), media_type="text/plain", keep_for=_HOUR)

    def security(self, _visit: Visit) -> Answer:
        """Whom to tell of a hole."""
        settings = self.pages.workspace.settings
        contact = settings.subscribing.security_contact or settings.government.contact.email
        expires = (self.pages.clock().astimezone(UTC) + _VALID).replace(hour=0, minute=0, second=0, microsecond=0)
        lines = (
            f"Contact: mailto:{contact}",
            f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
            f"Preferred-Languages: {', '.join(settings.languages)}",
            f"Canonical: {addresses.page(settings.public_address, _SECURITY)}",
        )
        return Answer(body="".join(f"{line}\n" for line in lines), media_type="text/plain", keep_for=_HOUR)
