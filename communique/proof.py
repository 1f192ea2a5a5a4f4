"""What a document proves to whoever monitors the process."""

from enum import StrEnum


class Evidence(StrEnum):
    """By the name that officers write: `shows: plan` of a document, `document: plan` of an announcement."""

    RULES = "forum-rules"  #: how the forum works
    ENDORSEMENT = "endorsement"  #: non-governmental members back the plan
    PLAN = "plan"
    REPORT = "monitoring-report"
