"""Where mail that cannot be delivered comes back to; with `{tag}` in it, to an address of its own for each (VERP)."""

from dataclasses import dataclass

from channels.mail.address import wire_address
from communique.channel import Message, PermanentError, phrase

_TAG = "{tag}"
_LONGEST_TAG = 29  #: of a `Message.return_tag`
#: For mails that are no delivery's, such as alerts: what comes back of them is for a person to see.
_UNTAGGED = "untagged"


@dataclass(frozen=True, slots=True)
class ReturnPath:
    """An address in wire form, in two pieces around the tag."""

    before: str
    after: str = ""
    is_tagged: bool = False

    @property
    def domain(self) -> str:
        """In lower case."""
        return (self.before + self.after).rpartition("@")[2].lower()

    def of(self, message: Message) -> str:
        """Of one mail."""
        return f"{self.before}{message.return_tag or _UNTAGGED}{self.after}" if self.is_tagged else self.before


def return_path(given: str) -> ReturnPath:
    """As a settings file has it: `bounces+{tag}@town.example`, or a plain address.

    Raises:
        PermanentError: it is no address, or becomes none with a tag in it.
    """
    what = "`envelope_sender`"
    if _TAG not in given:
        return ReturnPath(wire_address(given, what))
    local = given.rpartition("@")[0]
    before, _, after = local.partition(_TAG)
    # A letter or digit beside it would be read as part of it.
    if given.count(_TAG) > 1 or _TAG not in local or before[-1:].isalnum() or after[:1].isalnum():
        raise PermanentError(
            phrase(
                "{what} is {given}. Expected `{tag}` once, before the @ and set off by a sign, such as "
                "bounces+{tag}@town.example.",
                what=what,
                given=f"{given[:120]!a}",
                tag=_TAG,
            )
        )
    longest = "a" * _LONGEST_TAG
    first, _, last = wire_address(given.replace(_TAG, longest), what).partition(longest)
    return ReturnPath(first, last, is_tagged=True)
