"""Answers that no person has written (RFC 3834), and filters that want a person to answer."""

import re
from email.message import Message

from communique.bounces.mail_parts import content_type, header, parts

_HEADERS = (
    *("X-Autoreply", "X-Autorespond", "X-Auto-Response", "X-Mail-Autoreply", "X-Vacation"),
    *("X-MS-Exchange-Generated-Message-Source", "X-MS-Exchange-Inbox-Rules-Loop"),
)
#: How programs begin the subject, in the languages of those who get our mails and of their neighbours.
_SUBJECT = re.compile(
    r"(re: ?|aw: ?|rv: ?)?\s*\[?("
    r"auto(matic|mated|matische|m[aá]tic[ao])?[ -]?(re(ply|sponse|sponder|spuesta)|respuesta|resposta)|"
    r"out of (the )?office|i am (currently )?(away|out)|away from (my|the|his|her) (desk|office|e?-?mail)|"
    r"respuesta autom[aá]tica|fuera de (la )?oficina|"
    r"r[eé]ponse automatique|en cong[eé]s?|"
    r"resposta autom[aàá]tica|fora do escrit[oó]rio|erantzun automatikoa|"
    r"automatische (antwort|abwesenheitsnotiz)|abwesenheit|abwesend|"
    r"risposta automatica|fuori (sede|ufficio)|automatisch antwoord|afwezig|"
    r"autosvar|automatiskt svar|automaattinen vastaus|automaatvastus|autom[aā]tisk[ao]? atbilde|automatinis atsakymas|"
    r"odpowied[zź] automatyczna|automatick[aá] odpove[dď]ď?|automatikus válasz|samodejni odgovor|automatski odgovor|"
    r"r[aă]spuns automat|përgjigje automatike|αυτόματη απάντηση|otomatik yan[ıi]t|"
    r"автоответ|автоматический ответ|автоматична відповідь|автовідповідь|поза офісом|"
    r"автоматичен отговор|автоматски одговор|аутоматски одговор|автомат хариу|"
    r"ավտոմատ պատասխան|ავტომატური პასუხი|מענה אוטומטי|پاسخ خودکار|رد تلقائي|الرد التلقائي|خارج المكتب|"
    r"balasan otomatis|balasan automatik|awtomatikong tugon|trả lời tự động|ตอบกลับอัตโนมัติ|자동 회신|"
    r"自动(回复|答复)|自動(返信|応答)|"
    # These a person may begin with, too: only where nothing follows but until when.
    r"(on (vacation|leave|holiday)|vacation|ausencia|ausente|vacaciones|absente?|absence|aus[eê]ncia|em f[eé]rias|"
    r"відпустка|у відпустці|إجازة|不在)\s*(notice|message|notification|du bureau|da caixa)?\s*"
    r"([:\]()\d–—-]|$|from\b|until\b|till\b|du\b|jusqu|del\b|hasta\b|até\b|до\b|حتى)"
    r")",
    re.IGNORECASE,
)
_CHALLENGE = re.compile(
    r"(please )?(confirm|verify) (your|that you|you are)|requires? (your )?(confirmation|verification)|"
    r"(mail|message|sender) verification|confirm (the|your) (delivery|message)|challenge[- ]response|boxbe|"
    r"spam ?arrest|\(verification\)|demande d.authentification|"
    r"confirme? (su|seu|sua|votre) (env[ií]o|mensaje|mensagem|message)",
    re.IGNORECASE,
)
_CHALLENGERS = re.compile(r"@[\w.-]*\b(spamarrest|boxbe|mailinblack|sendio)\.", re.IGNORECASE)
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
    if _CHALLENGERS.search(header(message, "From")):
        return True
    return _CHALLENGE.search(header(message, "Subject")) is not None
