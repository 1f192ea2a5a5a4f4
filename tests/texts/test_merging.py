"""Mails written once for many: each is the one that would have been written for its reader alone."""

from dataclasses import replace
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from channels.email import EmailChannel
from channels.mail.pattern import reads_alike
from communique.channel import Form, Mail, MergedMail, Message, Recipient, Secret
from communique.occasion import CANCEL, REQUEST, Occasion
from communique.routes import Route
from communique.texts.merging import MailMerge, mail_merge
from communique.texts.rendering import Renderer
from tests.shipped_messages import LANGUAGES, occasions, workspace
from tests.workspaces import START

ROLE = "subscribers"
CHANNEL = EmailChannel(host="localhost", tls="none", sender="Town <open@town.example>")
#: Every announcement that goes by mail, through its first channel that does.
MAILS = [
    (each, routes[0])
    for each in occasions()
    if (
        routes := [
            route
            for name in each.campaign.announcements[each.announcement].through
            if (route := workspace().routes[name]).form is Form.MAIL
        ]
    )
]
HOSTILE = [
    'O’Neill-D\'Arcy; "the" <i>, & sons: \\n',
    "أحمد بن علي",
    "\u200fשלום",
    "👩‍👩‍👧‍👦" * 15,
    "é" * 120,
    "{{ 7 * 7 }} {% x %}",
    "q7vNameOfThePerson4x",
    "* _b_ [a](b)",
    ".",
    "=3D",
    "mailto:eva@x.example",
]
NAMES = st.sampled_from(HOSTILE) | st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1, max_size=120
)


@cache
def renderer(*, answers_are_read: bool = False) -> Renderer:
    """Of the shipped texts, with a key. Where calendars' answers are read, each organizer is a person's own."""
    found = workspace()
    if answers_are_read:
        bounces = found.settings.bounces.model_copy(update={"calendar_answers": "answers+{tag}@town.example"})
        found = replace(found, settings=found.settings.model_copy(update={"bounces": bounces}))
    return found.renderer_with(Secret("key"))


@cache
def merged(number: int, language: str, *, answers_are_read: bool = False) -> MailMerge:
    """One of the mails, written once."""
    occasion, route = MAILS[number]
    return mail_merge(renderer(answers_are_read=answers_are_read), occasion, route, language, ROLE, START)


def sent(content: Mail | MergedMail, recipient: Recipient) -> bytes:
    """As it goes over the wire."""
    message = Message(
        key="news/hello/ana",
        reference=f"{recipient.id}.hello@town.example",
        created_at=START,
        language=recipient.language,
        content=content,
        recipient=recipient,
    )
    return CHANNEL.written(message)


def _which(occasion: Occasion, route: Route) -> str:
    return f"{occasion.campaign.campaign}/{occasion.announcement} through {route.name}"


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    mail=st.integers(0, len(MAILS) - 1),
    language=st.sampled_from(LANGUAGES),
    name=NAMES | st.just(""),
    person=st.integers(1, 10**9),
    answers_are_read=st.booleans(),
)
def test_it_says_what_it_would_say_to_one(
    mail: int, language: str, name: str, person: int, *, answers_are_read: bool
) -> None:
    """Subject, texts, links and the entry for the calendar; and once more as mail servers get it."""
    merge = merged(mail, language, answers_are_read=answers_are_read)
    _says_the_same(merge, Recipient(id=str(person), address=f"p{person}@example.org", name=name, language=language))


@pytest.mark.parametrize("method", [REQUEST, CANCEL])
@pytest.mark.parametrize("name", HOSTILE)
def test_an_invitation_and_a_cancellation_do_so(method: str, name: str) -> None:
    """The one asks for an answer, the other does not."""
    number = next(number for number, (occasion, _) in enumerate(MAILS) if occasion.method == method)
    merge = merged(number, "fr", answers_are_read=True)
    _says_the_same(merge, Recipient(id="7", address="ana@example.org", name=name, language="fr"))


def _says_the_same(merge: MailMerge, recipient: Recipient) -> None:
    content, whole = merge.to(recipient), merge.alone(recipient)
    assert isinstance(content, Mail) or content.whole() == whole
    assert reads_alike(sent(content, recipient), sent(whole, recipient))


def test_who_gave_no_name_is_written_to_once_for_all() -> None:
    """Subscribers give an address and no more: the greeting says something else to them, and the same to each."""
    merge = merged(next(number for number in range(len(MAILS)) if "name" in merged(number, "es").greeted), "es")
    without = [merge.to(Recipient(id=each, address=f"{each}@a.example", name="", language="es")) for each in "12"]
    ana = merge.to(Recipient(id="3", address="ana@a.example", name="Ana Gil", language="es"))
    letters = [each.letter for each in (*without, ana) if isinstance(each, MergedMail)]
    assert letters[0] is letters[1] is not letters[2]


def test_all_but_one_are_written_once() -> None:
    """An invitation, too, however many it goes to; not a text that names its reader's organisation."""
    each = {_which(*MAILS[number]): merged(number, "es").letter for number in range(len(MAILS))}
    assert [name for name, letter in each.items() if letter is None] == [
        "join-ogp-local/letter-of-a-partner through email"
    ]
