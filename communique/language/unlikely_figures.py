"""Figures that cannot be so: more than the whole of something, hours that are read as two, wrong check digits."""

import re
from collections.abc import Iterator

_SENTENCE = re.compile(r"(?<=[.!?؟])\s+|\n+")
_PERCENT = re.compile(r"(?<![\w.,])(\d{1,3}(?:[.,]\d{3})*|\d+)(?:[.,]\d{1,2})?[\s\u00a0\u202f]?[%٪]")
#: What grows, or is compared, can be more than it was.
_GROWS = re.compile(
    r"\b(?:grow|grew|rise|rose|increas|more than|higher|up by|compared|of the (?:target|goal|budget|minimum|average)|"
    r"crec|aument|subi|sube|incremen|respecto|super|por encima|más que|objetivo|presupuest|"
    r"augment|croiss|hausse|progress|par rapport|objectif|dépass|plus que|"
    r"cresc|acréscimo|subid|face a|relação a|acima|meta|зрос|збільш|порівнян|більше)|زيادة|ارتف|نمو|مقارنة|زاد",
    re.IGNORECASE,
)
#: `40 of 30 seats`: only where a language says it no other way.
_OF = re.compile(
    r"(?<![\w.,/:])(\d{1,6})\s(?:out of|of|sur|de un total de|de (?:los|las)|dos|das|de um total de|من أصل|з)\s"
    r"(?:the\s|our\s|les\s)?(\d{1,6})(?![\w/:%.,]\d|\w)(?=\s[^\W\d])"
)
_MONTHS = re.compile(
    r"\s(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|de\s|січ|лют|берез|квіт|трав|черв|лип|серп|верес|жовт|лист|груд)",
    re.IGNORECASE,
)
_WHOLE = 100
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?:[ \u00a0]?[A-Z0-9]{4}){2,7}(?:[ \u00a0]?[A-Z0-9]{1,3})?\b")
_UNCLEAR = re.compile(
    r"(?<![\w:.,/-])(?:24[:.h]00|12(?:[:.]00)?[\s\u00a0]?a\.?[\s\u00a0]?m\b|1[3-9][:.]\d{2}[\s\u00a0]?[ap]\.?[\s\u00a0]?m\b"
    r"|2[0-3][:.]\d{2}[\s\u00a0]?[ap]\.?[\s\u00a0]?m\b)(?!\d)",
    re.IGNORECASE,
)
_ZONE = re.compile(
    r"\d{1,2}(?:[:.h]\d{2})?[\s\u00a0]?(?:[ap]\.?m\.?)?[\s\u00a0]?\(?\b"
    r"(EST|EDT|CST|CDT|MST|MDT|PST|PDT|GMT|UTC|BST|CET|CEST|WET|WEST|EET|EEST|MSK|IST|JST|AEST|ART|BRT|CLT|COT|PET)\b"
)
#: Digits behind `+34` and the like, in countries where all numbers have the same: closed numbering plans.
_DIGITS = {
    "33": (9,),
    "34": (9,),
    "51": (8, 9),
    "52": (10,),
    "54": (10, 11),
    "55": (10, 11),
    "56": (9,),
    "57": (10,),
    "212": (9,),
    "213": (8, 9),
    "216": (8,),
    "351": (9,),
    "380": (9,),
    "593": (8, 9),
    "598": (8,),
}
#: Plain mails end their lines anywhere, within a number as well.
_NUMBER = r"\d(?:(?:[ \n.\u00a0\u202f-]|\s?\(0\)\s?)?\d)+"
_COUNTRY = re.compile(rf"\+((?>{_NUMBER}))(?!,\d|\s?%)")
#: `+33 000 visitors`, `+1 250 000`.
_THOUSANDS = re.compile(r"\d{1,3}(?:[ .\u00a0\u202f]\d{3})*[ .\u00a0\u202f]000")
_CALLED = re.compile(
    r"\b(?:call(?:(?: \w+){0,3} (?:on|at))?|phone|telephone|tel\.?|llám\w+(?: al| en el)?|llam\w+ al|teléfono|"
    r"appel\w+ (?:au|le)|téléphone|lig\w+ para(?: o)?|telefone|зателефонуйте за номером|телефон|"
    r"اتصلوا بالرقم|هاتف|الهاتف)"
    rf"[\s:]*(?:número |número: |number |nº )?((?>{_NUMBER}))(?!,\d|\s?%)",
    re.IGNORECASE,
)
_SPECIAL = 4  #: digits of numbers as 112, 010 or 3939; longer ones as 116 000 or 0800 are known by how they begin
_FREE = ("08", "11", "18")
_FEWEST = 5  #: digits of what is a number of a telephone, with that of its country


def shares_over_the_whole(text: str) -> Iterator[str]:
    """`130 %` of something, `40 of 30`: not where it is said that something grew."""
    for sentence in _SENTENCE.split(text):
        over = [match[0] for match in _PERCENT.finditer(sentence) if int(re.sub(r"[.,]", "", match[1])) > _WHOLE]
        if over and not _GROWS.search(sentence):
            yield from over
        for match in _OF.finditer(sentence):
            if int(match[1]) > int(match[2]) and not _MONTHS.match(sentence[match.end() :]):
                yield match[0]


def unclear_hours(text: str) -> Iterator[str]:
    """Midnight in figures (`24:00`, `12 am`), and hours with both clocks at once (`14:00 pm`)."""
    for match in _UNCLEAR.finditer(text):
        yield match[0]


def zones_in(text: str) -> Iterator[tuple[str, str]]:
    """Hours with the short name of a zone beside them, and that name."""
    for match in _ZONE.finditer(text):
        yield match[0], match[1]


def wrong_accounts(text: str) -> Iterator[str]:
    """Bank accounts (IBAN, ISO 13616) whose check digits do not fit."""
    for match in _IBAN.finditer(text):
        plain = re.sub(r"\s", "", match[0])
        if int("".join(str(int(each, 36)) for each in plain[4:] + plain[:4])) % 97 != 1:
            yield match[0]


def short_numbers(text: str, ours: str) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Telephone numbers with too few digits or too many, and how many there are in that country.

    Without a country's number they are held against ours (`+34 955 000 000`).
    """
    for match in _COUNTRY.finditer(text):
        digits = _digits(match[1].replace("(0)", ""))
        is_one = len(digits) >= _FEWEST and not _THOUSANDS.fullmatch(match[1])
        if is_one and (plan := _plan(digits)) and len(digits) - len(plan) not in _DIGITS[plan]:
            yield match[0], _DIGITS[plan]
    home = _plan(_digits(ours)) if ours.startswith("+") else ""
    for match in _CALLED.finditer(text) if home else ():
        digits = _digits(match[1])
        number = digits.removeprefix("0")
        is_special = len(digits) <= _SPECIAL or digits.startswith(_FREE)
        if not is_special and len(number) not in _DIGITS[home]:
            yield match[1], _DIGITS[home]


def _digits(number: str) -> str:
    return "".join(str(int(each)) for each in number if each.isdecimal())


def _plan(digits: str) -> str:
    """The country's number that these begin with, if all numbers of that country have as many."""
    return next((code for code in _DIGITS if digits.startswith(code)), "")
