"""Placeholders are found, words that look like them are not."""

import pytest

from communique.language.placeholders import find_placeholders


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("on the xx day, from xx to xx hours at (mention location)", ["xx", "xx", "xx", "(mention location)"]),
        ("confirm your attendance to xx@xx.com", ["xx@xx.com"]),
        ("(Local Government) is accepted", ["(Local Government)"]),
        ("el XX de febrero de 2027", ["XX"]),
        ("a las XX:XX", ["XX:XX"]),
        ("le xx/xx/2027", ["xx/xx"]),
        ("sala XXXX", ["XXXX"]),
        ("Place: TBD", ["TBD"]),
        ("hora: tbc.", ["tbc"]),
        ("TODO: escribir", ["TODO"]),
        ("TODO", ["TODO"]),
        ("for {{ government.name }} only", ["{{ government.name }}"]),
        ("Dear ((name))", ["((name))"]),
        ("Dear [name of the person],", ["[name of the person]"]),
        ("Estimado [nombre]:", ["[nombre]"]),
        ("Lorem ipsum dolor", ["Lorem ipsum"]),
        ("dd/mm/aaaa", ["dd/mm/aaaa"]),
        ("Firma: ______", ["______"]),
        ("Where? ???", ["???"]),
    ],
)
def test_found(text: str, found: list[str]) -> None:
    """What stands for words still to come is found as it is written."""
    assert find_placeholders(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "siglo XX, siglo XXI y XXX aniversario",
        "le XXe siècle, au XX siècle",
        "Exxon y Foxx, Roxxane, talla XXL",
        "para TODO el municipio, para TODO EL MUNDO",
        "Todo está listo",
        "(véase el acta (2026))",
        "[el acta](https://example.org/acta)",
        "[local](https://example.org)",
        "¿Qué???",
        "your office (open to everybody)",
        "snake_case and __init__",
        "10:00 to 12:00",
        "العربية ليست مشكلة",
        "https://example.org/a?b=c&d={e}",
    ],
)
def test_not_found(text: str) -> None:
    """Roman numbers, names with x in them, Spanish `TODO` and links are no placeholders."""
    assert find_placeholders(text) == []
