"""What a refusal means for the address: by its enhanced status code (RFC 3463 and its registry), and by its words.

Where words and code disagree, the reading that takes nobody off the lists wins.
"""

import re
from collections.abc import Sequence
from enum import StrEnum

from communique.bounces.refusal_words import OF_A_FULL_MAILBOX, OF_NO_DOMAIN, OF_NOBODY, OF_THE_SENDER, PASSING


class Verdict(StrEnum):
    """What follows."""

    HARD = "hard"  #: nobody has this address: it is not written to any more
    HELD = "held"  #: the same words, and not believed: too many of one domain at once
    SOFT = "soft"  #: this mail did not arrive; the address is given up when that happens again and again
    POLICY = "policy"  #: the server does not want us, or this mail: the operator's business, and nobody's fault
    COMPLAINT = "complaint"  #: the reader does not want it: not written to any more
    NONE = "none"  #: nothing


#: Nobody is there: unknown mailbox, a domain that takes no mail (RFC 7505), a mailbox that has another owner now.
_HARD = frozenset(
    {"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1", "5.7.17", "5.7.18"}  # RFC 3463, RFC 7505, RFC 7293
)
#: About the sender or the mail, not about the address.
_POLICY = re.compile(r"5\.(1\.[789]|2\.[34]|3\.[45]|6\.\d+)|[45]\.7\.\d+")
_NO_SYSTEM = "5.1.2"  #: for domains that take no mail, and for those whose name servers are away
#: A server that has asked another one whether it knows the address, and got no answer, or one for now.
_OF_A_CHECK = re.compile(r"unverified address|grey ?list|timed? ?out|said: 4\d\d ", re.IGNORECASE)
#: Codes that say so little that the words decide.
_VAGUE = re.compile(r"(5\.\d{1,3}\.0|5\.[05]\.\d+|5\.4\.1|5\.1\.\d{3}|)")
_CODE = re.compile(r"(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?![\d.])")
_BASIC = re.compile(r"(?<![\d.])([45])\d{2}(?![\d.])")
#: Names in addresses and links say nothing: antispam@, https://…/NoSuchUser.
_NOT_WORDS = re.compile(r"[^\s<>()]*@[^\s<>():,;]*|https?://\S*")


def status_in(words: str) -> str:
    """The enhanced status code in a server's words, the first that says something; empty when there is none."""
    found = _CODE.findall(_NOT_WORDS.sub(" ", words))
    return next((code for code in found if not _VAGUE.fullmatch(code)), found[0] if found else "")


def judge(status: str, words: str, *, about_address: bool = False) -> Verdict:
    """What a final refusal means for the address.

    Args:
        status: the enhanced status code, or nothing.
        words: what the server said.
        about_address: the server refused the recipient itself (RCPT), so that a plain 550 speaks of the address.
    """
    said = _NOT_WORDS.sub(" ", words)
    if (_POLICY.fullmatch(status) and status not in _HARD) or OF_THE_SENDER.search(said):
        return Verdict.POLICY
    if status.startswith("4.") or status == "5.2.2" or OF_A_FULL_MAILBOX.search(said):
        return Verdict.SOFT
    if status in _HARD:
        passes = (status == _NO_SYSTEM and OF_NO_DOMAIN.search(said)) or _OF_A_CHECK.search(said)
        return Verdict.SOFT if passes else Verdict.HARD
    if not _VAGUE.fullmatch(status) or PASSING.search(said) or OF_NO_DOMAIN.search(said):
        return Verdict.SOFT
    nobody = OF_NOBODY.search(said) or (about_address and _is_unknown_mailbox(status, said))
    return Verdict.HARD if nobody else Verdict.SOFT


def mildest(refusals: Sequence[tuple[str, str]]) -> int:
    """Which of several refusals (code, words) counts: a mail is sent on to several, and all have refused it.

    One of them who is not known to be nobody may be its reader.
    """
    harmless = (at for at, (status, words) in enumerate(refusals) if judge(status, words) is not Verdict.HARD)
    return next(harmless, 0)


def _is_unknown_mailbox(status: str, words: str) -> bool:
    """A plain 550, 551 or 553 to RCPT (RFC 5321 4.2.3: mailbox unavailable, not local, name not allowed)."""
    return not status and re.match(r"\s*55[013]\b", words) is not None


def is_temporary(words: str) -> bool:
    """Whether the first reply code in a server's words is a 4yz."""
    found = _BASIC.search(words)
    return found is not None and found[1] == "4"


def without_addresses(words: str) -> str:
    """The same words, where a reason is kept for long and shown to many."""
    return re.sub(r"<?[^\s<>\"'(),;:]+@[^\s<>\"'(),;]+>?", "…", words)
