"""Pages for officers that come with Communiqué itself: HTML below `communique/pages/`, filled.

The workspace's templates belong to officers and are filled by `communique.texts.templates`, sandboxed; these are ours.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_skeleton, format_timedelta
from babel.numbers import get_decimal_symbol
from jinja2 import Environment, PackageLoader, StrictUndefined

from communique.language import formatting
from communique.moments import Milestone

_ENGLISH = "en-GB"
_CENT = Decimal("0.01")
_SPELT = {
    "email": "E-mail",
    "letter": "Letters",
    "linkedin": "LinkedIn",
    "tiktok": "TikTok",
    "tv": "TV",
    "whatsapp": "WhatsApp",
    "youtube": "YouTube",
}


class OurPages:
    """The pages of one folder below `communique/pages/`; every value is escaped, a missing one is an error.

    Moments are written as `locale` has them: `moment | day` and `moment | clock` in `zone`, `moment | utc` in UTC.
    What stands between `trans` and `endtrans`, and within `_()`, is said in its language, where the folder has a
    catalogue of it (`es.po`), and else as it stands there.
    """

    def __init__(
        self, folder: str, zone: ZoneInfo, locale: str = _ENGLISH, on: str = "on", channels: Mapping[str, str] = _SPELT
    ) -> None:
        self._zone, self._locale, self._on = zone, Locale.parse(locale, sep="-"), on
        self._environment = Environment(
            loader=PackageLoader("communique", f"pages/{folder}"),
            extensions=["jinja2.ext.i18n"],
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )
        self._environment.policies["ext.i18n.trimmed"] = True
        said = translations(folder, self._locale.language)
        self._environment.globals.update(language=self._locale.language)
        self._environment.install_gettext_translations(said, newstyle=True)  # type: ignore[attr-defined]  # by the extension
        self._environment.filters.update(
            day=self._day,
            clock=self._clock,
            utc=self._utc,
            month=self._month,
            until=self._until,
            span=self._span,
            local=self._local,
            titled=titled,
            channel=lambda name: said.gettext(channel_name(name, channels)),
            sentence=sentence,
            money=lambda amount: money(amount, self._locale),
            dir=formatting.direction,
            own_name=formatting.own_name,
        )

    def fill(self, name: str, /, **context: Any) -> str:
        """One page as text.

        Raises:
            jinja2.UndefinedError: the page needs something it was not given.
        """
        return self._environment.get_template(name).render(context)

    def _day(self, moment: datetime) -> str:
        return formatting.weekday_and_date(moment.astimezone(self._zone), self._locale)

    def _span(self, milestone: Milestone) -> str:
        """`Tuesday 9 February 2027, 10:00–12:00`, as it is meant: in local time. Nothing while it is unknown."""
        start, end = milestone.start, milestone.end
        if start is None:
            return ""
        said = formatting.weekday_and_date(start, self._locale)
        if isinstance(start, datetime):
            said = f"{said}, {start:%H:%M}"
            if end is not None:
                last = "" if end.date() == start.date() else f" {formatting.weekday_and_date(end, self._locale)}, "
                said = f"{said}–{last}{end:%H:%M}"
        return said

    def _clock(self, moment: datetime) -> str:
        return f"{moment.astimezone(self._zone):%H:%M %Z}"

    def _utc(self, moment: datetime) -> str:
        """The time of day, with its date where that is another one than in `zone`."""
        instant = moment.astimezone(UTC)
        if instant.date() == moment.astimezone(self._zone).date():
            return f"{instant:%H:%M} UTC"
        return f"{instant:%H:%M} UTC {self._on} {formatting.day_and_month(instant, self._locale)}"

    def _month(self, moment: datetime) -> str:
        """`December 2026`."""
        return format_skeleton("yMMMM", moment, tzinfo=self._zone, locale=self._locale)

    def _until(self, moment: datetime, now: datetime) -> str:
        """`in 3 days`, `2 hours ago`, and nothing shorter than a minute: a page is not read by the second."""
        span = moment - now or -timedelta.resolution  # what is due at this moment was due a moment ago
        return format_timedelta(span, granularity="minute", add_direction=True, locale=self._locale)

    def _local(self, moment: datetime) -> str:
        """For the `datetime` attribute: local time with its offset."""
        return moment.astimezone(self._zone).isoformat(timespec="minutes")


@cache
def translations(folder: str, language: str) -> NullTranslations:
    """What the pages of a folder say in a language; nothing where they have no catalogue of it."""
    catalogue = files("communique") / "pages" / folder / f"{language}.po"
    if not catalogue.is_file():
        return NullTranslations()
    from babel.messages.mofile import write_mo  # who reads English waits for none of it
    from babel.messages.pofile import read_po

    compiled = BytesIO()
    write_mo(compiled, read_po(BytesIO(catalogue.read_bytes()), locale=language, abort_invalid=True))
    compiled.seek(0)
    return GNUTranslations(compiled)


def titled(name: str) -> str:
    """A name of a campaign file as a title: `tell-the-public` is `Tell the public`."""
    return sentence(name.replace("-", " ").replace("_", " "))


def channel_name(name: str, spelt: Mapping[str, str] = _SPELT) -> str:
    """A channel as people write it: `linkedin` is `LinkedIn`."""
    return spelt.get(name) or _SPELT.get(name) or titled(name)


def sentence(text: str) -> str:
    """The same, beginning with a capital."""
    return text[:1].upper() + text[1:]


def money(amount: Decimal, locale: Locale = Locale.parse(_ENGLISH, sep="-")) -> str:  # noqa: B008 - never changed
    """At least two decimals, and as many as it takes: `0.20`, `0.015`; with the sign that the locale has."""
    plain = f"{amount:.2f}" if amount == amount.quantize(_CENT) else f"{amount.normalize():f}"
    return plain.replace(".", get_decimal_symbol(locale))
