"""Bounces that are written for people only: of qmail, Exim, old Exchange and many others.

`flufl.bounce`, Mailman's reader, knows their forms and whether they are final. It gives addresses and no reasons, and
raises on some bytes; the code and the words are looked for here.
"""

import logging
import re
from email.message import Message

from flufl.bounce import all_failures

from communique.bounces.mail_parts import content_type, header, parts, text
from communique.bounces.report import Kind
from communique.bounces.verdicts import is_temporary, status_in
from communique.language.escaping import in_line

# It logs each form it tries, and with a traceback what it could not read.
logging.getLogger("flufl.bounce").setLevel(logging.CRITICAL)

_DAEMON = re.compile(
    r"mailer[-_ ]?daemon|mail[-_ ]?daemon|postmaster|mail delivery (sub)?system|mail administrator|^<>$", re.IGNORECASE
)
_SUBJECT = re.compile(
    r"undeliver(able|ed)|delivery (status )?(notification|failure|has failed|problem)|returned mail|failure notice|"
    r"mail (delivery )?(failed|failure|system error)|delivery (to .{1,80} )?failed|could not be delivered|"
    r"not delivered|no se (pudo|puede) entregar|no entregado|devuel(to|ta)|non remis|non distribu|"
    r"[ée]chec de la remise|"
    r"n[ãa]o (foi )?entregue|devolvid[ao]|unzustellbar|تعذر التسليم|لم يتم تسليم|undelivered",
    re.IGNORECASE,
)
_DELAY = re.compile(
    r"delayed|warning:.{0,40}(not|still)|still (being retried|trying)|retrasad|retard|atrasad",
    re.IGNORECASE,
)
#: A line in which a server speaks: with a reply code, or an enhanced one.
_SPOKEN = re.compile(r"(?<![\d.])[45]\d\d[ -](?=\S)|(?<![\d.])[45]\.\d{1,3}\.\d{1,3}(?![\d.])")
_LINES = 400
#: It holds each line against some hundred forms.
_MOST_LINES = 5000


def is_from_a_mail_system(message: Message) -> bool:
    """Whether it says that no person has sent it: by From, or by an empty return path (RFC 5321 4.5.5)."""
    return header(message, "Return-Path") == "<>" or _DAEMON.search(header(message, "From")) is not None


def free_text_bounce(message: Message) -> Kind | None:
    """FAILED or DELAYED; None when it is no bounce that anybody knows."""
    temporary, permanent = _known_form(message)
    if permanent or header(message, "X-Failed-Recipients"):
        return Kind.FAILED
    subject = header(message, "Subject")
    if temporary:
        return Kind.DELAYED
    sends_back = any(content_type(part) == "message/rfc822" for part in parts(message))
    if _SUBJECT.search(subject) and (sends_back or is_from_a_mail_system(message)):
        return Kind.DELAYED if _DELAY.search(subject) else Kind.FAILED
    return None


def _known_form(message: Message) -> tuple[bool, bool]:
    payloads = [part.get_payload() for part in parts(message)]
    if sum(payload.count("\n") for payload in payloads if isinstance(payload, str)) > _MOST_LINES:
        return False, False
    try:
        temporary, permanent = all_failures(message)
    except Exception:  # noqa: BLE001 - it stumbles over bytes of strangers in ways of its own
        return False, False
    return bool(temporary), bool(permanent)


def spoken(message: Message) -> tuple[str, str]:
    """The enhanced code and the words of the server that refused, as far as the text quotes them."""
    for part in parts(message):
        if not content_type(part).startswith("text/"):
            continue
        lines = [in_line(line) for line in text(part).splitlines()[:_LINES]]
        said = [number for number, line in enumerate(lines) if _SPOKEN.search(line)]
        final = [number for number in said if not is_temporary(lines[number])] or said
        if final:
            words = in_line(" ".join(lines[final[0] : final[0] + 2]))[:500]
            return status_in(words), words
    first = next((text(part) for part in parts(message) if content_type(part) == "text/plain"), "")
    return "", in_line(first)[:500]
