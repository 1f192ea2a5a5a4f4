"""What an officer may write in a campaign file. The JSON Schema is generated from these models."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from communique.answering import AnswerStanding
from communique.localisation.localised import Language, Localised
from communique.moments import Every, Milestone, When, parse_every, parse_milestone, parse_when
from communique.proof import Evidence

#: A name in YAML: lower-case words joined by hyphens.
SLUG = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"

Slug = Annotated[str, Field(pattern=SLUG, max_length=64)]
FactName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=64)]

ShortText = Annotated[str, Field(min_length=1, max_length=200)]
Reason = Annotated[str, Field(min_length=8, max_length=500)]


def _parsed(parse: Any) -> BeforeValidator:
    """Text is parsed, values that are parsed already pass; a mapping is not taken for the parts of one."""

    def read(value: Any) -> Any:
        if isinstance(value, Mapping):
            return [value]  # which is neither a text nor a moment
        return parse(value) if isinstance(value, str) else value

    return BeforeValidator(read)


_WHEN_PATTERN = (
    r"^\s*(?:(?:[A-Za-z]{3,9},?\s+)?\d{4}-\d{1,2}-\d{1,2}(?:\s+at)?[\sT]+\d{1,2}:\d{2}(?::00)?"
    r"|[a-z][a-z0-9]*(?:-[a-z0-9]+)*"
    r"(?:\s*[+-]\s*\d{1,5}\s+(?:minutes?|hours?|days?|working\s+days?|weeks?|months?))?"
    r"(?:\s+at\s+\d{1,2}:\d{2})?)\s*$"
)
_EVERY_PATTERN = r"^\s*\d{1,5}\s+(?:days?|working\s+days?|weeks?|months?)(?:\s+until\s+[a-z][a-z0-9-]*)?\s*$"
_MILESTONE_PATTERN = (
    r"^\s*(?:unknown|(?:[A-Za-z]{3,9},?\s+)?\d{4}-\d{1,2}-\d{1,2}"
    r"(?:[\sT]+\d{1,2}:\d{2}(?::00)?(?:\s+to\s+\d{1,2}:\d{2})?)?)\s*$"
)

WhenField = Annotated[When, _parsed(parse_when), WithJsonSchema({"type": "string", "pattern": _WHEN_PATTERN})]
EveryField = Annotated[Every, _parsed(parse_every), WithJsonSchema({"type": "string", "pattern": _EVERY_PATTERN})]
MilestoneField = Annotated[
    Milestone, _parsed(parse_milestone), WithJsonSchema({"type": "string", "pattern": _MILESTONE_PATTERN})
]


class Announcement(BaseModel):
    """One thing said once, or, with `every`, again and again."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    title: Localised | None = Field(
        default=None,
        description="What officers read in the place of its name, as a text or one per language: "
        "`{es: Se informa al público}`. Readers never see it.",
        examples=["Tell the public"],
    )
    when: WhenField = Field(
        description="When it goes out: a local date and time (`2026-12-01 10:00`), or a milestone, counted from or "
        "not: "
        "`acceptance`, `acceptance + 2 hours`, `kickoff - 7 days at 09:00`, `acceptance + 1 working day at 10:00`. "
        "Units: minutes, hours, days, working days, weeks, months.",
        examples=["acceptance + 1 working day at 10:00"],
    )
    every: EveryField | None = Field(
        default=None,
        description="Repeats it at this interval from `when` on, until a milestone if one is named: "
        "`3 months until plan-published`. Each occurrence is approved on its own.",
    )
    to: tuple[Slug, ...] = Field(
        default=(),
        description="Audiences it is written to, by their names in config/settings.yaml. Needed for e-mail; channels "
        "that everybody can see, and the newsletter, need none.",
    )
    through: tuple[Slug, ...] = Field(
        min_length=1,
        description="Channels it goes through, by their names in config/settings.yaml: `[email, website, x]`.",
    )
    after: Slug | tuple[Slug, ...] | None = Field(
        default=None,
        description="Gate: waits until the named announcement (or each of a list) of this campaign is finished.",
    )
    unless: Slug | None = Field(
        default=None,
        description="Name of a milestone of this campaign: from that moment on it goes no more, as when the meeting "
        "that it tells of is called off.",
    )
    not_after: WhenField | None = Field(
        default=None,
        description="Too late after this moment: what has not gone by then is counted as missed. Written like `when`. "
        "It ends a series. Default: the late window of config/settings.yaml.",
    )
    embargo: WhenField | None = Field(
        default=None,
        description="Before this moment, written like `when`, the media are not to publish it. Until then it goes "
        "only to audiences that the settings trust (`trusted_with_embargo: true`).",
    )
    about: Slug | None = Field(
        default=None,
        description="For a release to the media: the announcement of this campaign that it tells newsrooms of. On the "
        "website, the page of each leads to the other's.",
    )
    document: Evidence | None = Field(
        default=None,
        description="The document that its readers are told to read, as `shows:` of config/process.yaml calls it: "
        "forum-rules, endorsement, plan or monitoring-report. `check` says when it is not public by then.",
    )
    invite: FactName | None = Field(
        default=None,
        description="Name of the fact that is a meeting (it has `at:`): mails carry its calendar invitation, and a "
        "link by which each reader answers.",
    )
    cancel: FactName | None = Field(
        default=None,
        description="Name of the fact that is a meeting which is called off: mails carry the cancellation for "
        "calendars, and go to those of `to` alone who were invited.",
    )
    only: Mapping[FactName, AnswerStanding] = Field(
        default={},
        max_length=1,
        description="Of the people in `to`, only those who stand so towards a meeting: `{meeting: not-answered}`, "
        "`{meeting: coming}` or `{meeting: invited}`. Looked at when it is due, and once more for each person right "
        "before their copy goes.",
    )
    languages: tuple[Language, ...] | None = Field(
        default=None,
        min_length=1,
        description="Languages of this announcement, if fewer than the campaign's.",
    )
    in_doubt: Literal["strict", "resend"] | None = Field(
        default=None,
        description="What happens to a mail that may have gone out when a connection broke: `strict` leaves it to a "
        "person, `resend` sends it once more with the same Message-ID. Default: the channel's own rule.",
    )
    waive: Mapping[Slug, Reason] = Field(
        default={},
        description="Checks that do not apply here, each with the reason that goes on record: "
        "`public-before-promoters: The promoters were told by telephone on Friday.`",
    )

    @property
    def gates(self) -> tuple[str, ...]:
        """Names of the announcements that must be finished first."""
        if self.after is None:
            return ()
        return (self.after,) if isinstance(self.after, str) else self.after


