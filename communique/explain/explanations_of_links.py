"""Explanations of addresses that lead nowhere, and of what was copied from elsewhere."""

from communique.explain.explanation import Explanation
from communique.problems import Severity

LINK_CODES = {
    "test-address": Explanation(
        title="An address that only some can open",
        text="""
            `localhost`, names such as `.local` and private numbers lead to a machine in an office: whoever reads the
            mail at home sees an error. An address that sounds like a trial system (`staging.…`) is a warning: it may be
            public today, and gone when the mail is read.
            """,
        example="""
            wrong:  [the form](http://localhost:8080/form)
            right:  [the form](https://www.puertoclaro.example.org/form)
            """,
    ),
    "mistyped-address": Explanation(
        title="An e-mail address that is probably mistyped",
        text="""
            It is one slip of the fingers away from a domain that many people have, or from an address, a website or an
            account of our own: `gmial.com`. Mail to it is lost, or read by somebody who has bought that name for it. If
            it is right, leave it.
            """,
        severity=Severity.WARNING,
    ),
    "mistyped-number": Explanation(
        title="A number of a telephone or an account, with a digit missing or one too many",
        text="""
            It is the number of the settings (`government: contact: phone`) but for one digit more or less, or it has
            not as many digits as all numbers of its country, or it is an account (IBAN) whose check digits do not
            fit. Who dials it reaches nobody, or a stranger. If it is another number of yours and right, leave it.
            """,
        severity=Severity.WARNING,
    ),
    "name-of-another-town": Explanation(
        title="The name of another town",
        text="""
            A text that was copied from another town, or from the campaigns that come with the program, still names it.
            Let the settings say who speaks: `{{ government.name }}`, `{{ government.place }}`. If the other town is
            meant, leave it.
            """,
        severity=Severity.WARNING,
    ),
    "foreign-number": Explanation(
        title="A number as another language writes it",
        text="""
            In Spanish `1.250.000,50` is what English writes as 1,250,000.50. Who reads it wrong reads another amount.
            Only numbers with both signs, or with two groups of thousands, are looked at: others may be meant as they
            are.
            """,
        severity=Severity.WARNING,
    ),
    "doubled-mark": Explanation(
        title="A sentence ends twice",
        text="""
            A value that was put in ends with a full stop or a question mark of its own, and the text has another
            behind it. Dates do so in some languages (`9 лютого 2027 р.`), and so does a fact that is a whole sentence.
            """,
        example="""
            wrong:  Ми починаємо {{ milestones.kickoff.start | date }}.
            right:  Ми починаємо {{ milestones.kickoff.start | date }}
            """,
        severity=Severity.WARNING,
    ),
    "name-not-joined": Explanation(
        title="A small word is not joined to the town’s name",
        text="""
            French says du Havre, aux Ulis and d’Orléans, Portuguese do Porto and na Amadora. A value stays as it is in
            the settings, so a sentence in which it follows such a word is wrong. Let the name begin the sentence, or
            write it out in this one text.
            """,
        example="""
            wrong:  La mairie de {{ government.place }} vous invite.
            right:  {{ government.place }} vous invite.
            """,
        severity=Severity.WARNING,
    ),
    "curly-quotes": Explanation(
        title="Quotation marks of a word processor",
        text="""
            Programs such as Word make quotation marks curly. In a file of ours only straight ones stand around a value:
            curly ones are letters of it, and everybody reads them. Take them out, or write straight ones.
            """,
        example="""
            wrong:  headline: “We have been accepted”
            right:  headline: "We have been accepted"
            """,
        severity=Severity.WARNING,
    ),
    "meeting-on-day-off": Explanation(
        title="A meeting on a day off",
        text="""
            The date of a meeting lies on a weekend or on a public holiday of the country and region in the settings
            (`holidays:`). That may be meant: many people can come only then. Often it is a slip in the date.
            """,
        severity=Severity.WARNING,
    ),
    "at-the-same-minute": Explanation(
        title="Two mails to the same people at once",
        text="""
            Two announcements of a campaign fall due in the same minute and go to the same audience through the same
            channel. Readers take one of them for a mistake. Send one later, or say both in one text.
            """,
        severity=Severity.WARNING,
    ),
    "embargo-is-over": Explanation(
        title="An embargo that is over",
        text="""
            The release goes out after the moment until which newsrooms were to wait, so that it says nothing. Usually
            one of the two was counted from another milestone than was meant.
            """,
        severity=Severity.WARNING,
    ),
    "long-subject": Explanation(
        title="A subject is long",
        text="""
            Phones show about 40 letters of a subject and lists of mails about 70; more than 100 are seen nowhere whole.
            Begin with what matters, and leave the rest to the text.
            """,
        severity=Severity.WARNING,
    ),
    "dead-link": Explanation(
        title="A link leads to nothing",
        text="""
            `communique check --links` asks each page of others that a text links to whether it is there; nothing else
            asks the network. A page that is gone (404, 410) or a name that nobody knows is an error. A server that does
            not answer, or answers with a fault of its own, may do so tomorrow: a warning. A page that turns programs
            away is taken to be there, and machines behind your firewall are never asked.
            """,
    ),
}
