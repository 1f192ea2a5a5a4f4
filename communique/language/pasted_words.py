"""Words that no officer wrote for readers: of a program, of a mail that was pasted, of what is still to be agreed."""

import re
from collections.abc import Iterator
from html import unescape

from communique.language.prefilter import Prefiltered

_PROGRAM = re.compile(
    r"\bas an AI (?:language )?model|\bI(?: am|’m|'m) (?:sorry, but I|unable to) (?:can|assist|help)|"
    r"\bcomo (?:un )?modelo de (?:lenguaje|linguagem)|"
    r"\ben tant que modèle (?:de langage|linguistique)|"
    r"\b(?:certainly|sure|of course)[!,] here(?: is|’s|'s)\b|"
    r"\baquí (?:tienes|tiene) (?:el|la|un|una) (?:texto|versión|borrador)|\bvoici une version|"
    r"\baqui está (?:o|a|um|uma) (?:texto|versão)|بصفتي نموذج|كنموذج لغوي|"
    # Of a program for letters: its fields, its comments, references that it has lost.
    r"\{\s?(?:MERGEFIELD|HYPERLINK|REF|PAGEREF)\b|"
    r"\b(?:Comment(?:ed)?|Comentado|Comentario|Comentário|Commenté|Commentaire) \[\w+\]\s?:|"
    r"\bError! (?:Reference source|Bookmark|Hyperlink)|¡Error! (?:No se|Marcador|Referencia)|"
    r"\bErreur ?! (?:Source|Signet|Référence)|\bErro! (?:A origem|Marcador|Fonte)|خطأ! (?:لم يتم|الإشارة)|"
    # Marks of a program that has searched the web, and what one that translates puts below a text.
    r":?contentReference\[oaicite|\bcite\W?turn\d|\bturn\d+(?:search|view|file|news)\d|【\d+†|"
    r"\b(?:translated with|traduit avec|traduzido com|traducido con)[^\n]{0,60}\bDeepL|"
    r"\b(?:realizada|traduzido) (?:con|com) (?:la|a) (?:versión gratuita|versão gratuita)",
    re.IGNORECASE,
)
_MAIL = re.compile(
    r"^\s*(?:From|De|Von|من)\s?: .+\n+\s*(?:Sent|Enviado(?: el)?|Envoyé|Date|Fecha|Data|To|Para|À)\s?: .+|"
    # Lines of a mail that run on in one paragraph.
    r"\b(?:From|De): [^\n]{1,80} (?:Sent|Enviado(?: el)?|Envoyé): [^\n]{1,80} (?:Subject|To|Asunto|Para|Objet|À): |"
    r"^-{3,}\s?(?:Original Message|Mensaje original|Message d’origine|Mensagem original)|"
    r"^(?:Sent from my|Enviado desde mi|Envoyé de mon|Enviado do meu) \w+|"
    # What offices put below each mail, lines of a chat, and what a program for letters notes at the margin.
    r"\b(?:This|Este|Esta|Ce) (?:e-?mail|message|mensaje|mensagem|correo|courriel)\b[^.\n]{0,80}\bconfiden[ct]i\w+|"
    r"^\[\d{1,2}:\d{2}(?::\d{2})?, \d{1,2}[/.]\d{1,2}[/.]\d{2,4}\] [^:\n]{1,40}:|"
    r"^\d{1,2}[/.]\d{1,2}[/.]\d{2,4}, \d{1,2}:\d{2} [-–] [^:\n]{1,40}:|"
    r"^(?:Deleted|Eliminado|Supprimé|Excluído|Formatted|Con formato|Mis en forme|Formatado)\s?: ",
    re.IGNORECASE | re.MULTILINE,
)
_OPEN = re.compile(
    r"\bto be (?:confirmed|decided|determined|announced)\b|"
    r"\b(?:por|pendiente de|a|à) (?:confirmar|definir|determinar|concretar|confirmer|préciser|définir|déterminer)\b|"
    r"\bPENDIENTE\b|\bPENDENTE\b|يُ?حدَّ?د لاحقًا|يحدد لاحقا|قيد التأكيد",
)
_BY_TODAY = re.compile(
    r"(?<!\bof )(?<!\bfor )\b(?:tomorrow|yesterday)\b(?![’'])|"
    r"(?<!\bla )(?<!\bel )(?<!\bde )(?<!\bdel )\b(?:mañana|ayer)\b(?! de )|"
    r"(?<!\bde )(?<![’'])\b(?:demain|hier)\b|(?<!\bde )(?<!\bdo )\b(?:amanhã|ontem)\b|"
    r"(?<!\w)(?:غدًا|غداً|أمس)(?!\w)|\b(?:завтра|вчора)\b",
    re.IGNORECASE,
)
#: A weekday without its date: `next Tuesday`, `este viernes`.
_WEEKDAYS = (
    r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day",
    r"(?:lunes|martes|miércoles|jueves|viernes|sábado|domingo)",
    r"(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)",
    r"(?:segunda|terça|quarta|quinta|sexta|sábado|domingo)(?:-feira)?",
)
_ENGLISH, _SPANISH, _FRENCH, _PORTUGUESE = _WEEKDAYS
_ENGLISH_DAYS = ("mon", "tues", "wednes", "thurs", "fri", "satur", "sun")
_SPANISH_DAYS = ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo")
_FRENCH_DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_BY_WEEK = re.compile(
    rf"\b(?:(?:this|next|last) {_ENGLISH}|(?:este|el próximo|el pasado) {_SPANISH}|el {_SPANISH} que viene|"
    rf"(?:ce )?{_FRENCH} prochain|ce {_FRENCH}|(?:na próxima|nesta|no próximo|neste) {_PORTUGUESE})\b",
    re.IGNORECASE,
)
#: Everybody knows which day is meant.
_WITH_ITS_DATE = re.compile(r",?\s\(?(?:the |el |le |o |día |dia )?(?:\d{1,2}\b|\w+,?\s\d)")
_SECRET = re.compile(
    r"\b(?:password|passcode|contraseña|mot de passe|palavra-passe|senha|пароль)\b[^.\n]{0,30}?"
    r"(?:\b(?:is|es|est|é)|:|—)\s*"
    r"[“«\"']?(?=\S*\d)[^\s.,;“”«»\"']{4,}|كلمة (?:السر|المرور)[^.\n]{0,30}?(?:هي|:)\s*(?=\S*\d)\S{4,}",
    re.IGNORECASE,
)
_IDENTITY = re.compile(r"\b(\d{8})-?([A-HJ-NP-TV-Z])\b")
_LETTERS = "TRWAGMYFPDXBNJZSQVHLCKE"  #: of a Spanish identity card, by the remainder of its number
_OF_A_PROGRAM = Prefiltered(
    pattern=_PROGRAM,
    words=(
        *("as an ai", "sorry, but i", "unable to", "como un modelo de", "como modelo de"),
        *("modèle de langage", "modèle linguistique", "here is", "here’s", "here's", "aquí tien", "voici une version"),
        *("aqui está", "بصفتي نموذج", "كنموذج لغوي", "mergefield", "hyperlink", "{ref", "{ ref", "pageref", "["),
        *(
            "error!",
            "erreur",
            "erro!",
            "خطأ!",
            "contentreference",
            "【",
            "deepl",
            "versión gratuita",
            "versão gratuita",
        ),
        "turn",
    ),
)
_OF_A_MAIL = Prefiltered(
    pattern=_MAIL,
    words=(
        *("from:", "from :", "de:", "de :", "von:", "von :", "من:", "من :", "["),
        *("original message", "mensaje original", "message d’origine", "mensagem original"),
        *("sent from my", "enviado desde mi", "envoyé de mon", "enviado do meu", "confidenti", "confidenci"),
        *("deleted:", "eliminado:", "supprimé:", "excluído:", "formatted:", "con formato:", "mis en forme:"),
        *("deleted :", "eliminado :", "supprimé :", "excluído :", "formatted :", "con formato :", "mis en forme :"),
        *("formatado:", "formatado :"),
    ),
    signs=(" - ", " – "),
)
_STILL_OPEN = Prefiltered(
    pattern=_OPEN,
    words=(
        *("to be confirmed", "to be decided", "to be determined", "to be announced"),
        *("confirmar", "definir", "determinar", "concretar", "confirmer", "préciser", "définir", "déterminer"),
        *("pendiente", "pendente", "لاحق", "قيد التأكيد"),
    ),
)
_TODAY = Prefiltered(
    pattern=_BY_TODAY,
    words=(
        *("tomorrow", "yesterday", "mañana", "ayer", "demain", "hier", "amanhã", "ontem"),
        *("غدًا", "غداً", "أمس", "завтра", "вчора"),
    ),
)
_THIS_WEEK = Prefiltered(
    pattern=_BY_WEEK,
    words=(
        *(f"{which} {day}" for which in ("this", "next", "last") for day in _ENGLISH_DAYS),
        *(f"{which} {day}" for which in ("este", "el pasado") for day in _SPANISH_DAYS),
        *(f"ce {day}" for day in _FRENCH_DAYS),
        *("el próximo", "que viene", "prochain", "na próxima", "nesta", "no próximo", "neste"),
    ),
)
_A_SECRET = Prefiltered(
    pattern=_SECRET,
    words=(
        *("password", "passcode", "contraseña", "mot de passe", "palavra-passe", "senha", "пароль"),
        *("كلمة السر", "كلمة المرور"),
    ),
)
_PARAGRAPH = re.compile(r"\n\s*\n")
_HTML_PARAGRAPH = re.compile(r"<p>(.*?)</p>", re.DOTALL)
_HTML_LIST = re.compile(r"<([uo]l)>.*</\1>", re.DOTALL)
#: `Inés Vidal, …`, `— Inés Vidal …`, `Signed: …`
_SIGNED = re.compile(r"[—–-]|[^\W\d_][^\s,]*(?:\s(?:de|del|la|da|do)\b)*(?:\s[^\W\d_][^\s,]*){0,3},\s|[^\s:]+:\s")
_HTML_TAG = re.compile(r"<[^>]*>")
_FEWEST_WORDS = 8
#: A paragraph ends with none of these, whatever goes before.
_LAST = (
    "the a an and or of to with for when because if that el la los las un una y de del con para "
    "cuando porque que si le les des du et ou à avec pour quand parce o os um uma e do da dos das com "
    "quando في من على إلى عن أن التي الذي عندما لأن і та або з для коли бо що"
)
_GOES_ON = frozenset(_LAST.split())


