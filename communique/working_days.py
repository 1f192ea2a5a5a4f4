"""Which days offices work: weekends and public holidays of a country or one of its subdivisions."""

from collections.abc import Callable
from datetime import date

import holidays

from communique.settings import Holidays

IsWorkingDay = Callable[[date], bool]


def working_days(of: Holidays) -> IsWorkingDay:
    """A predicate for local dates.

    Raises:
        ValueError: the country or subdivision is not one that the `holidays` library knows; says which it knows.
    """
    try:
        calendar = holidays.country_holidays(of.country, subdiv=of.subdivision)
    except NotImplementedError:
        known = holidays.list_supported_countries(include_aliases=False)
        if of.country not in known:
            raise ValueError(f"no public holidays are known for the country `{of.country}`") from None
        subdivisions = ", ".join(known[of.country]) or "none"
        raise ValueError(
            f"no public holidays are known for the subdivision `{of.subdivision}` of {of.country}; "
            f"known: {subdivisions}"
        ) from None
    return calendar.is_working_day
