"""Domains of e-mail addresses that are one slip of the fingers away from one that is meant: `gmial.com`."""

import re
from collections.abc import Collection
from functools import lru_cache

from communique.phrase import phrase
from communique.problems import Problem, Severity

#: Where most people of the languages that we ship have their mail.
WELL_KNOWN = (
    *("gmail.com", "googlemail.com", "hotmail.com", "hotmail.es", "hotmail.fr", "outlook.com", "outlook.es"),
    *("yahoo.com", "yahoo.es", "yahoo.fr", "icloud.com", "live.com", "proton.me", "protonmail.com", "orange.fr"),
    *("laposte.net", "wanadoo.fr", "sapo.pt", "telefonica.net", "gmx.net"),
)
#: Near one of those, and real.
_REAL = {
    *("mail.com", "email.com", "ymail.com", "fmail.com", "gmx.com", "gmx.de", "gmx.es", "gmx.fr", "gmx.at"),
    *("yahoo.fr", "live.fr", "live.es", "outlook.fr", "outlook.pt", "hotmail.pt", "hotmail.it", "hotmail.de"),
    *("yahoo.pt", "yahoo.it", "yahoo.de", "outlook.de", "outlook.it", "lite.com", "line.com", "love.com", "orange.es"),
}
#: What no domain ends with (IANA's root zone), and what was meant.
_NO_ENDINGS = {
    **dict.fromkeys(("con", "cmo", "ocm", "comm", "vom", "xom", "cim", "cpm", "coom", "cm0"), "com"),
    **dict.fromkeys(("ogr", "orgg", "rog"), "org"),
    **dict.fromkeys(("nte", "ney", "nett"), "net"),
}
#: Of mailboxes that nobody reads.
_UNREAD = re.compile(
    r"(?:no|do[-_.]?not|não|nao|ne[-_.]?pas)[-_.]?(?:reply|responder?|responda|repondre)", re.IGNORECASE
)
_MOST_SLIPS = 1


def meant_domain(domain: str, own: Collection[str] = ()) -> str:
    """The well-known domain, or one of our `own`, that was probably meant; empty where the domain may be right."""
    return _meant(domain.casefold().rstrip("."), tuple(own))


@lru_cache(maxsize=1024)  # a list of people has few domains
def _meant(found: str, own: tuple[str, ...]) -> str:
    known = (*own, *WELL_KNOWN)
    if found in known or found in _REAL:
        return ""
    stem, _, last = found.rpartition(".")
    if stem and last in _NO_ENDINGS:
        return f"{stem}.{_NO_ENDINGS[last]}"
    return next((each for each in known if 0 < slips(found, each) <= _MOST_SLIPS), "")


def mistyped(address: str, own: Collection[str] = ()) -> Problem | None:
    """What is said of an address, at no place yet, whose domain is probably another one."""
    name, _, domain = address.rpartition("@")
    if _UNREAD.fullmatch(name):
        return Problem(
            code="mistyped-address",
            message=phrase("expected an e-mail address that arrives, found `{address}`", address=address),
            hint=phrase("Nobody reads what is sent there: put in the address of somebody."),
            severity=Severity.WARNING,
        )
    meant = meant_domain(domain, own)
    if not meant:
        return None
    return Problem(
        code="mistyped-address",
        message=phrase("expected an e-mail address that arrives, found `{address}`", address=address),
        hint=phrase(
            "Is `{name}@{meant}` meant? Nothing that is sent to `{domain}` may ever be read.",
            name=name,
            meant=meant,
            domain=domain,
        ),
        severity=Severity.WARNING,
    )


def slips(one: str, other: str) -> int:
    """How many letters were left out, put in, changed or swapped with their neighbour (optimal string alignment)."""
    if abs(len(one) - len(other)) > _MOST_SLIPS:
        return _MOST_SLIPS + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        earlier, before, row = before, row, [i]
        for j, wanted in enumerate(other, 1):
            best = min(row[j - 1] + 1, before[j] + 1, before[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == wanted:
                best = min(best, earlier[j - 2] + 1)
            row.append(best)
    return row[-1]
