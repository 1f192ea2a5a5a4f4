"""Names of languages, and countries of time zones (CLDR)."""

from babel import Locale
from babel.core import get_global


def names_of_language(language: str, readers: str) -> set[str]:
    """What a language is called by those who speak it, and by readers of another one; in small letters."""
    locale = Locale.parse(language, sep="-")
    names = (locale.get_language_name(each.partition("-")[0]) for each in (language, readers))
    return {str(name).casefold() for name in names if name}


def country_of_zone(zone: str) -> str:
    """The country (ISO 3166-1) that a zone of the tz database is of; empty where it is of none, as `UTC`."""
    found = str(get_global("zone_territories").get(zone, ""))
    return found if found.isalpha() else ""
