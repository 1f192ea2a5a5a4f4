"""Which days offices work: weekends and public holidays of a country or one of its subdivisions."""

import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from types import ModuleType

from communique.phrase import phrase
from communique.settings import Holidays

IsWorkingDay = Callable[[date], bool]


def working_days(of: Holidays) -> IsWorkingDay:
    """A predicate for local dates.

    Raises:
        ValueError: the country or subdivision is not one that the `holidays` library knows; says which it knows.
    """
    import holidays

    _load_one_country_at_a_time(Path(holidays.__file__).with_name("countries"))
    try:
        calendar = holidays.country_holidays(of.country, subdiv=of.subdivision)
    except NotImplementedError:
        known = holidays.list_supported_countries(include_aliases=False)
        if of.country not in known:
            raise ValueError(
                phrase("no public holidays are known for the country `{country}`", country=of.country)
            ) from None
        message = phrase(
            "no public holidays are known for the subdivision `{subdivision}` of {country}; known: {subdivisions}",
            subdivision=of.subdivision,
            country=of.country,
            subdivisions=", ".join(known[of.country]) or phrase("none"),
        )
        raise ValueError(message) from None
    return calendar.is_working_day


def _load_one_country_at_a_time(folder: Path) -> None:
    """Let the library load the country it is asked for alone.

    To find it, it imports the package of all 250, which loads each: a fifth of a second of every start. A package that
    is there already, with the same modules in it, is not loaded.
    """
    name = "holidays.countries"
    if name not in sys.modules:
        package = ModuleType(name)
        package.__path__ = [str(folder)]
        sys.modules[name] = package
