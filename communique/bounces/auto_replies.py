"""Answers that no person has written (RFC 3834), and filters that want a person to answer."""

import re
from email.message import Message

from communique.bounces.mail_parts import content_type, header, parts

_HEADERS = ("X-Autoreply", "X-Autorespond", "X-Auto-Response", "X-Mail-Autoreply", "X-Vacation")
#: How programs begin the subject, in the languages of those who get our mails and of their neighbours.
_SUBJECT = re.compile(
    r"(re: ?|aw: ?|rv: ?)?\s*\[?("
    r"auto(matic|mated|matische|m[aá]tic[ao])?[ -]?(re(ply|sponse|sponder|spuesta)|respuesta|resposta)|"
    r"out of (the )?office|on (vacation|leave|holiday)|away from|i am (currently )?(away|out)|vacation|"
    r"respuesta autom[aá]tica|fuera de (la )?oficina|ausencia|ausente|vacaciones|"
    r"r[eé]ponse automatique|absen(t|ce)|en cong[eé]s?|"
    r"resposta autom[aá]tica|fora do escrit[oó]rio|aus[eê]ncia|em f[eé]rias|"
    r"automatische (antwort|abwesenheitsnotiz)|abwesenheit|abwesend|"
    r"risposta automatica|fuori (sede|ufficio)|automatisch antwoord|afwezig|"
    r"autosvar|automatiskt svar|automaattinen vastaus|odpowied[zź] automatyczna|автоответ|автоматический ответ|"
    r"رد تلقائي|الرد التلقائي|خارج المكتب|إجازة|自动回复|自動返信|不在"
    r")",
    re.IGNORECASE,
)
_CHALLENGE = re.compile(
    r"(please )?(confirm|verify) (your|that you|you are)|requires? (your )?(confirmation|verification)|"
    r"(mail|message|sender) verification|confirm (the|your) (delivery|message)|challenge|boxbe|spam ?arrest|"
    r"confirme? (su|seu|sua|votre) (env[ií]o|mensaje|mensagem|message)",
    re.IGNORECASE,
)
_CHALLENGE_HEADERS = ("X-Challenge", "X-TMDA-Fingerprint", "X-Boxbe-Message", "X-SpamArrest-Challenge")


def is_auto_reply(message: Message) -> bool:
    """Whether a program has answered: it says so by its headers, or its subject does."""
    submitted = header(message, "Auto-Submitted").lower()
    if submitted and not submitted.startswith("no"):
        return True
    if header(message, "Precedence").lower() in {"auto_reply", "auto-reply", "autoreply"}:
        return True
    if any(header(message, name) for name in _HEADERS):
        return True
    if any(content_type(part) == "message/disposition-notification" for part in parts(message)):
        return True  # RFC 8098: somebody has opened it, or deleted it
    return has_subject_of_auto_reply(message)


def has_answered_by_itself(message: Message) -> bool:
    """Whether a program says that it has answered for somebody (`auto-replied`, RFC 3834 5).

    What a calendar sends because its owner has pressed a button may well be `auto-generated`; that is no such answer.
    """
    submitted = header(message, "Auto-Submitted").lower()
    if submitted.startswith("auto-") and not submitted.startswith("auto-generated"):
        return True
    by_precedence = header(message, "Precedence").lower() in {"auto_reply", "auto-reply", "autoreply"}
    return by_precedence or any(header(message, name) for name in _HEADERS)


def has_subject_of_auto_reply(message: Message) -> bool:
    """Whether the subject alone says that a program has answered."""
    return _SUBJECT.match(header(message, "Subject")) is not None


def is_challenge(message: Message) -> bool:
    """Whether a filter wants to know that a person has written."""
    if any(header(message, name) for name in _CHALLENGE_HEADERS):
        return True
    return _CHALLENGE.search(header(message, "Subject")) is not None
