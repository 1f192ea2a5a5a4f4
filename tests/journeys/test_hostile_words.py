"""Names and facts that try to be markup, code, addresses or headers, through every way out at once."""

import re
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import feedparser
import lxml.html

from communique.language.escaping import in_line
from communique.send.mail_sink import LocalSink
from communique.store.recipients import people
from tests.channels.feed_rules import complaints
from tests.workspaces import START, Town

NAMES = (
    "<b>Eve</b><script>alert(1)</script>",
    "{{7*7}} {% raw %} ${7*7} &lt;i&gt;",
    "Eve](javascript:alert(1)) [x](https://evil.example)",
    "\u202egro.live\u202c Eve",
    "Eve \U0001f469\u200d\U0001f4bb \U0001f3f3\ufe0f\u200d\U0001f308",
    "Eve " + "x" * 196,
    "Eve\r\nBcc: x@evil.example",
    "Eve\nContent-Type: text/html\n\n<script>alert(1)</script>",
    "=?utf-8?q?Eve=0D=0ABcc:_x=40evil.example?=",
    'Eve" <x@evil.example>, "Mallory',
)
#: Nothing honest is called so; whoever sends it into a header is told, and nobody is written to by it.
REFUSED = {name for name in NAMES if name.startswith("=?") or "\n" in name or "\u202e" in name}
FACT = "<i>blue</i> <script>alert(1)</script> ](javascript:alert(1)) & < \" ' *a* _b_ \U0001f469\u200d\U0001f4bb"
_RUNS = {"script", "iframe", "object", "embed", "b", "i"}


def shown(markup: str | bytes) -> str:
    """The words of a document on one line, as its reader sees them."""
    return re.sub(r"\s+", " ", str(lxml.html.fromstring(markup).text_content()))


def does_nothing(markup: str | bytes) -> None:
    """No element, handler or address that came from a value."""
    for element in lxml.html.fromstring(markup).iter("*"):
        assert element.tag not in _RUNS, lxml.html.tostring(element)
        assert not [name for name in element.attrib if name.startswith("on")]
        for name in ("href", "src", "action"):
            assert not element.get(name, "").lower().startswith(("javascript:", "data:", "https://evil."))


def check_mail(data: bytes, name: str) -> None:
    """One recipient, the headers there always are, and the name as it was typed in both bodies."""
    mail = message_from_bytes(data, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    assert mail["Bcc"] is None
    assert [each.addr_spec for each in mail["To"].addresses] == [f"eve{NAMES.index(name)}@example.org"]
    assert mail["Subject"] == f"Hello {FACT}"
    assert all(len(mail.get_all(each, [])) == 1 for each in ("From", "To", "Subject", "Content-Type", "Message-ID"))
    html, text = (mail.get_body((kind,)) for kind in ("html", "plain"))
    assert html is not None
    assert text is not None
    does_nothing(html.get_content())
    greeting = f"Dear {in_line(name)}, it is {FACT}."
    assert greeting in shown(html.get_content())
    assert greeting.replace(" ", "") in re.sub(r"\s+", "", text.get_content())


def test_hostile_words_are_words_everywhere(town: Town) -> None:
    """Parsed back by what readers use, every value is text, whole, and nothing more: mail, page, feed and post."""
    town.campaign("colour: blue", f"colour: {FACT!r}".replace("\\'", "''").replace("\\u200d", "\u200d"))
    town.campaign("through: [email]", "through: [email, website, feed, handoff]")
    article = "---\nheadline: Hello {{ facts.colour }}\nsummary: It is {{ facts.colour }}.\n---\n"
    town.write("templates/news/hello/en/article.md", f"{article}It is {{{{ facts.colour }}}}.\n")
    town.write(
        "templates/news/hello/en/email.md", f"{article}Dear {{{{ recipient.name }}}}, it is {{{{ facts.colour }}}}.\n"
    )
    rows = [
        people.Row(address=f"eve{number}@example.org", name=name, language="en", organisation="")
        for number, name in enumerate(NAMES)
    ]
    with town.database.begin() as connection:
        people.add(connection, rows, audience="friends", basis="test", source="test", now=START)
    with LocalSink() as sink:
        town.settings("port: 25", f"port: {sink.port}")
        town.freeze()
        opened = town.opened
        town.dispatcher(opened.channels).run()
        opened.close()
    sent = {mail.recipients[0]: mail.data for mail in sink.accepted}
    assert len(sent) == len(sink.accepted) == len(NAMES) - len(REFUSED)
    for number, name in enumerate(NAMES):
        if name in REFUSED:
            assert f"eve{number}@example.org" not in sent
        else:
            check_mail(sent[f"eve{number}@example.org"], name)
    refused = {copy.name: copy.delivery.reason for copy in town.copies() if copy.name in REFUSED}
    assert len(refused) == len(REFUSED)
    assert all("name" in reason for reason in refused.values()), refused
    check_public(town.root / "var")


def check_public(var: Path) -> None:
    """The announcement's page, the feeds and the pack to paste."""
    page = (var / "public" / "en" / "news" / "hello" / "index.html").read_bytes()
    does_nothing(page)
    assert f"Hello {FACT}" in shown(page)
    assert f"It is {FACT}." in shown(page)
    address = "https://open.littleton.example.org/feeds/public/en/"
    for name in ("rss.xml", "atom.xml"):
        written = (var / "public" / "feeds" / "public" / "en" / name).read_bytes()
        (entry,) = feedparser.parse(written, sanitize_html=False).entries
        does_nothing(entry.content[0].value)
        assert f"It is {FACT}." in shown(entry.content[0].value)
        # What remains is a title that quotes closing tags; a reader cannot be told more.
        assert all(each.startswith("Contains") for each in complaints(written, address + name, START))
    (pack,) = (var / "handoff").rglob("*-en.txt")
    assert f"Hello, it is {FACT}." in pack.read_text()
