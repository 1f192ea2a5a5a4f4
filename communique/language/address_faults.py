"""Why an address is none, in sentences that officers are told: those of the library that looks at addresses."""

import re

from communique.phrase import Phrase, phrase

#: The library says each of these in just these words.
_KNOWN = {
    str(each): each
    for each in (
        phrase("An email address must have an @-sign."),
        phrase("There must be something before the @-sign."),
        phrase("There must be something after the @-sign."),
        phrase("The part after the @-sign is not valid. It should have a period."),
        phrase("An email address cannot have two periods in a row."),
        phrase("An email address cannot have a period immediately before the @-sign."),
        phrase("An email address cannot start with a period."),
        phrase("An email address cannot end with a period."),
    )
}
_BEFORE = re.compile(r"The email address contains invalid characters before the @-sign: (.+)\.")
_AFTER = re.compile(r"The part after the @-sign contains invalid characters: (.+)\.")


def fault_of_address(said: str) -> Phrase:
    """What the library said, as a phrase where it is one of the common faults."""
    if found := _BEFORE.fullmatch(said):
        return phrase(
            "The email address contains invalid characters before the @-sign: {characters}.", characters=found[1]
        )
    if found := _AFTER.fullmatch(said):
        return phrase("The part after the @-sign contains invalid characters: {characters}.", characters=found[1])
    return _KNOWN.get(said) or Phrase(said)
