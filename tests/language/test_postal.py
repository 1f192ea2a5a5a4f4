"""Addresses as each country writes them."""

import pytest

from communique.language.formatting import locale_of
from communique.language.postal import address_lines
from communique.postal_address import PostalAddress


@pytest.mark.parametrize(
    ("address", "below"),
    [
        (
            PostalAddress(street="Calle Sol 3", city="Puerto Claro", postcode="41999", country="ES"),
            ["41999 PUERTO CLARO"],
        ),
        (
            PostalAddress(street="1 Main St", city="Austin", region="TX", postcode="73301", country="US"),
            ["AUSTIN, TX 73301", "ESTADOS UNIDOS"],
        ),
        (
            PostalAddress(street="1 Quay", city="Leeds", postcode="LS1 1BA", country="GB"),
            ["LEEDS", "LS1 1BA", "REINO UNIDO"],
        ),
        (
            PostalAddress(street="Calle Sol 3", city="Monterrey", postcode="64000", country="MX"),
            ["64000 MONTERREY", "MÉXICO"],
        ),
    ],
)
def test_the_lines_are_those_of_the_country(address: PostalAddress, below: list[str]) -> None:
    """Abroad the country stands last, in the sender's language, as the post asks; no comma before a missing state."""
    lines = address_lines(address, name="Ana Gil", organisation="Red", home="ES", locale=locale_of("es", {}))

    assert list(lines) == ["Ana Gil", "Red", address.street, *below]
