"""Whom readers see as From: one address, whose name may be another one in each language."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from channels.mail.address import Mailbox, parse_mailbox
from channels.mail.header_guard import faults
from channels.mail.headers import LONGEST_NAME
from communique.channel import Localised, PermanentError, phrase


@dataclass(frozen=True, slots=True)
class Senders:
    """The mailboxes by language; the first is for languages that have none."""

    mailboxes: Mapping[str, Mailbox]

    @property
    def address(self) -> str:
        """Of all of them."""
        return next(iter(self.mailboxes.values())).address

    @property
    def domain(self) -> str:
        """Of the address: the one that signs, and that policies are asked for."""
        return self.address.rpartition("@")[2]

    def of(self, language: str) -> Mailbox:
        """Who writes in a language."""
        return self.mailboxes.get(language) or next(iter(self.mailboxes.values()))

    def faults(self) -> Iterator[str]:
        """Why headers cannot carry a name, one sentence each."""
        for mailbox in dict.fromkeys(self.mailboxes.values()):
            yield from faults(phrase("The name in `sender`"), mailbox.name, longest=LONGEST_NAME)


def senders(given: Localised) -> Senders:
    """`Name <address>` as the settings have it, once or in each language.

    Raises:
        PermanentError: one is no such thing, or their addresses differ.
    """
    written = {"": given} if isinstance(given, str) else given
    found = Senders({language: parse_mailbox(each, "`sender`") for language, each in written.items()})
    addresses = {mailbox.address for mailbox in found.mailboxes.values()}
    if len(addresses) != 1:
        message = phrase(
            "`sender` has the addresses {found}; expected one, with its name in each language.",
            found=", ".join(sorted(addresses)) or "-",
        )
        raise PermanentError(message)
    return found
