"""What `communique explain CODE` says: every code of a problem, what it means, why it matters, an example."""

from collections.abc import Mapping
from types import MappingProxyType

from communique.explain.explanation import Explanation
from communique.explain.explanations_of_campaigns import CAMPAIGN_CODES
from communique.explain.explanations_of_files import FILE_CODES
from communique.explain.explanations_of_links import LINK_CODES
from communique.explain.explanations_of_mails import MAIL_CODES
from communique.explain.explanations_of_people import PEOPLE_CODES
from communique.explain.explanations_of_pictures import PICTURE_CODES
from communique.explain.explanations_of_press import PRESS_CODES
from communique.explain.explanations_of_process import PROCESS_CODES
from communique.explain.explanations_of_reading import READING_CODES
from communique.explain.explanations_of_sense import SENSE_CODES
from communique.explain.explanations_of_slips import SLIP_CODES
from communique.explain.explanations_of_speech import SPEECH_CODES
from communique.explain.explanations_of_texts import TEXT_CODES

CODES: Mapping[str, Explanation] = MappingProxyType(
    {
        **FILE_CODES,
        **CAMPAIGN_CODES,
        **TEXT_CODES,
        **SPEECH_CODES,
        **PICTURE_CODES,
        **PEOPLE_CODES,
        **PROCESS_CODES,
        **PRESS_CODES,
        **READING_CODES,
        **LINK_CODES,
        **MAIL_CODES,
        **SLIP_CODES,
        **SENSE_CODES,
    }
)
