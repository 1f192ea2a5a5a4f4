"""What the DNS says. The one home of dnspython; the resolver is handed in."""

from dataclasses import dataclass
from typing import Any

from dns.exception import DNSException
from dns.name import from_text
from dns.rdatatype import RdataType
from dns.resolver import NXDOMAIN, NoAnswer, NoResolverConfiguration, Resolver

from communique.phrase import phrase


class UnansweredError(Exception):
    """The DNS gave no answer, which is not the answer that there is nothing."""


@dataclass(frozen=True)
class Records:
    """Records of a name; none where the name or the record does not exist."""

    resolver: Resolver

    def texts(self, name: str) -> list[str]:
        """TXT records, each with its strings put together (RFC 7208 3.3, RFC 6376 3.6.2.2)."""
        return [b"".join(each.strings).decode("utf-8", "replace") for each in self._found(name, RdataType.TXT)]

    def mail_servers(self, name: str) -> list[str]:
        """MX records by preference; `.` for a domain that takes no mail (RFC 7505)."""
        found = sorted(self._found(name, RdataType.MX), key=lambda each: each.preference)
        return [each.exchange.to_text() for each in found]

    def addresses(self, name: str) -> list[str]:
        """A and AAAA records."""
        kinds = (RdataType.A, RdataType.AAAA)
        return [each.address for kind in kinds for each in self._found(name, kind)]

    def _found(self, name: str, kind: RdataType) -> list[Any]:
        try:
            return list(self.resolver.resolve(from_text(name), kind, search=False))
        except (NXDOMAIN, NoAnswer):
            return []
        except DNSException as error:
            raise UnansweredError(
                phrase("the DNS gave no answer about {name}: {error}", name=name, error=type(error).__name__)
            ) from error


def system_resolver() -> Resolver:
    """The one that this machine is set up with; a name is waited for ten seconds."""
    try:
        resolver = Resolver()
    except NoResolverConfiguration:
        resolver = Resolver(configure=False)
    resolver.lifetime = 10
    return resolver
