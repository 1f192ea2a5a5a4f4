"""What `config/process.yaml` may say: everything on the process page that is no announcement."""

import re
from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from communique.campaign import SLUG
from communique.localisation.localised import Language, Localised
from communique.proof import Evidence

_MILESTONE = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*/[a-z][a-z0-9-]*$")]
_ANNOUNCEMENT = Annotated[str, Field(pattern=rf"{SLUG[:-1]}/{SLUG[1:]}")]
#: Where documents lie in a workspace.
DOCUMENTS = "config/documents/"
#: What documents may be, by the ending of their names. Nothing that a browser would run as a page of ours.
DOCUMENT_KINDS = ("pdf", "odt", "ods", "odp", "docx", "xlsx", "pptx", "csv", "txt", "png", "jpg")
DOCUMENT_NAME = re.compile(rf"^[A-Za-z0-9][A-Za-z0-9._-]*\.(?:{'|'.join(DOCUMENT_KINDS)})$")
_DOCUMENT = Annotated[str, Field(pattern=DOCUMENT_NAME.pattern)]
_LINK = Annotated[str, Field(pattern=r"^https://[^\s<>]+$")]


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class OutlinedStage(_Model):
    """One step of the process."""

    name: Localised = Field(description="What the public reads.")
    begins: _MILESTONE = Field(alias="from", description="The milestone it begins at: `campaign/milestone`.")


class OutlinedDate(_Model):
    """A date to keep free."""

    name: Localised = Field(description="What the public reads.")
    milestone: _MILESTONE = Field(description="The milestone it stands for: `campaign/milestone`.")
    place: Localised = Field(default="", description="Where to go, in a few words.")
    agenda: bool = Field(
        default=False, description="Whether its page shows the agenda: the fact `agenda` of the campaign it is in."
    )
    minutes: _ANNOUNCEMENT | None = Field(
        default=None,
        description="The announcement with its minutes, `campaign/announcement`; shown from when that is published.",
    )
    called_off: _MILESTONE | None = Field(
        default=None, description="The milestone from which on it is called off: `campaign/milestone`."
    )


class OutlinedDocument(_Model):
    """A file of `config/documents/` that everybody may take."""

    file: _DOCUMENT = Field(description="Its name in `config/documents/`, which is also its name on the website.")
    title: Localised = Field(description="What the public reads.")
    published: date = Field(description="The day from which it is public: `2027-02-01`.")
    language: Language = Field(description="The language it is written in.")
    meeting: _MILESTONE | None = Field(
        default=None, description="The meeting it prepares or records, by its milestone: `campaign/milestone`."
    )
    shows: Evidence | None = Field(
        default=None,
        description="What it proves: forum-rules, endorsement (non-governmental members back the plan), plan, or "
        "monitoring-report.",
    )


class Sector(StrEnum):
    """On whose side a member of the forum sits."""

    GOVERNMENT = "government"
    NON_GOVERNMENT = "non-government"


class OutlinedMember(_Model):
    """Who sits in the forum: an office or an organisation."""

    name: Localised = Field(description="What the public reads.")
    sector: Sector = Field(description="government or non-government.")


class OutlinedForum(_Model):
    """The multi-stakeholder forum, which oversees the process."""

    text: Localised = Field(description="What it does, and how one becomes a member.")
    members: tuple[OutlinedMember, ...] = Field(default=(), description="Offices and organisations in it.")


class OutlinedMonitoring(_Model):
    """The local monitoring body, which is independent."""

    name: Localised = Field(description="What the public reads.")
    text: Localised = Field(description="What it looks at, and when its reports come.")
    website: _LINK | None = Field(default=None, description="Where more about it is: an address with https://.")


class OutlinedWay(_Model):
    """A way to take part."""

    name: Localised = Field(description="What one can do: `Send a proposal`.")
    text: Localised = Field(default="", description="How, in a sentence or two.")
    link: _LINK | None = Field(default=None, description="Where: an address with https://.")
    opens: _MILESTONE | None = Field(default=None, alias="from", description="The milestone it opens at.")
    closes: _MILESTONE | None = Field(default=None, alias="until", description="The milestone it closes at.")
    stage: _MILESTONE | None = Field(
        default=None,
        description="Instead of both: the stage it belongs to, by the milestone that stage begins at; it is open as "
        "long as that is the current one.",
    )


class ProcessOutline(_Model):
    """What the process page shows besides announcements, in order."""

    stages: tuple[OutlinedStage, ...] = Field(default=(), description="Stages, the first one first.")
    dates: tuple[OutlinedDate, ...] = Field(default=(), description="Dates to keep free, the earliest first.")
    ways: tuple[OutlinedWay, ...] = Field(default=(), description="Ways to take part, the most important first.")
    commitments: _MILESTONE | None = Field(
        default=None,
        description="The milestone from which on commitments are shown, `campaign/milestone`: they are the fact "
        "`commitments` of that campaign.",
    )
    documents: tuple[OutlinedDocument, ...] = Field(default=(), description="Files of `config/documents/`.")
    forum: OutlinedForum | None = Field(default=None, description="The multi-stakeholder forum.")
    monitoring: OutlinedMonitoring | None = Field(default=None, description="The local monitoring body.")
    reasoned_response: _ANNOUNCEMENT | None = Field(
        default=None,
        description="The announcement that says what became of proposals, and why: `campaign/announcement`.",
    )
