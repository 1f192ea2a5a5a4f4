"""Bounces that are written for people only: of qmail, Exim, old Exchange and many others.

`flufl.bounce`, Mailman's reader, knows their forms and whether they are final. It gives addresses and no reasons, and
raises on some bytes; the code and the words are looked for here.
"""

import logging
import re
from email.message import Message

from flufl.bounce import all_failures

from communique.bounces.mail_parts import (
    DAEMON,
    content_type,
    has_header,
    header,
    is_from_a_mail_system,
    parts,
    text,
)
from communique.bounces.refusal_words import OF_A_FULL_MAILBOX, OF_NO_DOMAIN, OF_NOBODY, OF_THE_SENDER
from communique.bounces.report import Kind
from communique.bounces.verdicts import is_temporary, mildest, status_in
from communique.language.escaping import in_line

# It logs each form it tries, and with a traceback what it could not read.
logging.getLogger("flufl.bounce").setLevel(logging.CRITICAL)

#: Exchange says so of what it could not deliver, in whatever language.
IS_NDR = "X-MS-Exchange-Message-Is-Ndr"
_SUBJECT = re.compile(
    r"undeliver(able|ed)|delivery (status )?(notification|failure|has failed|problem)|returned mail|failure notice|"
    r"mail (delivery )?(failed|failure|system error)|delivery (to .{1,80} )?failed|could not be delivered|"
    r"not delivered|no se (ha )?(pud[oi]|puede|podido) entregar|no entregad[oa]|devuel(to|ta)|"
    r"error de entrega|fall[oa] (de|en la) entrega|aviso de fallo|non remis|non distribu|"
    r"[ée]chec (de la remise|d.envoi|de distribution)|falha (na|de) entrega|erro de entrega|"
    r"n[ãa]o (foi |p[ôo]de ser )?entregue|n[ãa]o [ée] poss[íi]vel entregar|impossible de remettre|"
    r"impossibile recapitare|не вдалося доставити|неможливо доставити|غير قابل للتسليم|"
    r"devolvid[ao]|unzustellbar|zustellung (fehlgeschlagen|nicht)|"
    r"mancata consegna|non recapitat|onbestelbaar|تعذر (ال)?تسليم|لم يتم تسليم|فشل التسليم|"
    r"verzögerte zustellung|delayed delivery|entrega (retrasada|atrasada)|remise (retardée|différée)|"
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


def free_text_bounce(message: Message) -> Kind | None:
    """FAILED or DELAYED; None when it is no bounce that anybody knows."""
    temporary, permanent = _known_form(message)
    subject = header(message, "Subject")
    if permanent or header(message, "X-Failed-Recipients") or has_header(message, IS_NDR):
        return Kind.FAILED
    if temporary:
        return Kind.FAILED if _STOPPED.search(subject) else Kind.DELAYED
    sends_back = any(content_type(part) == "message/rfc822" for part in parts(message))
    if _SUBJECT.search(subject) and (sends_back or is_from_a_mail_system(message)):
        return Kind.DELAYED if _DELAY.search(subject) else Kind.FAILED
    if DAEMON.search(header(message, "From")) and not _DELAY.search(subject) and _refuses(spoken(message)[1]):
        return Kind.FAILED
    return None


def _refuses(words: str) -> bool:
    return any(each.search(words) for each in (OF_THE_SENDER, OF_A_FULL_MAILBOX, OF_NO_DOMAIN, OF_NOBODY))


def _known_form(message: Message) -> tuple[bool, bool]:
    try:
        payloads = [part.get_payload() for part in parts(message)]
        if sum(payload.count("\n") for payload in payloads if isinstance(payload, str)) > _MOST_LINES:
            return False, False
        temporary, permanent = all_failures(message)
    except Exception:  # noqa: BLE001 - it, and Python, stumble over bytes of strangers in ways of their own
        return False, False
    return bool(temporary), bool(permanent)


def spoken(message: Message) -> tuple[str, str]:
    """The enhanced code and the words of the server that refused, as far as the text quotes them.

    Where no server is quoted, the words are those behind the address, which is where mail systems give their reason.
    """
    told = [_lines(part) for part in parts(message) if _is_text(part)]
    several = "," in header(message, "X-Failed-Recipients")
    for lines in told:
        said = [number for number, line in enumerate(lines) if _SPOKEN.search(line)]
        final = [number for number in said if not is_temporary(lines[number])] or said
        if final:
            quoted = [in_line(" ".join(lines[at : at + 2]))[:500] for at in final]
            spoke = [(status_in(words), words) for words in quoted]
            return spoke[mildest(spoke) if several else 0]
    lines = next((lines for lines in told if any(lines)), [])
    reason = next((number for number, line in enumerate(lines) if _ADDRESS.search(line)), 0)
    return "", in_line(" ".join(lines[reason:]))[:500]


def _is_text(part: Message) -> bool:
    """Also one that is said to have parts, and has none."""
    kind = content_type(part)
    return kind.startswith("text/") or (kind.startswith("multipart/") and not part.is_multipart())


def _lines(part: Message) -> list[str]:
    """What is said in a part, up to the copy of the mail that came back."""
    lines = [in_line(line) for line in text(part).splitlines()[:_LINES]]
    end = next((number for number, line in enumerate(lines) if number and _COPY.match(line)), len(lines))
    return lines[:end]
