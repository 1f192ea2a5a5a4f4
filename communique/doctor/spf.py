"""SPF (RFC 7208) of a domain from which mail comes: whether receivers can evaluate it, and what it ends with."""

import re
from dataclasses import dataclass, field

from communique.doctor.dns_records import Records, UnansweredError
from communique.doctor.finding import Finding, ok, problem, warning
from communique.joined_phrases import one_after_another
from communique.phrase import phrase, told_by

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
            self.faults.append(phrase("{domain} includes itself", domain=domain))
            return
        found = [each for each in self.records.texts(domain) if _VERSION.match(each)]
        if len(found) != 1:
            self.faults.append(
                phrase("{domain} has {number} SPF records, and must have one", domain=domain, number=len(found))
                if found
                else phrase("{domain} has no SPF records, and must have one", domain=domain)
            )
            return
        for term in found[0].split()[1:]:
            matched = _TERM.fullmatch(term)
            if matched is not None:
                self._term(matched[1], matched[2].lower(), (matched[3] or domain).lower(), (*above, domain))
            elif "=" not in term:  # unknown modifiers are ignored (RFC 7208 6)
                self.faults.append(
                    phrase("`{term}` in the record of {domain} is no term of SPF", term=term, domain=domain)
                )

    def _term(self, qualifier: str, name: str, target: str, above: tuple[str, ...]) -> None:
        if name == "all" and qualifier in {"", "+", "?"}:
            self.remarks.append(
                phrase(
                    "`{qualifier}all` in the record of {above} lets everybody send: end it with `~all`",
                    qualifier=qualifier,
                    above=above[-1],
                )
            )
        if name in {"all", "ip4", "ip6", "exp"} or self.lookups > _FAR_TOO_MANY:
            return
        self.lookups += 1
        if name == "ptr":
            self.remarks.append(
                phrase(
                    "`ptr` in the record of {above} must not be used (RFC 7208 5.5): write addresses", above=above[-1]
                )
            )
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
        return problem(check, told_by(error), phrase("Look into the DNS of the domain, and try again."))
    if evaluation.faults:
        do = phrase(
            "Publish one TXT record at {domain} that begins with `v=spf1` and names the servers that send.",
            domain=domain,
        )
        return problem(check, one_after_another(*evaluation.faults), do)
    if evaluation.lookups > _MOST_LOOKUPS:
        found = phrase(
            "{lookups} look-ups; receivers stop after {most} (RFC 7208 4.6.4), and SPF fails",
            lookups=evaluation.lookups,
            most=_MOST_LOOKUPS,
        )
        return problem(
            check, found, phrase("Take out includes that nobody needs, or write their addresses as `ip4:`, `ip6:`.")
        )
    if evaluation.void > _MOST_VOID:
        found = phrase(
            "{void} names in it do not exist; receivers stop after {most} (RFC 7208 4.6.4)",
            void=evaluation.void,
            most=_MOST_VOID,
        )
        return problem(check, found, phrase("Take those names out."))
    if evaluation.remarks:
        return warning(
            check, one_after_another(*evaluation.remarks), phrase("Change the TXT record at {domain}.", domain=domain)
        )
    return ok(
        check,
        phrase(
            "{domain}: {lookups} of {most} look-ups",
            domain=domain,
            lookups=evaluation.lookups,
            most=_MOST_LOOKUPS,
        ),
    )
