"""A form letter filled in: whoever it is for, it is the mail that would have been composed for them alone."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from email.parser import BytesParser
from email.policy import compat32

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from channels.mail.address import Mailbox
from channels.mail.composition import compose
from channels.mail.envelope import stuffed
from channels.mail.header_guard import faults
from channels.mail.headers import LONGEST_NAME
from channels.mail.pattern import Pattern, reads_alike
from channels.mail.signing import Signing
from communique.channel import Attachment, FormLetter, Mail, MergedMail, Message, PermanentError
from tests.channels.dkim_keys import DOMAIN, key, verified
from tests.channels.mail_messages import MESSAGE

SENDER = Mailbox("Puerto Claro", "boletin@puertoclaro.example")
FIRST = Mailbox("", "first@vecinas.example")
NAME, LEAVE = "q7vName4xj", "q7vLeave4xj"
WHO, ASKS = "q7vWho4xj", "q7vAsks4xj"  #: lines of a calendar entry
AT = datetime(2026, 1, 1, tzinfo=UTC)  #: verifiers believe no signature from the future
URL = f"https://abierto.puertoclaro.example/leave/{LEAVE}"

LATIN = f"Dear {NAME},\n\n.a line = that begins with a dot\n.\n{NAME}.\n{'word ' * 40}\n{NAME}\n\nLeave: {URL}\n"
ARABIC = f"عزيزي {NAME}،\n\n" + "الشراكة من أجل الحكومة المنفتحة. " * 12 + f"\n.\n{NAME}\n{URL}\n"

HOSTILE = [
    "",
    ".",
    "..",
    "=",
    "=3D",
    "=\r\n",
    "a\rb",
    "a\nb",
    "\r\n.\r\n",
    "x" * 75,
    "x" * 76,
    "=" * 200,
    "é" * 100,
    "'\"<i>&amp;</i>",
    "\u00a0a\u00a0",
    " a ",
    "أحمد بن علي",
    "\u200fשלום",
    "👩‍👩‍👧‍👦" * 20,
    "O’Neill-D'Arcy",
    "a\tb ",
    "a " * 60,
    "q7v",
    "\\1 \\g<0>",
]
VALUES = st.sampled_from(HOSTILE) | st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=300)
TOKENS = st.text("ABCxyz019-_", min_size=1, max_size=200)


def letter(text: str, **changes: str) -> FormLetter:
    """A letter of which text and HTML greet by name."""
    html = "<html><head></head><body>" + "".join(f"<p>{line}</p>\n" for line in text.split("\n")) + "</body></html>"
    html = html.replace(URL, f'<a href="{URL}">{URL}</a>')
    mail = Mail(subject="Ein Brief", text=text, html=html, unsubscribe_url=URL, list_id="news.town.example")
    return FormLetter(mail=replace(mail, **changes), free=(NAME,), tokens=(LEAVE,))


def to_first(form: FormLetter) -> Message:
    """The message from which a pattern is made."""
    return MESSAGE._replace(reference="first.1.en@town.example", content=MergedMail(letter=form, values={}))


def pattern(form: FormLetter, first: Mailbox = FIRST) -> Pattern:
    """The letter's pattern."""
    return Pattern(form, to_first(form), form.mail, SENDER, first)


LETTERS = {"quoted-printable": letter(LATIN), "base64": letter(ARABIC)}
PATTERNS = {encoding: pattern(form) for encoding, form in LETTERS.items()}


def whole(form: FormLetter, message: Message, values: dict[str, str], to: Mailbox) -> bytes:
    """The same mail, composed for one person alone."""
    return compose(message, MergedMail(letter=form, values=values).whole(), sender=SENDER, recipient=to)


def encodings(data: bytes) -> list[str]:
    """Of the texts of a mail."""
    parts = BytesParser(policy=compat32).parsebytes(data).walk()
    return [str(part["Content-Transfer-Encoding"]) for part in parts if not part.is_multipart()]


@pytest.mark.parametrize("encoding", LETTERS)
@settings(suppress_health_check=[HealthCheck.too_slow])
@given(value=VALUES, token=TOKENS, name=VALUES, number=st.integers(0, 10**30))
def test_it_reads_as_if_written_for_one(encoding: str, value: str, token: str, name: str, number: int) -> None:
    """Headers and decoded parts are the same; no encoded line is longer than 76, and no line but the last is a dot."""
    to = Mailbox("" if faults("name", name, longest=LONGEST_NAME) else name.strip(), "ana+x@example.org")
    form, values = LETTERS[encoding], {NAME: value, LEAVE: token}
    message = to_first(form)._replace(reference=f"news.hello.{number}.en@town.example")
    filled = PATTERNS[encoding].fill(message, values, to)
    assert reads_alike(filled, whole(form, message, values, to))
    assert encodings(filled) == [encoding] * 2
    _, _, body = filled.partition(b"\r\n\r\n")
    assert max(len(line) for line in body.split(b"\r\n")) <= 76
    assert re.search(rb"\r(?!\n)|(?<!\r)\n", filled) is None
    assert b"\r\n.\r\n" not in stuffed(filled)


CALENDAR = f"BEGIN:VEVENT\r\nSUMMARY:Kickoff\r\n{WHO}\r\nDESCRIPTION:{{}}\r\n{ASKS}\r\nEND:VEVENT\r\n"


