"""Bounces that are written for people only: of qmail, Exim, old Exchange and many others.

`flufl.bounce`, Mailman's reader, knows their forms and whether they are final. It gives addresses and no reasons, and
raises on some bytes; the code and the words are looked for here.
"""

import logging
import re
from email.message import Message

from flufl.bounce import all_failures

from communique.bounces.mail_parts import content_type, header, parts, text
from communique.bounces.refusal_words import OF_A_FULL_MAILBOX, OF_NO_DOMAIN, OF_NOBODY, OF_THE_SENDER
from communique.bounces.report import Kind
from communique.bounces.verdicts import is_temporary, status_in
from communique.language.escaping import in_line

# It logs each form it tries, and with a traceback what it could not read.
logging.getLogger("flufl.bounce").setLevel(logging.CRITICAL)

_DAEMON = re.compile(
    r"mailer[-_ ]?daemon|mail[-_ ]?daemon|\bmdaemon\b|postmaster|mail delivery (sub)?system|mail administrator|^<>$",
    re.IGNORECASE,
)
_SUBJECT = re.compile(
    r"undeliver(able|ed)|delivery (status )?(notification|failure|has failed|problem)|returned mail|failure notice|"
    r"mail (delivery )?(failed|failure|system error)|delivery (to .{1,80} )?failed|could not be delivered|"
    r"not delivered|no se (ha )?(pud[oi]|puede|podido) entregar|no entregad[oa]|devuel(to|ta)|"
    r"error de entrega|fall[oa] (de|en la) entrega|aviso de fallo|non remis|non distribu|"
    r"[ée]chec (de la remise|d.envoi|de distribution)|falha (na|de) entrega|erro de entrega|"
    r"n[ãa]o (foi |p[ôo]de ser )?entregue|devolvid[ao]|unzustellbar|zustellung (fehlgeschlagen|nicht)|"
    r"mancata consegna|non recapitat|onbestelbaar|تعذر (ال)?تسليم|لم يتم تسليم|فشل التسليم|"
    r"не доставлено|недоставленн|退信|配信できません",
    re.IGNORECASE,
)
_DELAY = re.compile(
    r"delayed|warning:.{0,40}(not|still)|still (being retried|trying)|retrasad|retard|atrasad|verzögert|تأخ",
    re.IGNORECASE,
)
#: A filter that has thrown a mail away says so before it says anything that sounds like patience.
_STOPPED = re.compile(r"\b(blocked|rejected|refused)\b", re.IGNORECASE)
#: A line in which a server speaks: with a reply code, or an enhanced one.
_SPOKEN = re.compile(r"(?<![\d.])[45]\d\d[ -](?=\S)|(?<![\d.])[45]\.\d{1,3}\.\d{1,3}(?![\d.])")
_LINES = 400
#: Where what a mail server says ends, and the mail that came back begins.
_COPY = re.compile(
    r"-{3,}.*(copy of|original|below|header|returned (mail|message)|message text)|old message:|"
    r".{0,40}(original (message|mail)|message headers?) (follows?|is following)|"
    r"(Return-Path|Received|DKIM-Signature|MIME-Version|Message-ID): ",
    re.IGNORECASE,
)
#: Of somebody who was written to, and not of whom one may ask for help.
_ADDRESS = re.compile(r"(?<![^\s<>(\"'])(?!postmaster@|mailer-daemon@)[^\s<>@]+@[^\s<>@]+\.[^\s<>@]+", re.IGNORECASE)
#: It holds each line against some hundred forms.
_MOST_LINES = 5000


def is_from_a_mail_system(message: Message) -> bool:
    """Whether it says that no person has sent it: by From, or by an empty return path (RFC 5321 4.5.5)."""
    return header(message, "Return-Path") == "<>" or _DAEMON.search(header(message, "From")) is not None


def free_text_bounce(message: Message) -> Kind | None:
    """FAILED or DELAYED; None when it is no bounce that anybody knows."""
    temporary, permanent = _known_form(message)
    subject = header(message, "Subject")
    if permanent or header(message, "X-Failed-Recipients"):
        return Kind.FAILED
    if temporary:
        return Kind.FAILED if _STOPPED.search(subject) else Kind.DELAYED
    sends_back = any(content_type(part) == "message/rfc822" for part in parts(message))
    if _SUBJECT.search(subject) and (sends_back or is_from_a_mail_system(message)):
        return Kind.DELAYED if _DELAY.search(subject) else Kind.FAILED
    if _DAEMON.search(header(message, "From")) and not _DELAY.search(subject) and _refuses(spoken(message)[1]):
        return Kind.FAILED
    return None


def _refuses(words: str) -> bool:
    return any(each.search(words) for each in (OF_THE_SENDER, OF_A_FULL_MAILBOX, OF_NO_DOMAIN, OF_NOBODY))


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
    """The enhanced code and the words of the server that refused, as far as the text quotes them.

    Where no server is quoted, the words are those behind the address, which is where mail systems give their reason.
    """
    told = [_lines(part) for part in parts(message) if content_type(part).startswith("text/")]
    for lines in told:
        said = [number for number, line in enumerate(lines) if _SPOKEN.search(line)]
        final = [number for number in said if not is_temporary(lines[number])] or said
        if final:
            words = in_line(" ".join(lines[final[0] : final[0] + 2]))[:500]
            return status_in(words), words
    lines = next((lines for lines in told if any(lines)), [])
    reason = next((number for number, line in enumerate(lines) if _ADDRESS.search(line)), 0)
    return "", in_line(" ".join(lines[reason:]))[:500]


def _lines(part: Message) -> list[str]:
    """What is said in a part, up to the copy of the mail that came back."""
    lines = [in_line(line) for line in text(part).splitlines()[:_LINES]]
    end = next((number for number, line in enumerate(lines) if number and _COPY.match(line)), len(lines))
    return lines[:end]
