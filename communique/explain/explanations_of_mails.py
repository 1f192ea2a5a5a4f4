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
            Screen readers need the language, one headline, a description at every picture, and to be told which tables
            only arrange (WCAG 2.2: 3.1.1, 1.3.1, 1.1.1). It is mended once, in templates/layouts/mail.html.
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
}
