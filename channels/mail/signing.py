"""Which keys sign a channel's mails: the settings that begin with `dkim_`."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from communique.channel import PermanentError, Secret, SigningKey, in_turn, phrase, told_by

if TYPE_CHECKING:
    from channels.mail.dkim import Signer

_LABEL = r"[A-Za-z0-9]([A-Za-z0-9_-]*[A-Za-z0-9])?"  # sub-domain of RFC 5321, as RFC 6376 3.1 has it, and `_`
_SELECTOR = re.compile(rf"{_LABEL}(\.{_LABEL})*")
_DOMAIN = re.compile(rf"{_LABEL}(\.{_LABEL})+")


@dataclass(kw_only=True, eq=False)
class Signing:
    """No key named: mails go out unsigned, for the relay to sign. Two: each mail is signed with both (RFC 8463).

    Args:
        sender_domain: of the address in From, in A-labels.
        domain: in whose name is signed. None: the sender's.
        keys: by the name of their setting: the selector and the key; a key is None when its secret is not there.

    Raises:
        ValueError: the settings make no sense; one sentence each.
    """

    sender_domain: str
    domain: str | None
    keys: dict[str, tuple[str | None, Secret | None]]
    _signers: "list[Signer]" = field(default_factory=list, init=False, repr=False)

    def __post_init__(self) -> None:
        wrong = list(self._faults())
        domain = (self.domain or self.sender_domain).lower()
        for name, (selector, key) in self.keys.items() if not wrong else ():
            if selector is not None and key is not None:
                from channels.mail.dkim import Signer  # loads cryptography, which most relays spare us

                try:
                    self._signers.append(Signer(domain, selector.lower(), key))
                except ValueError as error:
                    wrong.append(
                        phrase(
                            "`{name}`: {error}. Make one as docs/mail.md shows, and put it in a file named by the "
                            "variable with _FILE at its end.",
                            name=name,
                            error=told_by(error),
                        )
                    )
        if wrong:
            raise ValueError(in_turn(wrong))

    @property
    def public_keys(self) -> tuple[SigningKey, ...]:
        """As the DNS should have them."""
        return tuple(signer.public for signer in self._signers)

    @property
    def is_slow(self) -> bool:
        """Whether signing a mail takes longer than all else about it."""
        return any(signer.public.algorithm == "rsa" for signer in self._signers)

    def signed(self, data: bytes, at: datetime) -> bytes:
        """The mail with the signatures in front of it.

        Args:
            data: the whole mail, as it goes over the wire.
            at: when the message was made; the same moment at every attempt.

        Raises:
            PermanentError: the settings name a key that is not there.
        """
        for name, (selector, key) in self.keys.items():
            if selector is not None and key is None:
                raise PermanentError(
                    phrase(
                        "The channel signs its mails with the key of selector {selector}, but its `{name}` is not "
                        "set. Name the environment variable that holds it in the channel's settings, and set that "
                        "variable.",
                        selector=selector,
                        name=name,
                    )
                )
        if not self._signers:
            return data
        from channels.mail.dkim import signed

        return signed(data, at, self._signers)

    def _faults(self) -> Iterator[str]:
        if self.domain is not None and not _DOMAIN.fullmatch(self.domain):
            yield f"`dkim_domain` is {self.domain!a}; expected a domain such as town.example."
        elif self.domain is not None and not _aligned(self.domain.lower(), self.sender_domain):
            yield (
                f"`dkim_domain` is {self.domain}, which receivers do not take for the sender {self.sender_domain} "
                f"(DMARC); expected {self.sender_domain}, or a domain above or below it. Leave it out, or change "
                "`sender`."
            )
        for name, (selector, key) in self.keys.items():
            setting = name.replace("key", "selector")
            if selector is not None and not _SELECTOR.fullmatch(selector):
                yield f"`{setting}` is {selector!a}; expected letters, digits and hyphens such as ogp2026."
            if selector is None and key is not None:
                yield f"`{name}` needs `{setting}`; expected the name below which the key stands in the DNS."
        selectors = [selector.lower() for selector, _ in self.keys.values() if selector is not None]
        if len(set(selectors)) < len(selectors):
            yield f"Both keys have the selector {selectors[0]}; expected one of its own for each."


def _aligned(domain: str, sender_domain: str) -> bool:
    """RFC 9989 4.4, relaxed, as far as it can be told without the DNS."""
    return domain == sender_domain or domain.endswith(f".{sender_domain}") or sender_domain.endswith(f".{domain}")
