"""What mail servers say when they refuse a mail, in the languages they say it in: whose fault it is.

Only where a code says little do words decide (`verdicts`). A sentence may fit two of these; who judges asks for the
sender's fault first, and for an unknown address last.
"""

import re

#: Between two words of one sentence.
_NEAR = r"[^.!?\n]{0,70}?"


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


#: About the sender or the mail, and not about the address.
OF_THE_SENDER = _any(
    r"spam|\bjunk|unsolicited|bulk e?-?mail|block ?list|black ?list|deny ?list|\bRBL\b|DNSBL"
    r"|\bblocked\b(?! due to inactivity)",
    r"DMARC|\bSPF\b|DKIM|reputation|unauthenticated|authentication (required|failed|checks)|not authenticated",
    # Who hands the mail over, and who is said to have written it.
    r"\bsender\b|envelope from|from address|header from|callout|client host",
    r"your (ip|server|domain|network|host|access)|\bIP=|reverse DNS|\brDNS\b|\bPTR\b|\bHELO\b|\bEHLO\b",
    r"\b(host|network)\b[^.\n]{0,20}not allowed|user complaints|unexpected volume|\bOFR_?[159]\d\d",
    r"not (accepted|accepting mail) from|do not accept mail from|not allowed to (send|post|connect)",
    r"ask your postmaster|must issue a STARTTLS|spoof|sending (ip|domain|server)|\bis listed (at|by|in|on)\b|"
    r"relay(ing)?( access)? denied|unable to relay",
    r"message size|too many (connections|messages|recipients|(e-?)?mails)",
    r"(?<!rejected: )(?<!rejected : )access denied|prohibit|banned sending",
    r"(message|unacceptable) content|content (rejected|filter)|suspicious|phishing|virus|malware",
    r"attachments? (is|are|of)\b[^.\n]{0,40}not (allowed|accepted)",
    r"rejected for policy|(local|security|by|due to|of) polic(y|ies)|policy (reasons|violation|restrictions)",
    r"members.only|only (members|subscribers)|closed (mailing )?list|moderat|delivery restriction",
    r"lista negra|bloquead[oa]|correo no deseado|lixo eletr[oó]nico|pol[ií]tica",
    r"liste noire|bloqué|indésirable|politique",
    r"schwarze liste|blockiert|richtlinie|unerwünscht|in lista nera|bloccat|geblokkeerd",
    r"محظور|سياسة|سبام|مزعج|спам|заблоковано|заблокирован",
)

#: The mailbox takes nothing now, and may again.
OF_A_FULL_MAILBOX = _any(
    r"quota|over its limit|out of (storage|disk|space)|insufficient (system )?storage|too many messages on",
    r"(not|does not have) enough (storage|disk|space)|receiving mail (too quickly|at a rate)|full mail ?box",
    rf"(mail ?box|mail ?folder|inbox|storage|disk)\b{_NEAR}\bfull",
    r"exceed(s|ed|ing)?\b[^.!?\n]{0,40}(storage|limit|space|size)",
    rf"(buz[oó]n|casilla|bandeja){_NEAR}llen[oa]|cuota|sin espacio",
    rf"bo[iî]te{_NEAR}pleine|quota dépass",
    rf"(caixa|correio){_NEAR}(chei[oa]|lotad[oa])|\bcota\b|sem espaço",
    rf"(postfach|mailbox|mailkonto){_NEAR}(voll|überfüllt)|speicherplatz|casella{_NEAR}piena|postvak{_NEAR}vol\b",
    r"ممتلئ|الحصة|переполнен|переповнен|邮箱已满|容量",
)

#: The server says itself that this passes.
PASSING = _any(
    r"temporar|try again|\blater\b|grey ?list|timed? ?out|too long in the|in the queue",
    r"tente novamente|inténtelo|réessay|versuchen sie|مؤقت",
)