class Campaign(BaseModel):
    """A campaign file of Communiqué: announcements around milestones."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    campaign: Slug = Field(
        description="The campaign's name: the same as the file's, without `.yaml`. Lower-case words joined by hyphens."
    )
    title: ShortText | Annotated[Mapping[Language, ShortText], Field(min_length=1)] = Field(
        description="What officers see on the desk and in a rehearsal, as a text or one per language they read: "
        "`{es: Ingreso en la Alianza, en: Joining the Partnership}`."
    )
    author: str | tuple[str, ...] | None = Field(
        default=None,
        description="Who edits this campaign, one name or a list. Where two approvals are asked, an author's own does "
        "not count.",
    )
    languages: tuple[Language, ...] = Field(
        min_length=1,
        description="Languages every announcement is written in, the first one is the default: `[es, en]`.",
    )
    milestones: Mapping[Slug, MilestoneField] = Field(
        default={},
        description="Named moments that announcements are counted from: a date (`2026-12-01`), with a time, with an "
        "end "
        "(`2026-12-15 10:00 to 12:00`), or `unknown`: nothing counted from it is scheduled, and the plan says so.",
    )
    milestone_titles: Mapping[Slug, Localised] = Field(
        default={},
        description="What officers read in the place of a milestone's name, as a text or one per language: "
        "`{kickoff: {es: Reunión de arranque}}`. Readers never see it.",
    )
    facts: Mapping[FactName, Any] = Field(
        default={},
        description="What every text may say, written once: `{{ facts.meeting.place }}`. A text may be given per "
        "language (`es: …`, `en: …`). A fact with `at: MILESTONE` is a meeting and gets `start` and `end`.",
    )
    announcements: Mapping[Slug, Announcement] = Field(
        min_length=1, description="What is said, by name. The name is the folder of its templates."
    )
    waive: Mapping[Slug, Reason] = Field(
        default={}, description="Checks that do not apply to this whole campaign, each with the reason."
    )

    @property
    def authors(self) -> tuple[str, ...]:
        """Everybody who edits it."""
        return (self.author,) if isinstance(self.author, str) else self.author or ()

    def called(self, language: str) -> str:
        """Its title, in a language if it has that one; else in the campaign's own, or in the first there is."""
        if isinstance(self.title, str):
            return self.title
        known = (each for each in (language, *self.languages, *self.title) if each in self.title)
        return self.title[next(known)]

    def title_of(self, announcement: str, language: str) -> str:
        """What officers who read a language call an announcement; empty where the file does not say."""
        found = self.announcements.get(announcement)
        return _in_language(found.title if found is not None else None, language)

    def milestone_title(self, milestone: str, language: str) -> str:
        """The same of a milestone."""
        return _in_language(self.milestone_titles.get(milestone), language)

    def meeting(self, fact: str) -> str:
        """Identity of the meeting that a fact is, the same in every campaign; empty when it is none.

        The milestone names the meeting, so that two campaigns which invite to it mean the same one.
        """
        value = self.facts.get(fact)
        return f"{value['at']}.{fact}" if isinstance(value, Mapping) and "at" in value else ""

    def meetings(self, language: str) -> Mapping[str, str]:
        """By identity, what officers who read a language call its meetings: as readers of it do, if there are any."""
        found = {}
        for name, value in self.facts.items():
            if meeting := self.meeting(name):
                title = value.get("title", meeting)
                if isinstance(title, Mapping):
                    title = next((title[each] for each in (language, *self.languages) if each in title), meeting)
                found[meeting] = str(title)
        return found

    def languages_of(self, announcement: str) -> tuple[str, ...]:
        """The languages one announcement is said in."""
        return self.announcements[announcement].languages or self.languages


def _in_language(title: str | Mapping[str, str] | None, language: str) -> str:
    return title.get(language, "") if isinstance(title, Mapping) else title or ""
