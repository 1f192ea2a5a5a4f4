"""DMARC (RFC 9989): the policy for a sender, and which domains count as the same, by a walk up the tree of names."""

import re
from dataclasses import dataclass

from communique.doctor.dns_records import Records

_MOST_QUERIES = 8  # RFC 9989 4.10
_KEPT_LABELS = 7  # the same: of a longer name the walk goes on with so many


@dataclass(frozen=True, kw_only=True, slots=True)
class Policy:
    """A record, and where it stands."""

    domain: str
    tags: dict[str, str]


@dataclass(frozen=True)
class Dmarc:
    """What the DNS says about domains; each method asks it."""

    records: Records

    def policy(self, domain: str) -> Policy | None:
        """The record that applies to mail from a domain: its own, else its organisation's (RFC 9989 4.10.1)."""
        walked = self._walk(domain)
        own = next((each for each in walked if each.domain == domain), None)
        if own is not None:
            return own
        organisation = self._organisation(domain, walked)
        return next((each for each in walked if each.domain == organisation), walked[-1] if walked else None)

    def organisation(self, domain: str) -> str:
        """The Organizational Domain (RFC 9989 4.10.2)."""
        return self._organisation(domain, self._walk(domain))

    def aligned(self, domain: str, sender: str, *, strict: bool) -> bool:
        """Whether receivers take a domain for the sender's (RFC 9989 4.4)."""
        if strict or domain == sender:
            return domain == sender
        return self.organisation(domain) == self.organisation(sender)

    def _walk(self, domain: str) -> list[Policy]:
        """The records on the way up, the domain's own first."""
        found = []
        labels = domain.split(".")
        for _ in range(_MOST_QUERIES):
            name = ".".join(labels)
            if record := self._record(name):
                found.append(record)
                if record.tags.get("psd") == "n" or (record.tags.get("psd") == "y" and name != domain):
                    break
            labels = labels[-_KEPT_LABELS:] if len(labels) > _KEPT_LABELS + 1 else labels[1:]
            if not labels:
                break
        return found

    def _record(self, name: str) -> Policy | None:
        """Exactly one record; of several none counts."""
        found = [tags for each in self.records.texts(f"_dmarc.{name}") if (tags := tags_of(each)).get("v") == "DMARC1"]
        return Policy(domain=name, tags=found[0]) if len(found) == 1 else None

    def _organisation(self, domain: str, walked: list[Policy]) -> str:
        for each in walked:
            if each.tags.get("psd") == "n":
                return each.domain
            if each.tags.get("psd") == "y" and each.domain != domain:
                below = domain.removesuffix(f".{each.domain}")
                return f"{below.rpartition('.')[2]}.{each.domain}"
        return walked[-1].domain if walked else domain


def tags_of(record: str) -> dict[str, str]:
    """`tag=value` pairs of a record of DKIM or DMARC (RFC 6376 3.2); a DMARC record begins with its version."""
    pairs = [each.partition("=") for each in record.split(";") if each.strip()]
    return {name.strip().lower(): re.sub(r"\s+", "", value) for name, _, value in pairs}
