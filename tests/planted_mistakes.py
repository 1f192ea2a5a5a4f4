"""A sound campaign, and mistakes as officers make them, to be planted in its files."""

import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import pytest

from communique.plan.checking import check
from communique.plan.file_check import check_file
from communique.problems import Problem, Severity
from tests.workspaces import START, Town, build

C, S = "campaigns/news.yaml", "config/settings.yaml"
EN, ES = (f"templates/news/hello/{language}/article.md" for language in ("en", "es"))
END_EN, END_ES = "See you there.\n", "Nos vemos.\n"
CAMPAIGN = """\
campaign: news
title: News
languages: [en, es]
milestones:
  start: 2026-12-01 10:00
  meeting: 2026-12-15 10:00 to 12:00
facts:
  price: {en: ten euros, es: diez euros}
  budget: 10
  mayor_quote:
    approved_by: Ana Gil
    approved_on: 2026-11-20
    text: {en: We listen., es: Escuchamos.}
  speaker:
    name: {en: Rosa Marín, es: Rosa Marín}
    office: {en: Head of the library, es: directora de la biblioteca}
  gathering:
    at: meeting
    title: {en: Meeting, es: Reunión}
    place: {en: Hall 2, es: Sala 2}
    rsvp: open@littleton.example.org
    rsvp_by: 2026-12-10
announcements:
  hello:
    when: start
    to: [friends]
    through: [email, website]
    invite: gathering
  reminder:
    when: start + 1 day at 10:00
    after: hello
    to: [friends]
    through: [email]
  release:
    when: start + 2 days at 10:00
    embargo: start + 3 days at 10:00
    to: [newsrooms]
    through: [press]
"""
_HEAD = "---\nheadline: {headline}\nsubject: {headline}\nsummary: {summary}\nimage: hall.png\nalt: {alt}\n---\n"
_ENGLISH = _HEAD.format(headline="A meeting", summary="In short.", alt="A hall.") + (
    "It costs {{ facts.price }}, on {{ facts.gathering.start | weekday_date }}.\n\n> {{ facts.mayor_quote.text }}\n\n"
    "## Where\n\nRead [the page]({{ pages.process }}).\n\n" + END_EN
)
_SPANISH = _HEAD.format(headline="Una reunión", summary="En breve.", alt="Una sala.") + (
    "Cuesta {{ facts.price }}, el {{ facts.gathering.start | weekday_date }}.\n\n> {{ facts.mayor_quote.text }}\n\n"
    "## Dónde\n\nLea [la página]({{ pages.process }}).\n\n" + END_ES
)
SHORT = "---\nheadline: News\nsummary: In short.\n---\n" + END_EN


@dataclass(frozen=True)
class Mistake:
    """What an officer wrote in the place of words of a file, and the code of what has to be found."""

    code: str
    severity: Severity
    file: str
    old: str
    new: str