def words_of_a_program(text: str) -> Iterator[str]:
    """What a writing program says of itself, and the head of a mail."""
    for pattern in (_OF_A_PROGRAM, _OF_A_MAIL):
        for match in pattern.finditer(text):
            yield match[0].strip().partition("\n")[0]


def words_still_open(text: str) -> Iterator[str]:
    """What says that something is not settled yet."""
    for match in _STILL_OPEN.finditer(text):
        yield match[0]


def days_by_today(text: str) -> Iterator[str]:
    """Days that are named by the one on which they are read; the morning and the town of tomorrow are none."""
    for pattern in (_TODAY, _THIS_WEEK):
        for match in pattern.finditer(text):
            if not _WITH_ITS_DATE.match(text, match.end()):
                yield match[0]


def secrets_in(text: str) -> Iterator[str]:
    """A password with its word, or the number of somebody's identity card (its letter fits)."""
    for match in _A_SECRET.finditer(text):
        yield match[0]
    for match in _IDENTITY.finditer(text):
        if _LETTERS[int(match[1]) % len(_LETTERS)] == match[2]:
            yield match[0]


def paragraphs_twice(text: str) -> Iterator[str]:
    """Paragraphs of some length that stand there again."""
    seen: set[str] = set()
    for paragraph in _PARAGRAPH.split(text):
        plain = " ".join(paragraph.split())
        if len(plain.split()) >= _FEWEST_WORDS:
            if plain in seen:
                yield plain
            seen.add(plain)


def paragraphs_unended(html: str) -> Iterator[str]:
    """Paragraphs of a fragment that end within a sentence: with a word in small letters, where most have a stop.

    What ends with a link, or has lines of its own, may stand without one; so may items of lists, headings, cells, and
    somebody's name with an office.
    """
    ended, unended = 0, []
    for inside in _HTML_PARAGRAPH.findall(_HTML_LIST.sub("", html)):
        words = unescape(_HTML_TAG.sub("", inside)).split()
        if len(words) < _FEWEST_WORDS:
            continue
        if not words[-1][-1].isalpha():
            ended += 1
        elif words[-1].islower() and "<br" not in inside and not inside.rstrip().endswith(">"):
            unended.append(" ".join(words))
    if ended > len(unended):
        yield from (each for each in unended if not _SIGNED.match(re.split(r"[.!?…]\s", each)[-1]))


def paragraphs_cut_off(text: str) -> Iterator[str]:
    """Paragraphs whose last word needs another one behind it."""
    for paragraph in _PARAGRAPH.split(text):
        words = paragraph.split()
        if len(words) >= _FEWEST_WORDS and words[-1] in _GOES_ON:
            yield " ".join(words)
