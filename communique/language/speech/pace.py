"""How fast texts are read on the radio, in words a minute.

How many words a minute readers say aloud differs from language to language, because words do: the International
Reading Speed Texts measured it for 17 languages (Trauzettel-Klosinski and Dietz, Invest. Ophthalmol. Vis. Sci. 2012;
53:5452, doi:10.1167/iovs.11-8284, table 2), with 436 readers of 18 to 35 years and a mean of 184. The figures for each
language are those that Yoast SEO has from the same paper; the mean is the paper's own. Announcers are slower than
those readers: 160 words a minute for English is a custom of stations, and no measurement; it is 0.7 of the 228 that
were measured. (Brysbaert, J. Mem. Lang. 2019, doi:10.1016/j.jml.2019.104047, has 183 for English over 77 studies of
reading aloud.) The others keep that proportion, and a language that was not measured has the mean's.
"""

from collections.abc import Mapping
from types import MappingProxyType

_READ_ALOUD: Mapping[str, int] = MappingProxyType(
    {
        "ar": 138,
        "de": 179,
        "en": 228,
        "es": 218,
        "fi": 161,
        "fr": 195,
        "he": 187,
        "it": 188,
        "nl": 202,
        "pl": 166,
        "pt": 181,
        "ru": 184,
        "sl": 180,
        "sv": 199,
        "tr": 166,
    }
)
_MEAN = 184  #: of the languages that were measured
_OF_AN_ANNOUNCER = 0.7


def words_per_minute(language: str, said: Mapping[str, int]) -> int:
    """Of a language; what the settings have `said` comes first, for the language or for its main one."""
    main = language.partition("-")[0]
    known = said.get(language) or said.get(main)
    return known or round(_READ_ALOUD.get(main, _MEAN) * _OF_AN_ANNOUNCER)
