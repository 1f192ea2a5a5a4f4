"""Links that are one person's own: by which they leave, choose what to get, or answer an invitation."""

from dataclasses import dataclass

from communique.channel import Recipient, Secret
from communique.settings import Settings
from communique.texts import addresses, answer_addresses, tokens


@dataclass(frozen=True, slots=True)
class OwnLinks:
    """Without a key nobody has links of their own: each token and each address is empty."""

    settings: Settings
    key: Secret | None

    def ways_out(self, recipient: Recipient) -> tuple[str, str]:
        """Where a person leaves, and where they choose."""
        leave = self._address("leave", self.leave_token(recipient))
        return leave, self._address("preferences", self.preferences_token(recipient))

    def answer(self, recipient: Recipient, meeting: str) -> str:
        """Where a person answers to a meeting; empty without one."""
        return self._address("answer", self.answer_token(recipient, meeting))

    def leave_token(self, recipient: Recipient) -> str:
        """What names a person in the link by which they leave."""
        return tokens.sign(tokens.LEAVE, recipient.id, self.key) if self.key else ""

    def preferences_token(self, recipient: Recipient) -> str:
        """What names a person in the link by which they choose what to get."""
        return tokens.sign(tokens.PREFERENCES, recipient.id, self.key) if self.key else ""

    def answer_token(self, recipient: Recipient, meeting: str) -> str:
        """What names a person and a meeting in the link by which they answer; empty without a meeting."""
        if not (self.key and meeting):
            return ""
        value = answer_addresses.linked(self.settings.mode, recipient.id, meeting)
        return tokens.sign(tokens.ANSWER, value, self.key)

    def _address(self, page: str, token: str) -> str:
        return addresses.page(self.settings.public_address, f"{page}/{token}") if token else ""
