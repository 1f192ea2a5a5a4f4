"""Explanations of slips of the pen and of the keyboard: words, signs, dates and hours as they were typed."""

from communique.explain.explanation import Explanation
from communique.problems import Severity

SLIP_CODES = {
    "ambiguous-date": Explanation(
        title="A date in figures that is two days",
        severity=Severity.WARNING,
        waivable=True,
        text="""
            12/01/2026 is 12 January in most countries and 1 December in others, and one text is read in several. Write
            the name of the month, or let a filter do it; each language then has its own words.
            """,
        example="""
            wrong:  on 12/01/2026
            right:  on {{ milestones.kickoff.start | date }}
            """,
    ),
    "no-such-hour": Explanation(
        title="An hour that no clock shows",
        waivable=True,
        text="""
            Days have hours from 00:00 to 23:59. Let a filter write the hours of the campaign:
            {{ facts.meeting.start | time }}. If the figures are no hour (a score, a verse), waive the check.
            """,
    ),
    "another-hour": Explanation(
        title="An hour that the campaign does not have",
        severity=Severity.WARNING,
        waivable=True,
        text="""
            A text about a meeting says an hour that is neither in the milestones nor in the facts. Often the meeting
            was moved, and the text was not. Let a filter write it: {{ facts.meeting.start | time }}. The hour of
            something else, such as the doors, belongs into the facts: then every text says the same.
            """,
        example="""
            milestones: {kickoff: 2026-12-15 19:00 to 21:00}
            wrong:      Come at 18:00.
            right:      Come at {{ facts.meeting.start | time }}.
            """,
    ),
    "another-year": Explanation(
        title="A day of the campaign in another year",
        severity=Severity.WARNING,
        waivable=True,
        text="""
            A text names a day of the campaign, but of another year. Often it was copied from last year's. Let a filter
            write dates: {{ milestones.kickoff.start | date }}. If the other year is meant, waive the check.
            """,
    ),
    "doubled-word": Explanation(
        title="A word that stands twice",
        severity=Severity.WARNING,
        waivable=True,
        text="""
            “The the”: one is too many. It may come from a fact that begins with the word before it, as in
            “at the {{ facts.meeting.place }}” with a place called “the Town Hall”.
            """,
    ),
    "another-language": Explanation(
        title="A text in the folder of another language",
        severity=Severity.WARNING,
        waivable=True,
        text="""
            A paragraph has the small words of another language, and none of its own. Usually a text was saved in the
            wrong folder, or two were exchanged. What is meant to be in another language, such as a long quotation, can
            be waived.
            """,
    ),
    "open-mark": Explanation(
        title="Marks of bold type that readers would see",
        waivable=True,
        text="""
            Bold words have two stars on both sides, with no space within. Where one pair is missing, all readers see
            the other. Posts and scripts know no bold type: leave the marks out there.
            """,
        example="""
            wrong:  **Come** and **tell us
            right:  **Come** and **tell us**
            """,
    ),
    "open-sign": Explanation(
        title="A bracket or quotation mark without its partner",
        severity=Severity.WARNING,
        waivable=True,
        text="""
            A paragraph opens a bracket or a quotation that it does not close; in Spanish also a question or a call that
            has one of its two marks. Add the other.
            """,
    ),
    "stray-sign": Explanation(
        title="A sign too many, or away from its word",
        severity=Severity.WARNING,
        waivable=True,
        text="""
            A comma or full stop stands next to the word before it, and once. Several exclamation marks look like
            advertising, to readers and to filters.
            """,
    ),
    "letter-in-number": Explanation(
        title="A letter O in a number",
        severity=Severity.WARNING,
        waivable=True,
        text="""
            It looks like a zero, and is none: who listens to a page hears the letter, and no telephone dials it. Type
            the zero.
            """,
    ),
    "all-capitals": Explanation(
        title="Words in capitals",
        severity=Severity.WARNING,
        waivable=True,
        text="""
            Whole lines in capitals are hard to read, some screen readers spell them, and filters take them for
            advertising. Write **bold**, or a heading (## Words).
            """,
    ),
    "markdown-slip": Explanation(
        title="A line that Markdown takes for something else",
        severity=Severity.WARNING,
        waivable=True,
        text="""
            A heading is `## Words`, with a space. A list has `- ` before each item, and nothing else. A line of hyphens
            right below words makes a heading of them, and four spaces before words make small letters of one width.
            Pictures stand at the top of the text: `image:` and `alt:`.
            """,
    ),
    "bare-address": Explanation(
        title="An address that nobody can follow",
        severity=Severity.WARNING,
        waivable=True,
        text="""
            An address in the middle of a text is shown as words, not as a link: readers would have to copy it. Write
            what is there, and behind it the address.
            """,
        example="""
            wrong:  See https://open.example.org/plan.
            right:  See [the action plan](https://open.example.org/plan).
            """,
    ),
    "poor-alt": Explanation(
        title="A picture's description that describes nothing",
        severity=Severity.WARNING,
        waivable=True,
        text="""
            Who does not see the picture gets `alt:` in its place. The name of its file, or that it is a photo, tells
            them nothing. Say in a sentence what is to be seen.
            """,
    ),
    "odd-hour": Explanation(
        title="An odd hour",
        severity=Severity.WARNING,
        waivable=True,
        text="""
            A meeting begins, or a mail or letter to people goes out, in the night; or a meeting takes a few minutes, or
            the whole day and the evening. Usually 3:00 was written for 15:00, or 22:00 for 12:00. Hours go from 00:00
            to 23:59. A meeting without an hour begins when a day starts (`day_starts:` in the settings).
            """,
    ),
    "unlikely-year": Explanation(
        title="A milestone in a year that is hardly meant",
        severity=Severity.WARNING,
        waivable=True,
        text="""
            The day is long past, and nothing that is counted from it ever went out; or it is more than five years
            ahead. In the first weeks of a year the old one is easily written. Nothing of a past that is longer ago than
            the late window goes out any more.
            """,
    ),
    "deadline-is-over": Explanation(
        title="Answers are asked for until a day that is past",
        severity=Severity.WARNING,
        waivable=True,
        text="""
            `rsvp_by` is the last day to say whether one comes. The invitation goes out on that day or after it, so
            hardly anybody could keep it. Correct the day, or its year. Where the meeting has moved, move this day, too.
            """,
    ),
}
