"""Explanations of what is wrong with what would be said: facts, texts, translations."""

from communique.explain.explanation import Explanation
from communique.problems import Severity

TEXT_CODES = {
    "missing-translation": Explanation(
        title="A text lacks a language",
        text="""
            Every announcement is said in every language of the campaign, or says itself which it speaks. A language
            that is missing would leave people with a blank, or with a text they cannot read; it is never replaced
            silently by another language.
            """,
        example="""
            wrong:  place: {es: Sala 2}                       (languages: [es, en])
            right:  place: {es: Sala 2, en: Room 2}
            """,
    ),
    "missing-template": Explanation(
        title="A text has not been written",
        text="""
            The words of an announcement are in templates/CAMPAIGN/ANNOUNCEMENT/LANGUAGE/: article.md for mail, page,
            feed and newsletter, social.txt for networks. One that is needed is not there.
            """,
    ),
    "template-failed": Explanation(
        title="A text cannot be filled in",
        text="""
            A value cannot be shown as it is: a moment without a filter that says how to write it, or a list or a
            group of facts where a text is due. It is found before anything goes out, for every reader.
            """,
        example="""
            wrong:  {{ facts.meeting.start }}
            right:  {{ facts.meeting.start | weekday_date }}
            """,
    ),
    "template-syntax": Explanation(
        title="A template is not closed, or not written as one",
        text="""
            Something between `{{` and `}}` or `{%` and `%}` cannot be read: a bracket is missing, an `if` or `for`
            has no `endif` or `endfor`, or a word stands where none belongs. Nothing is sent with it.
            """,
        example="""
            wrong:  {% if facts.meeting.access %}{{ facts.meeting.access }}
            right:  {% if facts.meeting.access %}{{ facts.meeting.access }}{% endif %}
            """,
    ),
    "template-forbidden": Explanation(
        title="A template says more than it may",
        text="""
            Texts may show values, pass them through filters, ask `if` and go through lists with `for`. Calls, macros,
            `range`, multiplication and more than two loops inside one another are refused, so that no text can run
            for ever or grow without end.
            """,
        example="""
            wrong:  {% for row in range(99999) %}…{% endfor %}
            right:  {% for row in facts.agenda %}…{% endfor %}
            """,
    ),
    "deadline-after-meeting": Explanation(
        title="Answers are asked for until after the meeting",
        waivable=True,
        text="""
            `rsvp_by` is the last day to say whether one comes; here it is later than the meeting. Usually the
            meeting was moved and the last day was not.
            """,
    ),
    "stale-translation": Explanation(
        title="A translation older than its original",
        severity=Severity.WARNING,
        waivable=True,
        text="""
            Since the announcement was last approved, the text in its first language was changed, and the one in another
            language was not. Often only one was corrected. Translate what changed; if the change needs none (a slip of
            the pen), approve the announcement as it is, or waive the check. What was never approved is not compared.
            """,
    ),
    "left-untranslated": Explanation(
        title="Words left in another language",
        severity=Severity.WARNING,
        waivable=True,
        text="""
            A line of a text, or a fixed phrase, has four words or more, and stands word for word in another language:
            it was copied and not translated yet. Translate it. Where a line is meant to be the same (a motto, the name
            of a programme), waive the check.
            """,
    ),
    "empty-text": Explanation(
        title="A text is empty",
        text="""
            The file is there and says nothing. Write the text, or delete the file and take its language or channel off
            the announcement.
            """,
    ),
    "html-in-text": Explanation(
        title="HTML in a text",
        waivable=True,
        text="""
            Texts are Markdown. HTML is not carried out: readers would see the tags themselves. It comes along when a
            text is pasted from a web page or a mail.
            """,
        example="""
            <b>Come</b> and <a href="https://open.example.org">tell us</a>.     shown with its tags
            **Come** and [tell us](https://open.example.org).                  shown as it is meant
            """,
    ),
    "broken-link": Explanation(
        title="A link that leads nowhere",
        waivable=True,
        text="""
            A link is written [words](https://address), with nothing between the brackets. An address without https://
            means a page beside the one it stands on, which a mail does not have; nor has it a place that `#words` could
            lead to. Behind `mailto:` stands a whole e-mail address, behind `tel:` digits. A page of our own website
            that no announcement makes is a warning.
            """,
    ),
    "refused-by-channel": Explanation(
        title="The channel would refuse it",
        text="""
            A network takes no longer text, or wants a description of the picture, or does not take such an address.
            The message says what, in the channel's own terms; it is asked before anything goes out.
            """,
    ),
    "dates-differ": Explanation(
        title="Two languages say different dates",
        waivable=True,
        text="""
            The same announcement names a date in one language that it does not name in another. Usually one of them
            was not changed when the date moved. Let a filter write dates: {{ facts.meeting.start | date }}.
            """,
    ),
    "languages-differ": Explanation(
        title="A translation says more or less than the original",
        waivable=True,
        text="""
            It has more or fewer headings, items of a list or quotations than the text in the first language, or a
            number or link that is in only one of them. Usually a part was added to the original later, or left out in
            a hurry. What is meant so can be waived.
            """,
    ),
    "no-such-day": Explanation(
        title="A date that there is not",
        text="""
            The month has no such day: 31 November. Whoever reads it comes on another one, or not at all. Let a filter
            write dates: {{ facts.meeting.start | date }}.
            """,
    ),
    "behind-more": Explanation(
        title="What readers need stands behind “more”",
        waivable=True,
        severity=Severity.WARNING,
        text="""
            Networks fold a long post: LinkedIn after some 210 characters, Facebook after some 480, on a telephone
            earlier. Few readers ask for more. The link, a date if the post names any, and the place of a meeting if it
            names it have to stand before the fold. Say first what happens, when and where, then give the link, and tell
            the rest below it.
            """,
        example="""
            wrong:  Many of you have asked what comes next. … We meet on 9 February in the Town Hall: {{ link }}
            right:  We meet on 9 February in the Town Hall: {{ link }} Many of you have asked what comes next. …
            """,
    ),
    "meeting-in-the-past": Explanation(
        title="An invitation to a meeting that is over",
        text="""
            When this invitation goes out, the meeting has begun. Correct the milestone's date, or send the
            invitation earlier.
            """,
    ),
    "meeting-without-date": Explanation(
        title="An invitation to a meeting without a date",
        text="""
            The milestone that the meeting is counted from is still unknown, so the invitation would say no time. It
            waits until the milestone is declared.
            """,
    ),
    "missing-front-matter": Explanation(
        title="A text has no head",
        text="""
            article.md begins with a few lines between `---` and `---`: the headline, the summary, for mails the
            greeting. Headline and summary are always needed: pages, feeds and mails are known by them.
            """,
    ),
    "placeholder-left": Explanation(
        title="A placeholder was left in",
        waivable=True,
        text="""
            Words such as xx, TBD, TODO:, (mention location) or {{ … }} stand for words still to come. Readers would
            get them as they are. Put in what they stand for, or write what you know: "the place will follow".
            """,
    ),
    "text-too-long": Explanation(
        title="A text is too long",
        waivable=True,
        text="""
            A fact may have 5,000 characters, a list of facts 200 entries; a post as much as its network takes. What
            is longer belongs in an article.
            """,
    ),
    "agenda-minutes": Explanation(
        title="A row of the agenda has no minutes",
        text="""
            Every row of `agenda` says how long it takes, as a whole number: `minutes: 15`. From these the times of
            the meeting are made.
            """,
    ),
    "agenda-sum": Explanation(
        title="The agenda does not add up",
        severity=Severity.WARNING,
        waivable=True,
        text="""
            The minutes of the rows have another sum than agenda_minutes says. Whoever chairs the meeting will run
            out of time, or end early. Correct a row or the sum.
            """,
    ),
    "too-many-commitments": Explanation(
        title="More than five commitments",
        waivable=True,
        text="""
            An action plan of OGP Local has at most five commitments. To promise more in public raises hopes that the
            process cannot meet. If the rule of your call is another, waive the check and say why.
            """,
    ),
    "unapproved-quotation": Explanation(
        title="A quotation that nobody has approved",
        text="""
            A fact whose name ends in `quote` puts words in a person's mouth. It needs `approved_by`, and should have
            `approved_on`, a day before it goes out. Ask the person, show the exact words in every language, then write
            it down. In a release to the media every quotation comes from such a fact, and has its `approved_on`.
            """,
        example="""
            mayor_quote:
              approved_by: Elena Robles
              approved_on: 2027-01-11
              text: Open government means listening before we decide.
            """,
    ),
    "name-of-another-language": Explanation(
        title="An official name of another language",
        severity=Severity.WARNING,
        waivable=True,
        text="""
            The Partnership, the action plan and the forum have an official name in each language, which
            config/glossary.yaml holds. This text says one in the words of another language, as happens when a paragraph
            is copied before it is translated. Let the glossary say it. If the other name is meant, for instance to
            explain an abbreviation, waive the check with that reason.
            """,
        example="""
            wrong:  Puerto Claro se une a la Open Government Partnership.
            right:  Puerto Claro se une a la {{ partnership.name }}.
            """,
    ),
}
