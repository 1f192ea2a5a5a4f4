"""Where people answer an invitation: by a link of their own, and by their calendar (RFC 5546 3.2.3).

A calendar answers to an address of each invited person's own, if the settings say so.

The ORGANIZER is the one thing of an invitation that every calendar gives back unchanged. Whoever has the tag in it has
had the invitation; whoever only knows the person's address cannot answer for them.
"""

from communique.channel import Secret
from communique.delivery import Mode
from communique.settings import RETURN_TAG, Settings
from communique.texts import tokens


def organizer_address(settings: Settings, key: Secret | None, person: str, meeting: str, otherwise: str) -> str:
    """Of the invitation of a person, by their number; `otherwise` where calendars' answers are not read."""
    pattern = settings.bounces.calendar_answers
    if pattern is None or key is None:
        return otherwise
    tag = tokens.tag(tokens.CALENDAR_ANSWER, int(person), payload(settings.mode, int(person), meeting), key)
    return pattern.replace(RETURN_TAG, tag)


def payload(mode: Mode, person: int, meeting: str) -> bytes:
    """What the tag stands for."""
    return f"{mode}/{person}/{meeting}".encode()


def linked(mode: Mode, person: str, meeting: str) -> str:
    """What the token in the link stands for: what is tried out is no answer later on."""
    return f"{person}/{meeting}" if mode is Mode.LIVE else f"{person}/{meeting}/{mode}"


def named_by_link(value: str) -> tuple[Mode, str, str]:
    """Mode, person and meeting of a link; of what is none, nobody."""
    person, _, named = value.partition("/")
    meeting, _, mode = named.partition("/")
    return (Mode(mode) if mode in {*Mode} else Mode.LIVE), person, meeting
