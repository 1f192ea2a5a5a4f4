"""Explanations of what makes texts hard to read, or mails mistrusted."""

from communique.explain.explanation import Explanation
from communique.problems import Severity

READING_CODES = {
    "long-sentence": Explanation(
        title="A sentence is long",
        text="""
            Who reads in a hurry, in a second language or with a screen reader loses a long sentence before its end. The
            rule is 25 words in English and 30 in the other languages. An item of a list counts by itself, and an
            address is one word.
            """,
        example="""
            wrong:  The proposals that were sent in until May will be looked at in June by the forum, which ...
            right:  The forum looks at all proposals in June. It ...
            """,
        severity=Severity.WARNING,
    ),
    "vague-link": Explanation(
        title="A link does not say where it leads",
        text="""
            Screen readers can list a page's links by themselves: ten times “here” tells nobody anything (WCAG 2.2,
            2.4.4).
            """,
        example="""
            wrong:  Read the agenda [here](https://…).
            right:  Read [the agenda](https://…).
            """,
        severity=Severity.WARNING,
    ),
    "link-shows-another": Explanation(
        title="A link shows another address than it leads to",
        text="""
            That is how frauds are written: the words show the address of a bank, and the link leads elsewhere. Mail
            filters count it, and readers are right to mistrust it. Show the address that it leads to, or words.
            """,
        severity=Severity.WARNING,
    ),
    "shortened-link": Explanation(
        title="A shortened address",
        text="""
            Services that shorten addresses hide where a link leads, may count who follows it, and end one day. Filters
            mistrust them, because frauds use them.
            """,
        severity=Severity.WARNING,
    ),
    "heading-skipped": Explanation(
        title="A level of headings is left out",
        text="""
            People who hear a page go from heading to heading, and a level that is missing sounds like a part that they
            have missed. Below the headline (level 1) comes ## (level 2), below that ###.
            """,
        severity=Severity.WARNING,
    ),
    "mail-clipped": Explanation(
        title="Gmail hides the end of the mail",
        text="""
            Gmail shows 102 KB of a mail's HTML, and the rest behind a link that few find; the way to unsubscribe, at
            the end, is hidden with it. Pictures do not count. Put the details on the page, and link to it.
            """,
        severity=Severity.WARNING,
    ),
    "shouting-subject": Explanation(
        title="A subject shouts",
        text="""
            Capitals throughout, or more than one exclamation mark, are counted by nearly every spam filter, and read
            by many people as shouting. Write the subject as a sentence that says what the mail is about.
            """,
        severity=Severity.WARNING,
    ),
    "heavy-picture": Explanation(
        title="A picture is heavy",
        text="""
            Up to 600 KB load in three seconds on a phone with a poor connection. A picture 1200 pixels wide, as JPEG of
            usual quality, has a third of that.
            """,
        severity=Severity.WARNING,
    ),
}