_HOLDER = r"\b(user|recipient|mail ?box|account|address(es|ee)?|alias|userid|mail ?drop|person|e-?mail)s?\b"
_IS_NOT = (
    r"unknown|unlisted|not (a |be )?(found|known|present|listed|valid|local|exist|active)|disabled|inactive|closed|"
    r"deactivated|been deleted|"
    r"(does not|doesn't|doesn.t|did not|do not) exist|no longer|discontinued|terminated|invalid|non-?existent|"
    r"rejected ?: access denied|has moved"
)
#: The domain is not found now. So it is while a name server is away, or somebody has forgotten to pay for a year.
OF_NO_DOMAIN = _any(
    r"no matches to nameserver|non-?existent host|find any host named|host (or domain name )?not found|"
    r"(no such|unknown) (domain|host)\b",
    r"\b(domain|host)( name)? ([\"'<]?[\w.-]+[\"'>]?,? )?((is|was) )?(unknown|not found|(does not|doesn't) exist)",
)

#: Nobody has this address, or nobody ever gets what is sent to it.
OF_NOBODY = _any(
    rf"{_HOLDER}{_NEAR}\b({_IS_NOT})",
    rf"\b(no such|unknown|invalid|illegal|bad|non-?existent)\b[\w' -]{{0,25}}?{_HOLDER}",
    r"\b(no|not a|isn't a)\b[\w' -]{0,25}?\b(mailbox|valid recipients?|known user|user|account|one)\b "
    r"(here|by that|at this|found|with)",
    r"(does not|doesn't|doesn.t) exist|no mailbox|(has been|is) (disabled|discontinued|closed)|not our customer",
    r"(user|person) doesn't have a|not a valid (mailbox|recipient|user|address)",
    r"no longer (available|valid|in use|active|accepts)",
    r"unroute?able (mail )?(address|domain)|5\.1\.0 address rejected",
    r"\b(user|mail ?box|account|recipient)\b[^.!?\n]{0,40}?\bunavailable",
    r"null ?mx|does not accept mail\b",
    rf"(usuario|buzón|cuenta|dirección|destinatario){_NEAR}(no (existe|figura|válid)|inexistente|desconocid|cerrad)",
    rf"(usuario|buzón|cuenta|dirección|destinatario){_NEAR}(no [\w ]{{0,20}}encontr|(in|des)habilitad|dado de baja)",
    r"no existe (ningún|el|la) (usuario|buzón|cuenta|dirección)",
    rf"(utilisateur|destinataire|adresse|compte|boîte){_NEAR}(n.existe|inconnue?|introuvable|invalide|désactivé|fermé)",
    rf"(utilisateur|destinataire|adresse|compte|boîte){_NEAR}pas été trouvé",
    rf"(usuário|utilizador|destinatário|endereço|conta|caixa){_NEAR}(não existe|não (foi )?encontrad|inexistente)",
    rf"(usuário|utilizador|destinatário|endereço|conta|caixa){_NEAR}(desconhecid|inválid|desativad|encerrad)",
    rf"(empfänger|adresse|benutzer|postfach|konto|mailbox){_NEAR}(unbekannt|existiert nicht|ungültig|deaktiviert)",
    rf"(empfänger|adresse|benutzer|postfach|konto|mailbox){_NEAR}nicht (gefunden|vorhanden)|"
    r"nicht [\w -]{1,40} (gefunden|aufgef|gelistet)",
    rf"(utente|destinatario|indirizzo|casella){_NEAR}(sconosciut|non esiste|inesistente|non [è ]*trovat|disabilitat)",
    rf"(gebruiker|adres|postvak|ontvanger){_NEAR}(onbekend|bestaat niet|niet gevonden)",
    rf"(البريد|عنوان|العنوان|المستخدم|الحساب|المستلم|صندوق){_NEAR}(غير موجود|غير معروف|غير صالح|لا يوجد|معطل)",
    rf"(пользователь|адресат|ящик|адрес){_NEAR}(не найден|не существует|неизвестен|отключен)",
    r"невідом\w+ (користувач|адресат|отримувач)|немає так(ої|ого) (скриньк|користувач|адрес)",
    rf"(користувач|адресат|отримувач|скриньк|адрес){_NEAR}(не знайден|не існує|невідом|вимкнен|відключен)",
    r"不存在|存在しません|用户未找到",
)
