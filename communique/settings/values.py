"""Values of settings as an operator writes them: zones, times of day, lengths of time, rates, addresses of machines."""

from datetime import time, timedelta
from ipaddress import ip_address
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from communique.moments import MomentError, parse_duration, parse_time
from communique.pace import Rate, parse_rate

MAILBOX = r"^[^@\s<>,;*]+@[^@\s<>,;*]+$"  #: a star for all of a domain is none


def _zone(name: object) -> object:
    if not isinstance(name, str):
        return name
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: a folder of zones, such as `Europe`
        raise ValueError(f"expected a zone of the tz database such as `Europe/Madrid`, found `{name}`") from None


def _no_number(value: object, example: str) -> object:
    """Pydantic would take a bare number for seconds."""
    if isinstance(value, bool | int | float):
        raise MomentError(f"expected a text such as `{example}`")
    return value


Zone = Annotated[ZoneInfo, BeforeValidator(_zone), WithJsonSchema({"type": "string", "examples": ["Europe/Madrid"]})]
TimeOfDay = Annotated[
    time,
    BeforeValidator(lambda value: parse_time(value) if isinstance(value, str) else _no_number(value, "09:00")),
    WithJsonSchema({"type": "string", "pattern": r"^\d{1,2}:\d{2}$"}),
]
Duration = Annotated[
    timedelta,
    BeforeValidator(lambda value: parse_duration(value) if isinstance(value, str) else _no_number(value, "24 hours")),
    WithJsonSchema({"type": "string", "pattern": r"^\d+ (minutes?|hours?|days?)$"}),
]


def _at_least_a_month(value: timedelta) -> timedelta:
    """Until then mails still come back, and are answered."""
    if value < timedelta(days=30):
        raise MomentError("expected at least `30 days`")
    return value


LongDuration = Annotated[Duration, AfterValidator(_at_least_a_month)]


def _ip_address(value: object) -> object:
    try:
        return str(ip_address(str(value)))
    except ValueError:
        raise ValueError(f"expected an IP address such as `127.0.0.1`, found `{value}`") from None


IPAddress = Annotated[str, BeforeValidator(_ip_address)]

RateOfCopies = Annotated[
    Rate,
    BeforeValidator(lambda value: parse_rate(value) if isinstance(value, str) else _no_number(value, "100 per minute")),
    WithJsonSchema({"type": "string", "pattern": r"^[1-9][0-9]{0,8} per (minute|hour|day)$"}),
]


RecipientDomain = Annotated[str, Field(pattern=r"^(\*|[a-z0-9-]+(\.[a-z0-9-]+)+)$")]
