"""Words that stand for words still to come: `xx`, `TBD`, `(mention location)`, `{{ place }}`.

The seed of the two campaigns is full of them; none may reach a reader. Roman numerals (`siglo XX`), Spanish and
Portuguese `TODO` (everything) and words with x in them are none.
"""

from typing import Any

from communique.language.prefilter import Later, Prefiltered

_NOT_IN_A_WORD = r"(?<![\p{L}\p{N}_])"
_NOT_BEFORE_A_WORD = r"(?![\p{L}\p{N}_])"
_NAMES_OF_BLANKS = (
    "mention|insert|specify|add|fill in|your|name|date|time|place|link|nombre|fecha|hora|lugar|insertar|poner|añadir|"
    "completar|nom|lieu|insérer|ajouter|compléter|inserir|adicionar|preencher|nome|data|local|اسم|تاريخ|مكان|الاسم|التاريخ|المكان"
)
_NOTES = (
    "check with|check (?:this|name|date|number)|ask (?!for)\\w+(?: if| whether| about)|"
    "revisar|comprobar con|consultar con|preguntar a|falta (?:por|el|la)|"
    "vérifier avec|verificar com|rever com"
)
_TO_DO = "to be (?:completed|filled in|checked)|por completar|à vérifier|à compléter|a completar|por preencher"
_PATTERNS = (
    r"\{\{[^{}]*\}\}|\{%[^{}]*%\}|\{\{|\}\}",
    # One brace where two are due: { facts.place }.
    r"(?<!\{)\{\s?[a-z_]+(?:\.[a-z_]+)+\s?(?:\|[^{}]*)?\}",
    # Of a letter that another program would fill: {name}.
    r"(?<![\w{=/&?])\{\s?\p{Ll}[\p{Ll}_]*\s?\}(?!\})",
    # What a text is until it is agreed.
    r"(?i:[\[(](?:draft|borrador|brouillon|rascunho|مسودة)[\])])",
    r"\(\([^()]+\)\)|<<[^<>]+>>",
    # Lower case: xx, xxx, xx@xx.com, xx:xx; a web address or e-mail address made of it comes along.
    rf"{_NOT_IN_A_WORD}x{{2,}}{_NOT_BEFORE_A_WORD}(?:[@.:/-]x{{2,}}{_NOT_BEFORE_A_WORD})*(?:\.[a-z]{{2,4}}{_NOT_BEFORE_A_WORD})?",
    # Capitals: XXXX is no Roman number; XX is one unless it stands where digits do.
    rf"{_NOT_IN_A_WORD}X{{4,}}{_NOT_BEFORE_A_WORD}",
    rf"{_NOT_IN_A_WORD}XX(?:[:/.]XX)+{_NOT_BEFORE_A_WORD}",
    rf"{_NOT_IN_A_WORD}XX(?=\s(?:day|hours|h|am|pm|de\s\p{{L}}+\sde(?:l)?\s|€|euros)|€|%|:\d)",
    # Three are one, too, where no king, century or congress is counted: at the end of what is said.
    rf"(?<!(?:[Ss]iglo|[Ss]iècle|[Ss]éculo|\p{{Lu}}\p{{Ll}}+)\s){_NOT_IN_A_WORD}XXX(?=\s*(?:[.,;:!?)\]]|$))",
    # Of a letter that another program would fill: %NAME%, «Name», «First_Name»; and a name in capitals.
    r"%[A-Z][A-Z_]{2,}%|(?<!\w)\|[A-Z][A-Z_:]+\|(?!\w)",
    # What a form says in the place of each of its blanks.
    rf"{_NOT_IN_A_WORD}(?:TITLE|HEADLINE|TEXT|NAME|DATE|TIME|PLACE|LINK)\s(?:GOES\s)?HERE{_NOT_BEFORE_A_WORD}",
    rf"{_NOT_IN_A_WORD}(?:TÍTULO|TITULAR|TEXTO|NOMBRE|FECHA|HORA|LUGAR|ENLACE|NOME|DATA|LOCAL)\sAQU[IÍ]{_NOT_BEFORE_A_WORD}",
    r"«\s?(?:\p{L}+_[\p{L}_]+|(?i:name|surname|nombre|apellidos?|nom|prénom|nome|apelido|fecha|lugar|الاسم|اسم))\s?»",
    r"(?<!\p{Lu}\s)(?<![\p{L}\p{N}_-])(?:NAME|SURNAME|NOMBRE|APELLIDOS?|PRÉNOM|FECHA|LUGAR)(?![\p{L}\p{N}_-])(?!\s\p{Lu}{2})",
    # Notes between those who write it.
    rf"(?i:\[(?:{_NOTES}|{_TO_DO})\b[^\[\]]{{0,80}}\](?!\()|\((?:{_TO_DO})\b[^()]{{0,80}}\))",
    # A telephone number to come.
    rf"{_NOT_IN_A_WORD}X{{2,3}}(?:[ .-]X{{2,3}})+{_NOT_BEFORE_A_WORD}",
    rf"{_NOT_IN_A_WORD}(?i:TBD|TBC|FIXME){_NOT_BEFORE_A_WORD}|{_NOT_IN_A_WORD}T\.B\.[CD]\.",
    # The next is a word of Spanish and Portuguese: only as a mark.
    rf"{_NOT_IN_A_WORD}TODO(?=:)|^\s*TODO\s*$|[(\[]TODO[)\]]",
    r"(?i:lorem ipsum)",
    r"(?i:\((?:mention|insert|specify|add here|your|name of)\b[^()]{0,80}\)|\(local government\))",
    rf"(?i:\[(?:{_NAMES_OF_BLANKS})\b[^\[\]]{{0,80}}\](?!\())",
    r"(?i:\b(?:dd[/.-]mm[/.-](?:yyyy|aaaa|yy|aa)|yyyy-mm-dd|hh:mm)\b)",
    r"_{3,}|(?<![\w.])\.{6,}",
    r"(?<!\S)[¿?]{3,}|\(\?+\)",
    rf"(?i:<(?:{_NAMES_OF_BLANKS})(?:\s[^<>=]{{0,40}})?>)",
    # What a merge of two versions leaves behind.
    r"<{7}\s\S+|^>{7}\s\S+",
)
_TODO = rf"{_NOT_IN_A_WORD}TODO{_NOT_BEFORE_A_WORD}"
#: One of these is in whatever one of the patterns finds.
_SIGNS = (
    *("{", "}}", "[", "((", "(?", "<", ">>>>>>>", "%", "|", "_", "......", "??", "¿¿", "¿?", "?¿"),
    *("HERE", "AQUI", "AQUÍ", "NAME", "NOMBRE", "APELLIDO", "PRÉNOM", "FECHA", "LUGAR", "TODO", "T.B."),
)
_WORDS = (
    *("xx", "tbd", "tbc", "fixme", "lorem ipsum", "dd/mm", "dd.mm", "dd-mm", "yyyy-mm-dd", "hh:mm"),
    *("(mention", "(insert", "(specify", "(add here", "(your", "(name of", "(local government)"),
    *("(draft)", "(draft]", "(borrador", "(brouillon", "(rascunho", "(مسودة"),
    *(f"«{space}{name}" for space in ("", " ") for name in ("name", "surname", "nombre", "apellido", "nom", "prénom")),
    *(f"«{space}{name}" for space in ("", " ") for name in ("apelido", "fecha", "lugar", "الاسم", "اسم")),
    *("(to be ", "(por completar", "(à vérifier", "(à compléter", "(a completar", "(por preencher"),
)


def _any_of(patterns: tuple[str, ...]) -> Prefiltered:
    def compiled() -> Any:
        import regex  # two megabytes, with these patterns: facts are read by each process, and hardly any has one

        return regex.compile("|".join(f"(?:{pattern})" for pattern in patterns), regex.MULTILINE)

    return Prefiltered(pattern=Later(compiled), words=_WORDS, signs=_SIGNS)


_PLACEHOLDER = _any_of(_PATTERNS)
_WITH_TODO = _any_of((*_PATTERNS, _TODO))
#: In which “TODO” may be the word for everything.
_TODO_IS_A_WORD = frozenset({"es", "pt", "gl", "ast"})


def find_placeholders(text: str, language: str = "") -> list[str]:
    """The placeholders in a text as they are written there, in order; of no language: such as none has as a word."""
    is_a_word = not language or language.partition("-")[0] in _TODO_IS_A_WORD
    return [match[0].strip() for match in (_PLACEHOLDER if is_a_word else _WITH_TODO).finditer(text)]