@pytest.mark.parametrize("said", ["Come, = and bring a friend. " * 3, "اجتماع الانطلاق " * 9])
@settings(suppress_health_check=[HealthCheck.too_slow])
@given(name=VALUES, folded=st.lists(st.text(st.characters(codec="utf-8", exclude_categories=["Cc"])), min_size=1))
def test_a_calendar_entry_is_for_one(said: str, name: str, folded: list[str]) -> None:
    """Lines of it differ, shown and as a file; a file beside it stays as it is."""
    data, method = CALENDAR.format(said).encode(), "text/calendar; method=REQUEST; charset=UTF-8"
    entry = Attachment(filename="", media_type=method, data=data, inline=True)
    kept = Attachment(filename="plan.pdf", media_type="application/pdf", data=b"%PDF \xff")
    invited = replace(letter(LATIN), lines=(WHO, ASKS))
    attached = entry, replace(entry, filename="invite.ics", inline=False), kept
    invited = replace(invited, mail=replace(invited.mail, attachments=attached))
    values = {NAME: name, LEAVE: "t", WHO: "\r\n ".join(["ATTENDEE:", *folded]), ASKS: "ORGANIZER:mailto:a@b.example"}
    filled = pattern(invited).fill(to_first(invited), values, FIRST)
    assert reads_alike(filled, whole(invited, to_first(invited), values, FIRST))
    parts = [each for each in BytesParser(policy=compat32).parsebytes(filled).walk() if not each.is_multipart()]
    assert max(len(line) for each in parts for line in str(each.get_payload()).split("\r\n")) <= 76
    (shown, file) = [each for each in parts if each.get_content_type() == "text/calendar"]
    assert shown.get_payload(decode=True) == file.get_payload(decode=True)
    assert file.get_filename() == "invite.ics"


@pytest.mark.parametrize("field", ["reply_to", "unsubscribe_mailto"])
def test_the_first_reader_may_be_who_answers(field: str) -> None:
    """The officer is among the readers: answers still go to the officer, and not to whoever the mail is for."""
    form = letter(LATIN, **{field: FIRST.address})
    to, values = Mailbox("", "ana@example.org"), {NAME: "Ana", LEAVE: "t"}
    filled = pattern(form).fill(to_first(form), values, to)
    assert reads_alike(filled, whole(form, to_first(form), values, to))
    assert filled.count(FIRST.address.encode()) == 1


@pytest.mark.parametrize(
    "name", ["", "Ana", "Añá", "A" * 150, "Ana Ñandú de la Vega y Ortiz-Etxeberria " * 4, "a,b;c@d"]
)
def test_the_name_of_the_first_reader_is_nobody_elses(name: str) -> None:
    """However the first name had to be encoded and folded, it is taken out whole."""
    form = letter(LATIN)
    to, values = Mailbox("Ben Öz", "ben@example.org"), {NAME: "Ben", LEAVE: "t"}
    filled = pattern(form, Mailbox(name, FIRST.address)).fill(to_first(form), values, to)
    assert reads_alike(filled, whole(form, to_first(form), values, to))
    assert FIRST.address.encode() not in filled


@pytest.mark.parametrize("encoding", LETTERS)
@pytest.mark.parametrize("value", HOSTILE)
def test_a_signed_one_verifies(encoding: str, value: str) -> None:
    """A verifier finds the signature good over what was filled in."""
    signing = Signing(sender_domain=DOMAIN, domain=None, keys={"dkim_key": ("rsa", key("rsa").pem)})
    form = LETTERS[encoding]
    filled = PATTERNS[encoding].fill(to_first(form), {NAME: value, LEAVE: "t"}, FIRST)
    assert verified(signing.signed(filled, AT))


@pytest.mark.parametrize(
    ("reference", "token"),
    [("1@town.example>\r\nBcc: <eva@x.example", "t"), ("1@town.example", "t>\r\nBcc: eva@x.example")],
)
def test_nothing_that_is_filled_in_becomes_a_header(reference: str, token: str) -> None:
    """Whatever came of the checks before it."""
    message = to_first(LETTERS["quoted-printable"])._replace(reference=reference)
    with pytest.raises(PermanentError, match="other headers"):
        PATTERNS["quoted-printable"].fill(message, {NAME: "Ana", LEAVE: token}, FIRST)


def test_a_name_that_becomes_a_header_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """As Python before 3.11.10 writes some (CVE-2024-6923)."""
    form = PATTERNS["quoted-printable"]
    monkeypatch.setattr("channels.mail.pattern.to_header", lambda _to: b"To: ana\r\nBcc: eva@x.example\r\n")
    with pytest.raises(PermanentError, match="other headers"):
        form.fill(to_first(LETTERS["quoted-printable"]), {NAME: "Ana", LEAVE: "t"}, FIRST)


def test_a_mail_that_answers_another_names_that_one_in_each_copy() -> None:
    """RFC 5322 3.6.4: mail programs show the two together."""
    made_from, sent = (MESSAGE._replace(answers=f"{each}@puertoclaro.example") for each in ("one", "other"))
    to = Mailbox("", "first@vecinas.example")
    plain = letter(LATIN)
    filled = Pattern(plain, made_from, plain.mail, SENDER, to).fill(sent, {NAME: "Ana", LEAVE: "abc"}, to)
    read = BytesParser(policy=compat32).parsebytes(filled)
    assert (read["In-Reply-To"], read["References"]) == ("<other@puertoclaro.example>",) * 2
    whole = MergedMail(letter=plain, values={NAME: "Ana", LEAVE: "abc"}).whole()
    assert reads_alike(filled, compose(sent, whole, sender=SENDER, recipient=to))
    with pytest.raises(PermanentError, match="what it answers"):
        compose(sent._replace(answers="no reference"), whole, sender=SENDER, recipient=to)
