"""SPF (RFC 7208) of a domain from which mail comes: whether receivers can evaluate it, and what it ends with."""

import re
from dataclasses import dataclass, field

from communique.doctor.dns_records import Records, UnansweredError
from communique.doctor.finding import Finding, ok, problem, warning

_MOST_LOOKUPS = 10  # RFC 7208 4.6.4
_MOST_VOID = 2  # the same
_FAR_TOO_MANY = 40  # where counting stops
_TERM = re.compile(
    r"([+?~-]?)(include|a|mx|ptr|exists|redirect|all|ip4|ip6|exp)(?:[:=]([^/]*))?(?:/.*)?", re.IGNORECASE
)
_VERSION = re.compile(r"v=spf1( |$)", re.IGNORECASE)


@dataclass
class _Evaluation:
    """All that a receiver may have to look up, whichever address it asks about."""

    records: Records
    lookups: int = 0
    void: int = 0
    faults: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def policy(self, domain: str, above: tuple[str, ...] = ()) -> None:
        """Go through a domain's record and those it names."""
        if domain in above:
            self.faults.append(f"{domain} includes itself")
            return
        found = [each for each in self.records.texts(domain) if _VERSION.match(each)]
        if len(found) != 1:
            self.faults.append(f"{domain} has {len(found) or 'no'} SPF records, and must have one")
            return
        for term in found[0].split()[1:]:
            matched = _TERM.fullmatch(term)
            if matched is not None:
                self._term(matched[1], matched[2].lower(), (matched[3] or domain).lower(), (*above, domain))
            elif "=" not in term:  # unknown modifiers are ignored (RFC 7208 6)
                self.faults.append(f"`{term}` in the record of {domain} is no term of SPF")

    def _term(self, qualifier: str, name: str, target: str, above: tuple[str, ...]) -> None:
        if name == "all" and qualifier in {"", "+", "?"}:
            self.remarks.append(
                f"`{qualifier}all` in the record of {above[-1]} lets everybody send: end it with `~all`"
            )
        if name in {"all", "ip4", "ip6", "exp"} or self.lookups > _FAR_TOO_MANY:
            return
        self.lookups += 1
        if name == "ptr":
            self.remarks.append(f"`ptr` in the record of {above[-1]} must not be used (RFC 7208 5.5): write addresses")
        elif "%" in target:
            pass  # depends on the mail: it counts, and cannot be followed
        elif name in {"include", "redirect"}:
            self.policy(target, above)
        else:
            found = self.records.mail_servers(target) if name == "mx" else self.records.addresses(target)
            self.void += not found


def spf(records: Records, check: str, domain: str) -> Finding:
    """What receivers make of the domain of the return path."""
    evaluation = _Evaluation(records)
    try:
        evaluation.policy(domain)
    except UnansweredError as error:
        return problem(check, str(error), "Look into the DNS of the domain, and try again.")
    if evaluation.faults:
        do = f"Publish one TXT record at {domain} that begins with `v=spf1` and names the servers that send."
        return problem(check, "; ".join(evaluation.faults), do)
    if evaluation.lookups > _MOST_LOOKUPS:
        found = f"{evaluation.lookups} look-ups; receivers stop after {_MOST_LOOKUPS} (RFC 7208 4.6.4), and SPF fails"
        return problem(check, found, "Take out includes that nobody needs, or write their addresses as `ip4:`, `ip6:`.")
    if evaluation.void > _MOST_VOID:
        found = f"{evaluation.void} names in it do not exist; receivers stop after {_MOST_VOID} (RFC 7208 4.6.4)"
        return problem(check, found, "Take those names out.")
    if evaluation.remarks:
        return warning(check, "; ".join(evaluation.remarks), f"Change the TXT record at {domain}.")
    return ok(check, f"{domain}: {evaluation.lookups} of {_MOST_LOOKUPS} look-ups")
