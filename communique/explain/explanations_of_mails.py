"""Explanations of what mail programs do not show, and people do not hear, of a mail's HTML."""

from communique.explain.explanation import Explanation
from communique.problems import Severity

MAIL_CODES = {
    "not-shown-in-mail": Explanation(
        title="Not every mail program shows this",
        text="""
            Mail programs know less HTML and CSS than browsers. Without what is named here a mail lacks a part of it, or
            its parts lie on top of each other. Which program shows what is taken from caniemail.com; what only looks
            plainer is not named. The shares are of mails opened in 2021, most of them in the USA (Litmus): an order of
            size.
            """,
        severity=Severity.WARNING,
    ),
    "mail-hard-to-hear": Explanation(
        title="A mail is hard to hear",
        text="""
            Screen readers need the language, one headline and headings without gaps below it, a description at every
            picture, words in every link, and to be told which tables only arrange (WCAG 2.2: 3.1.1, 1.3.1, 1.1.1,
            2.4.4). It is mended once, in templates/layouts/mail.html.
            """,
        severity=Severity.WARNING,
    ),
    "mail-without-text": Explanation(
        title="A mail without its plain text",
        text="""
            Every mail of ours has the same words as plain text: for programs and people that show no HTML. Filters
            count a mail without it as spam.
            """,
        severity=Severity.WARNING,
    ),
    "no-way-to-leave": Explanation(
        title="Subscribers cannot leave by one click",
        text="""
            A newsletter needs a link that its readers see, in HTML and in text, and headers by which mail programs
            offer to leave with one click: `List-Unsubscribe` with an https address, `List-Unsubscribe-Post`, and a
            signature over both where this channel signs (RFC 8058). Gmail and Yahoo ask it of everybody who writes to
            many, and the law asks for a way to leave. Put `{{ unsubscribe_url }}` back into templates/layouts/mail.html
            and mail.txt. `communique doctor` looks whether the address answers.
            """,
    ),
    "words-too-faint": Explanation(
        title="Words stand out too little",
        text="""
            The colour of the words and that of their ground have a contrast of less than 4.5 to 1 (WCAG 2.2, 1.4.3),
            on a light or on a dark screen. People with weak eyes cannot read them, and nobody can in the sun. The
            colours are those of templates/layouts/mail.html and templates/layouts/site/style.css; letters of every
            size are held to the same.
            """,
        severity=Severity.WARNING,
    ),
    "page-hard-to-hear": Explanation(
        title="A page of the website is hard to hear",
        text="""
            Screen readers need the language, one headline and headings without gaps below it, one `main`, `header` and
            `footer`, a name at each of several menus, a first link past them, and words in every link (WCAG 2.2: 3.1.1,
            1.3.1, 2.4.1, 2.4.4). It is mended in templates/layouts/site/.
            """,
        severity=Severity.WARNING,
    ),
}
