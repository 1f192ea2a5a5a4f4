"""Where the post brings a letter."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class PostalAddress:
    """An address on paper, without the name above it."""

    street: str  #: with the number
    city: str
    country: str  #: ISO 3166-1, two capital letters
    postcode: str = ""
    region: str = ""  #: state or province, where addresses have one
