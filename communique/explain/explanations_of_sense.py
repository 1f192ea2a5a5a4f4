"""Explanations of what a text cannot mean, or was never meant to say: figures, days, links and words."""

from communique.explain.explanation import Explanation
from communique.problems import Severity

SENSE_CODES = {
    "reversed-range": Explanation(
        title="A range that ends before it begins",
        severity=Severity.WARNING,
        waivable=True,
        text="""
            From 18:00 to 16:00, or from 20 March to 5 March: one of the two is wrong, or they are
            exchanged. From the evening into the morning (22:00 to 02:00) is none of these, nor is what was
            moved from one time to another.
            """,
    ),
    "over-the-whole": Explanation(
        title="More than the whole of something",
        severity=Severity.WARNING,
        waivable=True,
        text="""
            130 % of the answers, or 40 of 30 seats: a part is never more than the whole. What grew may be
            (110 % of last year's budget): where the sentence says that something grew or is compared,
            nothing is said. Otherwise waive the check.
            """,
    ),
    "unclear-hour": Explanation(
        title="An hour that some read as another",
        severity=Severity.WARNING,
        waivable=True,
        text="""
            24:00 and 12 am belong to two days: write 23:59, which nobody takes for another day. 14:00 pm is
            two clocks at once. An hour with the short name of another zone (10:00 EST) is another hour
            here: say the one that clocks show here first.
            """,
    ),
    "pasted-words": Explanation(
        title="Words that were pasted along",
        waivable=True,
        text="""
            What a writing program says of itself (“as an AI language model”), a field of a form letter, or
            the head of a mail (From, Sent, Subject), was copied with the text. Delete it, and read the rest
            again: more may have come along.
            """,
    ),
    "still-open": Explanation(
        title="Something that is to be confirmed",
        severity=Severity.WARNING,
        waivable=True,
        text="""
            A place or a date was open when the text was written. Often it is known by now. If it is still
            open, and readers are to know, waive the check; the text is corrected once it is known.
            """,
    ),
    "secret-in-text": Explanation(
        title="A password, or the number of somebody's identity card",
        severity=Severity.WARNING,
        waivable=True,
        text="""
            Everybody who reads the text can use it, and pages are copied and kept by others. Send a
            password in a letter to those it is for. That of a room for a video meeting may be meant for
            all: then waive the check.
            """,
    ),
    "personal-data": Explanation(
        title="Addresses or numbers of private people",
        severity=Severity.WARNING,
        waivable=True,
        text="""
            Several e-mail addresses of the kind that people have at home, or several numbers of mobile
            telephones, stand in a text: a list of those invited was perhaps pasted along. Everybody who gets
            it has them then. Take them out. If the people agreed to it, waive the check.
            """,
    ),
    "doubled-paragraph": Explanation(
        title="A paragraph that stands twice",
        severity=Severity.WARNING,
        waivable=True,
        text="""
            The same paragraph comes again further down. Usually it was moved, and the old one stayed.
            Delete one of the two.
            """,
    ),
    "cut-off": Explanation(
        title="A sentence that breaks off",
        severity=Severity.WARNING,
        waivable=True,
        text="""
            A paragraph ends with a word that needs another one behind it, such as “the” or “of”, or without
            a full stop, where all others have one. Its end was lost, perhaps in copying it. Write it to its
            end.
            """,
    ),
    "day-by-today": Explanation(
        title="A day that is another one each day",
        severity=Severity.WARNING,
        waivable=True,
        text="""
            A page is read for weeks, and “tomorrow” is wrong from the second day on. Let a filter write the
            date: {{ facts.meeting.start | date }}. In mails and posts, which are read when they come, the
            word is all right.
            """,
    ),
    "another-day": Explanation(
        title="A day that is not the one of the campaign",
        severity=Severity.WARNING,
        waivable=True,
        text="""
            A sentence about the meeting, or about the last day to answer, names another day than the
            campaign has. Often the date was changed, and the text was not. Let a filter write it: {{
            facts.meeting.start | date }}. If another day is meant, waive the check.
            """,
    ),
    "another-place": Explanation(
        title="A room that is not the one of the campaign",
        severity=Severity.WARNING,
        waivable=True,
        text="""
            A text names a room, a floor or a house by another number than the place of the meeting has.
            Often the meeting was moved, and the text was not. Or a link opens a map of another town. Let the
            fact say it: {{ facts.meeting.place }}. If another place is meant, make it a fact as well, or waive
            the check.
            """,
    ),
    "another-person": Explanation(
        title="Somebody who does not hold that office",
        severity=Severity.WARNING,
        waivable=True,
        text="""
            A name stands right before an office (“…, Mayor of …”) that by the settings or the facts somebody
            else holds. Has one of the two left? Let name and office be filled in, and all texts change at
            once; or correct the settings.
            """,
    ),
    "misspelt-name": Explanation(
        title="A name that is spelt otherwise elsewhere",
        severity=Severity.WARNING,
        waivable=True,
        text="""
            It is one letter, or one accent, away from a name that the settings or the facts have. People
            see at once when their own name is wrong. Copy it, or let it be filled in. If it is somebody
            else, waive the check.
            """,
    ),
    "meetings-differ": Explanation(
        title="One meeting, told in two ways",
        severity=Severity.WARNING,
        waivable=True,
        text="""
            Two campaigns have a meeting with the same title at a milestone of the same name, and its day or
            its room is another one in each; or the process page names another room. People go where either
            of them says. Correct one, or give two meetings two titles.
            """,
    ),
    "day-is-over": Explanation(
        title="A day to come that is over",
        severity=Severity.WARNING,
        waivable=True,
        text="""
            A sentence says what will be, or until when, and its day or its year is over when the text goes
            out. Usually the text is last year's. Put in the new one, or let a filter write it.
            """,
    ),
    "internal-in-public": Explanation(
        title="What is meant for the house goes to the public",
        severity=Severity.WARNING,
        waivable=True,
        text="""
            An announcement goes to an audience of the role `internal`, and in the same words to newsrooms,
            subscribers, networks or the website. What is said to colleagues is rarely meant for all. Make
            two announcements of it, or waive the check.
            """,
    ),
    "no-fallback": Explanation(
        title="A name that not everybody has",
        severity=Severity.WARNING,
        waivable=True,
        text="""
            Some people of every list have no organisation: their mail would have a hole where it stands.
            Say what is written for them: {% if recipient.organisation %}…{% else %}…{% endif %}.
            """,
    ),
    "wordless-subject": Explanation(
        title="A subject or a post without words",
        severity=Severity.WARNING,
        waivable=True,
        text="""
            A subject or a post of signs or pictures alone says nothing to those who hear it, cannot be searched
            for, and is mistrusted by filters. Say in a few words what it is about.
            """,
    ),
    "no-attachment": Explanation(
        title="An attachment that is not there",
        severity=Severity.WARNING,
        waivable=True,
        text="""
            The text says that something is attached, and the mail carries nothing. Only an invitation to a
            meeting is attached (`invite:`). Publish the document, and link it: all find it, and filters do
            not mistrust it.
            """,
    ),
    "tracked-link": Explanation(
        title="A link that tells who has opened it",
        severity=Severity.WARNING,
        waivable=True,
        text="""
            Programs of mailings and networks hang `utm_source=`, `fbclid=` and the like on an address when
            it is copied from them, or put their own in its place (safelinks, google.com/url). They tell a
            third party who came from where. Delete the question mark and all behind it, or open the link and
            copy the address that you come to.
            """,
    ),
    "private-link": Explanation(
        title="A link that opens for some only",
        severity=Severity.WARNING,
        waivable=True,
        text="""
            A file in an office's cloud opens for those it was shared with: all others are asked to sign in.
            An address that ends with /edit may even let them change it. Publish the document on a website,
            and link that.
            """,
    ),
    "page-of-another-language": Explanation(
        title="A link to a page in another language",
        severity=Severity.WARNING,
        waivable=True,
        text="""
            The address of one of our pages was copied from the text of another language. Let the page be
            named, and each text leads to its own: {{ pages.process }}. If the words of the link name that
            language, nothing is said.
            """,
    ),
}
