"""Which mail system has refused a mail: the organisation that its host belongs to."""

import re
from collections.abc import Iterable
from email.message import Message

from communique.bounces.mail_parts import header

_HOST = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])", re.IGNORECASE)
_LONGEST = 255
#: Second labels of two-letter domains under which organisations register: `gob.es`, `govt.nz`, `co.uk`. Without the
#: list of all such suffixes, whatever is as short is taken for one: that parts what belongs together, and joins nobody.
_REGISTRIES = {"asso", "gouv", "govt", "info", "mail", "name", "presse", "school"}
_SHORT = 3


def organisation_of(host: str) -> str:
    """The domain of the organisation that runs a host, in lower case; empty for an IP address or what is no name."""
    name = host.strip().rstrip(".").lower()
    if len(name) > _LONGEST or not _HOST.fullmatch(name):
        return ""
    labels = name.split(".")
    is_under_registry = len(labels[-1]) == 2 and (len(labels[-2]) <= _SHORT or labels[-2] in _REGISTRIES)  # noqa: PLR2004 - ISO 3166
    return ".".join(labels[-3 if is_under_registry else -2 :])


def system_in(recipient: Message, blocks: Iterable[Message]) -> str:
    """Who has refused, by a status notification: the next system (RFC 3464 2.3.5), else who reports (2.2.2).

    A relay of our own reports what others refuse; it is asked only where it names nobody.
    """
    named = [header(recipient, "Remote-MTA"), *(header(each, "Reporting-MTA") for each in blocks)]
    return next((found for each in named if (found := organisation_of(_name_in(each)))), "")


def _name_in(field: str) -> str:
    """`dns; mx.example.net. (192.0.2.1, the server for …)`; a name of another kind than `dns` is nobody's."""
    kind, _, value = field.partition(";")
    words = value.split()
    return words[0] if words and kind.strip().lower() == "dns" else ""