E, W = Severity.ERROR, Severity.WARNING
UNANSWERED = "    only: {gathering: not-answered}\n"
PAGE = "({{ pages.process }})"
#: One at a time: each changes what is read of a file.
MISTAKES = [
    Mistake("wrong-moment", E, C, "start: 2026-12-01", "start: 2026-11-31"),
    Mistake("date-gap", E, C, "when: start\n", "when: 2027-03-28 02:30\n"),
    Mistake("wrong-moment", E, C, "+ 1 day at 10:00", "+ 1 day at 25:00"),
    Mistake("yaml-tab", E, C, "  meeting: 2026", "\tmeeting: 2026"),
    Mistake("yaml-duplicate-key", E, C, "  budget: 10\n", "  budget: 10\n  budget: 20\n"),
    Mistake("missing-translation", E, C, "[en, es]\nmil", "[en, es, no]\nmil"),
    Mistake("missing-translation", E, C, ", es: diez euros", ""),
    Mistake("missing-fact", E, ES, "facts.price", "facts.prize"),
    Mistake("wrong-value", W, S, 'phone: "+34 955 000 000"', 'phone: "+34 955 OOO 000"'),
    Mistake("no-audience", E, C, "to: [friends]\n    through: [email]\n", "to: []\n    through: [email]\n"),
    Mistake("embargo-is-over", W, C, "embargo: start + 3", "embargo: start + 1"),
    Mistake("empty-text", E, ES, _SPANISH, ""),
    Mistake("unapproved-quotation", E, C, "    approved_by: Ana Gil\n", ""),
    Mistake("missing-alt", E, EN, "alt: A hall.\n", ""),
    Mistake("mistyped-address", W, C, "rsvp: open@littleton", "rsvp: open@litleton"),
    Mistake("deadline-after-meeting", E, C, "rsvp_by: 2026-12-10", "rsvp_by: 2026-12-20"),
    Mistake("meeting-on-day-off", W, C, "meeting: 2026-12-15", "meeting: 2026-12-25"),
    Mistake("meeting-on-day-off", W, C, "meeting: 2026-12-15", "meeting: 2026-12-13"),
    Mistake("template-syntax", E, EN, END_EN, "{{ facts.price\n"),
    Mistake("template-forbidden", E, EN, "| weekday_date", "| weekdaydate"),
    Mistake("missing-front-matter", E, EN, "A hall.\n---\n", "A hall.\n"),
    Mistake("wrong-value", E, C, "rsvp: open@littleton.example.org", "rsvp: open.littleton.example.org"),
    Mistake("wrong-moment", E, C, "10:00 to 12:00", "12:00 to 10:00"),
    Mistake("yaml-syntax", E, C, "announcements:\n", "<<<<<<< HEAD\nannouncements:\n"),
    Mistake("meeting-in-the-past", E, C, "when: start\n", "when: start + 3 weeks\n"),
    Mistake("curly-quotes", W, C, "title: News", "title: “News”"),
    Mistake("wrong-moment", E, C, "start: 2026-12-01 10:00", "start: 01.12.2026 10:00"),
    Mistake("wrong-value", E, C, "[en, es]\nmil", "[en, es, NO]\nmil"),
    Mistake("wrong-moment", E, C, "+ 1 day at 10:00", "+ 1 day at 5pm"),
    Mistake("wrong-moment", E, C, "when: start + 1 day at 10:00", "when: meeting – 2 days at 10:00"),
    Mistake("unseen-character", E, C, "when: start\n", "when: start\u200b\n"),
    Mistake("unseen-character", E, C, "  meeting: 2026", "\u00a0\u00a0meeting: 2026"),
    Mistake("garbled-letters", E, C, "es: Reunión", "es: ReuniÃ³n"),
    Mistake("curly-quotes", W, C, "title: News", "title: ‘News’"),
    Mistake("wrong-value", E, C, "rsvp: open@littleton.example.org", "rsvp: open@littleton.example.org."),
    Mistake("wrong-value", E, C, "rsvp: open@littleton.example.org", "rsvp: mailto:open@littleton.example.org"),
    Mistake("missing-translation", E, C, "es: Sala 2", "es: ''"),
    Mistake("date-gap", E, C, "meeting: 2026-12-15 10:00 to 12:00", "meeting: 2027-03-28 02:15 to 04:00"),
    Mistake("circular-gate", E, C, "after: hello", "after: reminder"),
    Mistake("wrong-type", E, C, "to: [friends]\n    through: [email]\n", "to: friends\n    through: [email]\n"),
    Mistake("yaml-syntax", E, C, "title: News", "title: News: the kickoff"),
    Mistake("yaml-merge", E, C, "    after: hello", "    <<: *hello"),
    Mistake("meeting-in-the-past", E, C, "when: start + 1 day at 10:00\n", f"when: meeting + 1 hour\n{UNANSWERED}"),
    Mistake("garbled-letters", E, ES, "Dónde", "D\ufffdnde"),
    Mistake("odd-hour", W, C, "10:00 to 12:00", "22:00 to 23:30"),
    Mistake("odd-hour", W, C, "10:00 to 12:00", "10:00 to 21:30"),
    Mistake("poor-alt", W, EN, "alt: A hall.", "alt: A meeting"),
    Mistake("poor-alt", W, EN, "alt: A hall.", f"alt: {'A hall by the sea with all who came. ' * 9}"),
    Mistake("cut-off", W, EN, "headline: A meeting", "headline: 'A meeting:'"),
    Mistake("pasted-words", W, EN, "subject: A meeting", "subject: 'RE: A meeting'"),
    Mistake("placeholder-left", W, EN, "subject: A meeting", "subject: Test"),
    Mistake("another-person", W, EN, "summary: In short.", "summary: In short.\ngreeting: Dear Mr. Park,"),
    Mistake("stray-sign", W, EN, "summary: In short.", "summary: In short.\ngreeting: 'Dear ,'"),
    Mistake("wrong-value", E, S, "mode: live", "mode: trial\nallow_list: ['*@littleton.example.org']"),
    Mistake("odd-hour", W, C, "2026-12-15 10:00 to 12:00", "2026-12-15"),
    Mistake("placeholder-left", E, C, "title: News", "title: TITLE HERE"),
    Mistake("odd-hour", W, C, "+ 1 day at 10:00", "+ 1 day at 03:00"),
    Mistake("unlikely-year", W, C, "start: 2026-12-01", "start: 2025-12-01"),
    Mistake("unlikely-year", W, C, "meeting: 2026-12-15", "meeting: 2062-12-15"),
    Mistake("deadline-is-over", W, C, "rsvp_by: 2026-12-10", "rsvp_by: 2025-12-10"),
    Mistake("deadline-is-over", W, C, "rsvp_by: 2026-12-10", "rsvp_by: 2026-12-01"),
    Mistake("doubled-word", W, C, "{en: ten euros", "{en: It costs ten ten euros"),
    Mistake("ambiguous-date", W, C, "{en: ten euros", "{en: ten euros until 03/04/2027"),
    Mistake("all-capitals", W, EN, "headline: A meeting", "headline: A MEETING FOR ALL"),
    Mistake("poor-alt", W, EN, "alt: A hall.", "alt: hall.png"),
    Mistake("poor-alt", W, ES, "alt: Una sala.", "alt: Imagen"),
    Mistake("wrong-value", W, S, "late_window: 24 hours", "late_window: 24 days"),
    Mistake("repeated-name", E, S, "approvals: {required: 0}", "approvals: {required: 0, approvers: [Ana, Ana]}"),
    Mistake("wrong-value", E, S, "languages: [en, es]", "languages: [en, es]\nlocales: {es: es-XX}"),
    Mistake("wrong-value", E, S, "address: Main Square 1", 'address: ""'),
    Mistake("wrong-value", W, S, "timezone: Europe/Madrid", "timezone: America/Bogota"),
    Mistake("languages-differ", W, C, "{en: Hall 2, es: Sala 2}", "{en: Hall 2, es: Sala 3}"),
    Mistake("languages-differ", W, C, "es: Rosa Marín", "es: Rosa Marino"),
    Mistake("wrong-value", W, S, "address: Main Square 1", 'address: "Main Square 1\\n1999 Littleton"'),
    Mistake(
        "another-language", W, EN, "alt: A hall.", "alt: Una sala con las sillas en las que se sientan los vecinos."
    ),
    Mistake("yaml-cut-text", W, C, "{en: Hall 2, es: Sala 2}", "\n      en: Hall # 2, Main Square\n      es: Sala 2"),
    Mistake("wrong-value", W, S, 'phone: "+34 955 000 000"', 'phone: "+34 955 000 00"'),
    Mistake("another-language", W, ES, "headline: Una reunión", "headline: We have been asked to the hall"),
    Mistake("internal-in-public", W, C, "to: [newsrooms]", "to: [newsrooms, office]"),
    Mistake("at-the-same-minute", W, C, "when: start + 1 day at 10:00\n    after: hello", "when: start"),
]
#: Of a campaign file, and found only when its texts are written.
SEEN_IN_TEXTS = {
    *("embargo-is-over", "meeting-in-the-past", "deadline-is-over", "doubled-word", "ambiguous-date"),
}
#: What a fact says is told at the text that says it, which may have no line of its own for it.
SAID_BY_TEXTS = {"doubled-word", "ambiguous-date"}
#: All at once, each in a line of its own.
TWICE = "This is what everybody in the town may want to read.\n\nThis is what everybody in the town may want to read."
IN_ENGLISH = [
    ("weekday-mismatch", E, "On Monday, 15 December 2026."),
    ("broken-link", E, "Call [us](tel:+3495512E456)."),
    ("broken-link", E, "See [it](http://www.example.org/)."),
    ("broken-link", E, "See [the calendar](#calendar)."),
    ("broken-link", W, "See [the old page](https://open.littleton.example.org/en/old/)."),
    ("unapproved-quotation", W, "> A great day.\n>\n> — Rosa Marín"),
    ("name-of-another-town", W, "The City of Villanova is glad."),
    ("mistyped-address", W, "Write to [the office](mailto:town@gmial.com)."),
    ("test-address", E, "Fill in [the form](https://localhost:8080/x)."),
    ("test-address", W, "Fill in [the other form](https://staging.littleton.example.org/x)."),
    ("placeholder-left", E, "Lorem ipsum dolor."),
    ("vague-link", W, "Read more [here](https://www.example.org/)."),
    ("link-shows-another", W, "See [www.ogp.org](https://www.example.net/)."),
    ("html-in-text", E, "<b>Bold</b>."),
    ("long-sentence", W, f"This goes on {'and on ' * 15}."),
    ("broken-link", E, "See [the plan](https://www.example.org/open gov.pdf)."),
    ("broken-link", E, "See [the list](https://www.example.org/list and more."),
    ("broken-link", E, "See (the map)[https://www.example.org/map]."),
    ("no-such-day", E, "On 31 November 2026 it ends."),
    ("placeholder-left", E, "TODO ask Ana."),
    ("placeholder-left", E, "Dear <name of the neighbour>, hello."),
    ("placeholder-left", E, "<<<<<<< HEAD"),
    ("mistyped-number", W, "Call +34 955 00 00 0 now."),
    ("doubled-mark", W, "We meet at Harbour & Sons Ltd.. Come."),
    ("heading-skipped", W, "#### Too deep"),
    ("ambiguous-date", W, "On 12/01/2027 it begins."),
    ("no-such-day", E, "On 31/11/2026 it begins."),
    ("no-such-hour", E, "It ends at 25:30."),
    ("another-hour", W, "Come at 18:00."),
    ("another-hour", W, "It is over at 7 p.m. on 15 December."),
    ("weekday-mismatch", E, "Come on Monday 15 December."),
    ("another-year", W, "We meet on 15 December 2025."),
    ("dates-differ", E, "We meet on 15 December 2025."),
    ("doubled-word", W, "Come to the the hall."),
    ("another-language", W, "Esta es una invitación para todos los vecinos que quieren hablar con el ayuntamiento."),
    ("open-mark", E, "Come **soon."),
    ("open-sign", W, "Bring a friend (or two."),
    ("stray-sign", W, "Please come!!!"),
    ("stray-sign", W, "Bring paper , pens and time."),
    ("letter-in-number", W, "It costs 1O euros."),
    ("all-capitals", W, "COME ALL TO THE MEETING NOW"),
    ("markdown-slip", W, "##Where"),
    ("markdown-slip", W, "• One thing"),
    ("markdown-slip", W, "    Indented as in a letter."),
    ("markdown-slip", W, "Words that become a heading\n---"),
    ("bare-address", W, "See https://www.example.org/plan for more."),
    ("bare-address", W, "Write to town@example.org for more."),
    ("html-in-text", E, "<!-- Ask Ana about this. -->"),
    ("unseen-character", E, "Come\u200bsoon."),
    ("placeholder-left", E, "Dear {name}, hello."),
    ("placeholder-left", E, "The plan (DRAFT) is here."),
    ("placeholder-left", E, "The room is XXX."),
    ("placeholder-left", E, "Go on at [check with the lawyers]."),
    ("placeholder-left", E, "Read %PROCESS_PAGE% first."),
    ("placeholder-left", E, "Dear «First_Name», hello."),
    ("placeholder-left", E, "Dear Mr. NAME, hello."),
    ("pasted-words", E, "As an AI language model, I cannot say when."),
    ("pasted-words", E, "From: Ana Gil\nSent: Monday\nSubject: RE: text"),
    ("pasted-words", E, "Error! Reference source not found."),
    ("pasted-words", E, "Dear { MERGEFIELD First }, hello."),
    ("html-in-text", E, "Fish &amp;amp; chips."),
    ("tracked-link", W, "Read [it](https://eur02.safelinks.protection.outlook.com/?url=https%3A%2F%2Fexample.org)."),
    ("still-open", W, "The room is to be confirmed."),
    ("placeholder-left", E, "The hall (?) is open."),
    ("placeholder-left", E, f"{'All who live here may come. ' * 5}See [add the link of the page] for more."),
    ("placeholder-left", E, "The hall is in .............."),
    ("placeholder-left", E, "Dear *|FNAME|*, hello."),
    ("placeholder-left", E, "[TITLE HERE]"),
    ("pasted-words", E, "Comment [IV1]: ask the lawyers."),
    ("pasted-words", E, "Deleted: the old hall is open."),
    ("pasted-words", E, "[10:32, 12/25/2026] Ana Gil: here is the text."),
    ("pasted-words", E, "This e-mail and its attachments are confidential."),
    ("pasted-words", E, "Translated with www.DeepL.com/Translator (free version)."),
    ("pasted-words", E, "We are glad :contentReference[oaicite:0]{index=0}."),
    ("unseen-character", W, "We in\u00advite you all."),
    ("unseen-character", W, "Bring the \u200ebook\u200e that you like."),
    ("unseen-character", W, "This\u00a0came\u00a0from\u00a0another\u00a0page\u00a0whole."),
    ("unseen-character", W, "It is in the new h\u0430ll of the library."),
    ("unseen-character", E, "\uf0b7 A sign of a font that one program has."),
    ("link-shows-another", W, "Ask [+34 955 111 111](tel:+34955111112)."),
    ("link-shows-another", W, "Ask [open@littleton.example.org](mailto:press@littleton.example.org)."),
    ("broken-link", E, "Read [it twice](https://https://www.example.org/a)."),
    ("broken-link", E, "Read [the stop](https://www.example.org/plan.)."),
    ("broken-link", E, "Read [the empty one]()."),
    ("broken-link", E, "Read [](https://www.example.org/b)."),
    ("private-link", W, "Read [the draft](https://www.example.org/?p=12&preview=true)."),
    ("private-link", W, "Read [the post](https://www.example.org/wp-admin/post.php?post=12)."),
    ("private-link", W, "Read [the search](https://www.google.com/search?q=open+government)."),
    ("secret-in-text", W, "Start [the room of hosts](https://meet.example.org/s/81?zak=eyJ0)."),
    ("mistyped-address", W, "Read [our own page](https://open.litleton.example.org/plan)."),
    ("mistyped-address", W, "Write to [our post](mailto:opne@littleton.example.org)."),
    ("another-place", W, "See [the map](https://www.google.com/maps/search/?api=1&query=Main+Square+1,+Villanueva)."),
    ("misspelt-name", W, "The Open Goverment Partnership helps."),
    ("misspelt-name", W, "It is the work of OPG Local."),
    ("no-such-day", E, "It closes on the 31st of April."),
    ("day-is-over", W, "Send us your ideas before 5 November."),
    ("day-is-over", W, "We expect to publish the plan by the end of 2025."),
    ("day-by-today", W, "The hall is open this Friday."),
    ("another-hour", W, "Come at 9 in the evening."),
    ("unclear-hour", W, "The other one is on 5 March 2027 at 10:00 CEST."),
    ("secret-in-text", W, "The password of the form is Claro2027."),
    ("secret-in-text", W, "Join [the room](https://meet.example.org/j/1?pwd=a1b2)."),
    ("private-link", W, "Read [the list](https://docs.google.com/document/d/abc/edit)."),
    ("tracked-link", W, "Read [the news](https://www.example.org/n?utm_source=mail)."),
    ("broken-link", E, "See [the comma](https://www,example.org/)."),
    ("page-of-another-language", W, "Read [our steps](https://open.littleton.example.org/es/)."),
    ("reversed-range", W, "Doors are open from 20:00 to 18:30 on 3 March 2027."),
    ("reversed-range", W, "Open from 20 March 2027 to 5 March 2027."),
    ("reversed-range", W, "It is in the plan for 2029–2027."),
    ("over-the-whole", W, "Of all answers 130 % were in favour."),
    ("over-the-whole", W, "So far 40 of 30 seats are taken."),
    ("unclear-hour", W, "The form closes on 4 March 2027 at 12 a.m. sharp."),
    ("unclear-hour", W, "The call begins on 5 March 2027 at 10:00 EST."),
    ("mistyped-number", W, "Call the library on 955 12 34 now."),
    ("mistyped-number", W, "Or ask +34 612 in writing."),
    ("mistyped-number", W, "Pay to ES91 2100 0418 4502 0005 1333."),
    ("day-by-today", W, "The form is open until tomorrow."),
    ("another-day", W, "Please answer by 17 January 2027."),
    ("day-is-over", W, "The form closes on 12 March 2025."),
    ("open-mark", E, "We ~~will~~ might come."),
    ("cut-off", W, "The plan will be on this page when the council and the"),
    ("cut-off", W, "We will publish all of the answers when the council"),
    ("doubled-paragraph", W, TWICE),
    ("day-is-over", W, "The plan for 2019 begins now."),
    ("another-place", W, "Find us in Hall 3."),
    ("another-person", W, "Contact: Eva Sanz, Point of contact."),
    ("another-person", W, "Listen to Eva Sanz, the head of the library."),
    ("misspelt-name", W, "It is Rosa Marino who begins."),
    ("personal-data", W, "Invited: [Bo](mailto:bo.lee@gmail.com), [Cy](mailto:cy.roe@hotmail.com)."),
    ("personal-data", W, "Invited: 612 345 678, 613 345 678 and +34 614 34 56 78."),
]
IN_SPANISH = [
    ("dates-differ", E, "Hasta el 3 de febrero de 2027."),
    ("name-of-another-town", W, "Viva Puerto Claro."),
    ("foreign-number", W, "Son 1,250,000.50 euros."),
    ("placeholder-left", E, "Llame al XXX XX XX XX."),
    ("placeholder-left", E, "TODO: preguntar."),
    ("weekday-mismatch", E, "Será el lunes 15 de diciembre."),
    ("another-hour", W, "Les esperamos a las 18:00 h."),
    ("another-language", W, "This is an invitation for all of you who want to talk with the council."),
    ("doubled-word", W, "Es en la la sala."),
    ("open-sign", W, "Qué puede hacer usted?"),
    ("reversed-range", W, "Abierto del 20 al 5 de marzo de 2027, y del 9 de mayo de 2027 al 2 de mayo de 2027."),
    ("over-the-whole", W, "El 130 % está a favor."),
    ("still-open", W, "La sala está pendiente de confirmar."),
    ("still-open", W, "El lugar está por determinar."),
    ("placeholder-left", E, "Más en [añadir enlace]."),
    ("placeholder-left", E, "¿¿?? será el lugar."),
    ("pasted-words", E, "Con formato: Fuente de 12 puntos."),
    ("pasted-words", E, "Este mensaje y sus adjuntos son confidenciales."),
    ("pasted-words", E, "Traducción realizada con la versión gratuita del traductor."),
    ("another-hour", W, "Empieza a las 9 de la noche."),
    ("day-by-today", W, "La sala abre el próximo viernes."),
    ("day-is-over", W, "Esperamos publicar el plan a finales de 2025."),
    ("no-such-day", E, "Se cierra el 31 de abril."),
    ("pasted-words", E, "Como modelo de lenguaje, no puedo decirlo."),
    ("secret-in-text", W, "DNI 12345678Z."),
    ("mistyped-number", W, "Llámenos al 955 12 34."),
    ("another-day", W, "Responda antes del 17 de enero de 2027."),
    ("day-is-over", W, "El presupuesto para 2019 empieza ahora."),
    ("another-place", W, "Nos vemos en la sala 3."),
    ("another-person", W, "Habla Eva Sanz, directora de la biblioteca."),
    ("misspelt-name", W, "Empieza Rosa Marin."),
    ("cut-off", W, "Publicaremos todas las respuestas en esta página cuando lo decida el pleno"),
]
#: What looks like a mistake, and is none.
RIGHT_ENGLISH = [
    "The hall is on floor 3 of a house from 1890, beside Library 2000.",
    "In 2019 we had a plan. The plan for 2019 was kept.",
    "An evaluation of the plan for 2019 will follow.",
    "Ana Gil, Point of contact, answers every letter within 10 days.",
    "Mrs. Gil, our point of contact, and Rosa Marín, head of the library, begin.",
    "Ana García and Rosa Gil are others than Ana and Rosa.",
    "Write to the [town hall](mailto:open@littleton.example.org), or call 112.",
    "Answers of the [choir](mailto:littleton.choir@gmail.com) are welcome.",
    "We need three things:",
    "- time in the evening, and a table that has room for all of us",
    "- a cup of tea",
    "Thank you,\\\nAna Gil, who looks forward to seeing you",
    "Is 10 a.m. early? From 10:00 to 12:00 there is childcare.",
    "The Local Government Act 7/1985 holds.",
    "Half of the 40 seats are for those who live here; 3 of 4 are taken.",
    "The budget rose by 120 %, to € 1,250.50 a person.",
    "The hashtag #OpenGov and the account @littleton are ours.",
    "We ask: what would you change? You may say anything!",
    "The answer comes in 2028–2029, or within 24/7.",
    "Room for all: take bus 12 or line 3.",
    "Come next Tuesday, 15 December, or this Tuesday 15 December.",
    "The plan of the end of 2019 was kept; we expect more by the end of 2027.",
    "You may bring a book… or two... Is it open (in the evening, too)?",
    "Call [the library](tel:+34955222222), or [955 222 222](tel:+34955222222).",
    "Write to [press@littleton.example.org](mailto:press@littleton.example.org?subject=Hall).",
    "See [the map](https://www.google.com/maps/search/?api=1&query=Main+Square+1,+Littleton).",
    "The Open Government Partnerships of others, the OGP and its friends.",
]
RIGHT_SPANISH = [
    "La sala está en la planta 3, junto al n.º 12 de la calle Mayor.",
    "Ana Gil, punto de contacto desde 2019, responde a todo.",
    "El plan de 2019 se cumplió, y se evaluará el presupuesto de 2025.",
    "Hablarán Rosa Marín, directora de la biblioteca, y Rosa María Gil.",
    "¿Tiene dudas? Llame al 010 o al +34 955 000 000, de 9:00 a 14:00.",
    "La Ley 39/2015 y la 7/1985 lo permiten.",
    "El 60 % de las 40 plazas son para el barrio; quedan 3 de 4.",
    "El gasto aumentó un 120 %: 1.250,50 € por persona.",
    "Por la mañana hay café, y al mediodía, música.",
    "El próximo martes, 15 de diciembre, o este martes 15 de diciembre, hay música.",
    "Hasta ayer, 15 de diciembre, llegaron 12 345 ideas.",
    "Desde finales de 2019 hay casos sin confirmar.",
    "Las que sean de interés general se publicarán aquí:",
]
AT_THE_TOP = [
    ("long-subject", W, "subject: A meeting", f"subject: A meeting{' of all who' * 12}"),
    ("curly-quotes", W, "headline: A meeting", "headline: “A meeting”"),
]


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A campaign without a fault, in two languages, by mail, on the website and to newsrooms."""
    town = build(tmp_path_factory.mktemp("town"))
    town.write(C, CAMPAIGN)
    town.settings("languages: [en, es, fr]", "languages: [en, es]")
    town.settings("  x:\n", PRESS)
    town.settings("email: open@", 'phone: "+34 955 000 000", email: open@')
    town.settings(
        "invited}\n", "invited}\n  newsrooms: {title: Newsrooms, role: media, trusted_with_embargo: true}\n" + OFFICE
    )
    for name in ("hello", "reminder"):
        town.say(name, {"en": _ENGLISH, "es": _SPANISH} if name == "hello" else {"en": SHORT, "es": SHORT})
    for language in ("en", "es"):
        town.write(f"templates/news/release/{language}/press.md", SHORT)
    images = town.root / "templates/news/images"
    images.mkdir(parents=True)
    (images / "hall.png").write_bytes(_png(64, 32))
    yield town
    town.database.close()


OFFICE = "  office: {title: The office, role: internal}\n"
PRESS = """\
  press:
    kind: press
    host: localhost
    port: 25
    tls: none
    sender: Press <open@littleton.example.org>
  x:
"""


def _png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress((b"\0" + b"\x40" * width * 3) * height)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def found_in(town: Town, *, fills_texts: bool = True) -> list[Problem]:
    """What `communique check` says of the files as they are now; or what is said at once, while somebody types."""
    installation = town.installation
    workspace, problems = installation.read()
    if workspace is None:
        return list(problems)
    opened, known = installation.channels(workspace), installation.known_preflights
    try:
        planner = replace(installation.planner(workspace, town.database, opened), preflight=known)
        return check(planner, {}, START) if fills_texts else check_file(planner, C, START, fills_texts=False)
    finally:
        known.keep()
        opened.close()


@contextmanager
def changed(town: Town, file: str, *changes: tuple[str, str], fills_texts: bool = True) -> Iterator[list[Problem]]:
    """What is found while words of a file are others."""
    path = town.root / file
    right = text = path.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    path.write_text(text, encoding="utf-8")
    try:
        yield found_in(town, fills_texts=fills_texts)
    finally:
        path.write_text(right, encoding="utf-8")
