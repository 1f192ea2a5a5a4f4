"""The town hall's own address as that of an addressee: where invented people live."""

from communique.language.postal import postcode_fits
from communique.localisation.localised import localise
from communique.postal_address import PostalAddress
from communique.settings import Settings


def own_address(settings: Settings) -> PostalAddress:
    """The street is the first line of `government.address`; the postcode a word of its last that fits the country."""
    place = str(localise(settings.government.place, settings.languages[0], settings.languages))
    lines, country = settings.government.address.strip().splitlines() or [""], settings.holidays.country
    words = (word for word in lines[-1].split() if any(sign.isdigit() for sign in word))
    postcode = next((word for word in words if postcode_fits(word, country)), "")
    return PostalAddress(street=lines[0], city=place, country=country, postcode=postcode)
