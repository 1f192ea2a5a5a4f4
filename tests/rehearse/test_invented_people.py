"""Who is invented for a rehearsal: a few people are enough to show every announcement."""

from random import Random

from communique.postal_address import PostalAddress
from communique.rehearse.invented_people import enough, invented
from communique.texts.invented_names import InventedNames, names_of

LANGUAGES = ("es", "en", "fr", "pt", "ar")
NAMES = {language: InventedNames(people=(f"Somebody {language}",)) for language in LANGUAGES}
AUDIENCES = [f"audience-{number}" for number in range(10)]  # a multiple of the languages, where turns might coincide


def pairs(number: int) -> set[tuple[str, str | None]]:
    """The audiences that get somebody, with the languages they are written to in."""
    return {(audience, row.language) for audience, row in invented(number, NAMES, AUDIENCES, Random(1))}


def test_as_many_people_as_audiences_leave_none_empty() -> None:
    """A campaign to twelve audiences, rehearsed with twenty people, sends each of its announcements to somebody."""
    found = pairs(len(AUDIENCES))
    assert {audience for audience, _language in found} == set(AUDIENCES)
    assert {language for _audience, language in found} == set(LANGUAGES)


def test_only_where_letters_go_somebody_has_no_mail_address() -> None:
    """Elsewhere they could not be written to, and a rehearsal would begin with copies that nobody can get."""
    home = PostalAddress(street="Plaza Mayor", city="Puerto Claro", country="ES")
    rows = list(invented(200, NAMES, AUDIENCES, Random(1), home, {"audience-3"}))
    assert {audience for audience, row in rows if not row.address} == {"audience-3"}


def test_the_number_of_a_house_stands_behind_the_comma_of_its_street() -> None:
    """An Arabic street has its own comma."""
    for street, comma in (("Plaza Mayor", ","), ("شارع الجيش الملكي", "،")):
        home = PostalAddress(street=street, city="Puerto Claro", country="ES")
        found = [
            row.postal for _, row in invented(200, NAMES, AUDIENCES, Random(1), home, set(AUDIENCES)) if row.postal
        ]
        assert found
        assert all(each.street.startswith(f"{street}{comma} ") for each in found)


def test_enough_people_read_every_announcement_in_every_language() -> None:
    """One for each audience and language, and nobody twice before that."""
    assert len(pairs(len(AUDIENCES) * len(LANGUAGES))) == len(AUDIENCES) * len(LANGUAGES)


def test_without_a_number_letters_go_out_in_every_language() -> None:
    """Whoever rehearses without `--people` sees each letter, and each mail, in all languages."""
    home = PostalAddress(street="Plaza Mayor", city="Puerto Claro", country="ES")
    rows = list(invented(enough(LANGUAGES, AUDIENCES), NAMES, AUDIENCES, Random(1), home, set(AUDIENCES)))
    by_post = {(audience, row.language) for audience, row in rows if not row.address}
    by_mail = {(audience, row.language) for audience, row in rows if row.address}
    assert by_post == by_mail
    assert len(by_post) == len(AUDIENCES) * len(LANGUAGES)


def test_each_language_brings_names_of_its_own() -> None:
    """With the commas of its script; one that has brought none yet has an English one, and no organisations."""
    found = names_of({"invented": {"people": "سلمى الإدريسي، يوسف بن علي", "organisations": "الجامعة"}})
    assert found == InventedNames(people=("سلمى الإدريسي", "يوسف بن علي"), organisations=("الجامعة",))
    assert names_of({}) == names_of({"invented": {"people": ""}}) == InventedNames(people=("Alex Morgan",))
    people = invented(20, NAMES, AUDIENCES, Random(1))
    assert {row.name for _audience, row in people} == {f"Somebody {language}" for language in LANGUAGES}
