"""Delivery status notifications: RFC 3464, with addresses in other scripts by RFC 6533."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import Message
from email.parser import HeaderParser
from email.policy import compat32

from communique.bounces.mail_parts import DELIVERY_STATUS, content_type, header, own_parts, text
from communique.bounces.report import Kind
from communique.bounces.systems import system_in
from communique.bounces.verdicts import mildest, status_in

_CODE = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")
_SAYS_LITTLE = re.compile(r"[245]\.(0\.\d+|\d+\.0)")
_KINDS = {
    "failed": Kind.FAILED,
    "failure": Kind.FAILED,
    "delayed": Kind.DELAYED,
    "delivered": Kind.DELIVERED,
    "relayed": Kind.DELIVERED,
    "expanded": Kind.DELIVERED,
}
_BY_CLASS = {"2": Kind.DELIVERED, "4": Kind.DELAYED, "5": Kind.FAILED}
_MOST_BLOCKS = 100


@dataclass(frozen=True, slots=True)
class DeliveryStatus:
    """What a notification says."""

    kind: Kind
    status: str
    words: str
    envelope_id: str
    system: str  #: that refused it, as `communique.bounces.systems` names it


def delivery_status(message: Message) -> DeliveryStatus | None:
    """What a message says in its part for programs; None when it has none that says anything."""
    for part in own_parts(message):
        if content_type(part) == DELIVERY_STATUS and (found := _read(_blocks(part))) is not None:
            return found
    return None


def _blocks(part: Message) -> list[Message]:
    """The groups of fields (RFC 3464 2.1): the message's, and one for each recipient."""
    pieces = re.split(r"\r?\n[ \t]*\r?\n\s*", text(part).strip(), maxsplit=_MOST_BLOCKS)
    return [HeaderParser(policy=compat32).parsestr(piece) for piece in pieces[:_MOST_BLOCKS]]


def _read(blocks: Sequence[Message]) -> DeliveryStatus | None:
    envelope_id = next((found for each in blocks if (found := header(each, "Original-Envelope-Id"))), "")
    of_recipients = [(kind, block) for block in blocks if (kind := _kind(block)) is not None]
    if not of_recipients:
        return None
    # Sent on to several, and one of them has it: nobody is out of reach.
    kind = next(each for each in (Kind.DELIVERED, Kind.DELAYED, Kind.FAILED) if each in dict(of_recipients))
    alike = [block for found, block in of_recipients if found is kind]
    said = [_words(header(each, "Diagnostic-Code")) for each in alike]
    codes = [_status(block, words) for block, words in zip(alike, said, strict=True)]
    at = mildest([*zip(codes, said, strict=True)])
    return DeliveryStatus(kind, codes[at], said[at], _plain(envelope_id), system_in(alike[at], blocks))


def _kind(block: Message) -> Kind | None:
    action = re.match(r"[a-z]+", header(block, "Action").lower())
    if action and action[0] in _KINDS:
        return _KINDS[action[0]]
    status = _CODE.match(header(block, "Status"))
    return _BY_CLASS[status[0][0]] if status else None


def _status(block: Message, words: str) -> str:
    """The code that says most: many servers write `5.0.0`, and the real one stands in the words of the next."""
    stated = _CODE.search(header(block, "Status"))
    said = status_in(words)
    if stated is None or (_SAYS_LITTLE.fullmatch(stated[0]) and said and said[0] == stated[0][0]):
        return said or (stated[0] if stated else "")
    return stated[0]


def _words(diagnostic: str) -> str:
    """Without the name of the protocol: `smtp; 550 …`."""
    kind, separator, words = diagnostic.partition(";")
    return words.strip() if separator and " " not in kind.strip() else diagnostic.strip()


def _plain(envelope_id: str) -> str:
    """RFC 3461 4: xtext."""
    return re.sub(r"\+([0-9A-F]{2})", lambda code: chr(int(code[1], 16)), envelope_id)
