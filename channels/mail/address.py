"""E-mail addresses, read in this one place: what is refused here reaches neither a header nor a command."""

import functools
import re
from typing import NamedTuple

from email_validator import EmailNotValidError, validate_email

from communique.channel import PermanentError, phrase

#: Most addresses, of which nothing can be said but that they are good: no quotes, no two dots, no `=?`.
_PLAIN = re.compile(r"[A-Za-z0-9_-]{1,30}(\.[A-Za-z0-9_-]{1,30})?@(?P<domain>[a-z0-9-]{1,60}(\.[a-z0-9-]{1,60})+)")
_LONGEST = 200
_NAMED = re.compile(r"^(?P<name>[^<>]*?)\s*<(?P<address>[^<>]*)>$")


class Mailbox(NamedTuple):
    """A name (maybe empty) and an address as it goes over the wire: the domain in A-labels (RFC 5890)."""

    name: str
    address: str

    @property
    def international(self) -> bool:
        """Whether only servers that offer SMTPUTF8 (RFC 6531) can carry it."""
        return not self.address.isascii()


def wire_address(given: str, what: str) -> str:
    """The address in the form used in headers and commands; `what` names it in the error, e.g. `the reply address`.

    Comments, quoted local parts, address literals, domains without a dot and anything over the lengths of
    RFC 5321 4.5.3.1 are refused: parsers disagree on them (CVE-2023-27043), and nobody is reached by them.

    Raises:
        PermanentError: it is no such address.
    """
    plain = _PLAIN.fullmatch(given)
    if plain is not None and len(given) <= _LONGEST and _is_plain_domain(plain["domain"]):
        return given
    try:
        valid = validate_email(given, check_deliverability=False, strict=True)
    except EmailNotValidError as error:
        raise _refused(given, what, str(error)) from error
    if "=?" in given:
        raise _refused(given, what, "It contains “=?”, by which mail programs mark encoded text.")
    return f"{valid.local_part}@{valid.ascii_domain}"


@functools.lru_cache(maxsize=4096)
def _is_plain_domain(domain: str) -> bool:
    """Whether a domain stands as it is, which thousands of addresses share."""
    try:
        return validate_email(f"a@{domain}", check_deliverability=False, strict=True).ascii_domain == domain
    except EmailNotValidError:
        return False


def parse_mailbox(given: str, what: str) -> Mailbox:
    """`Name <address>` or `address`, as a settings file has it.

    Raises:
        PermanentError: the address is refused by `wire_address`.
    """
    named = _NAMED.match(given.strip())
    if named is None:
        return Mailbox("", wire_address(given.strip(), what))
    return Mailbox(_unquoted(named["name"]), wire_address(named["address"], what))


def _unquoted(name: str) -> str:
    name = name.strip()
    if len(name) > 1 and name[0] == name[-1] == '"':
        return re.sub(r"\\(.)", r"\1", name[1:-1])
    return name


def _refused(given: str, what: str, why: str) -> PermanentError:
    shown = ascii(given[:120]) if given else phrase("empty")
    return PermanentError(
        phrase(
            "{what} is {shown}. Expected an e-mail address such as name@town.example. {why} "
            "Correct it where the person or the channel is defined.",
            what=what,
            shown=shown,
            why=_printable(why),
        )
    )


def _printable(text: str) -> str:
    return "".join(character if character.isprintable() else ascii(character)[1:-1] for character in text)
