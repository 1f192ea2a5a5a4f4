"""What mails and pages are to those who hear them or see little, and whether their readers can leave."""

import re
from dataclasses import dataclass

import pytest

from channels.newsletter import NewsletterChannel
from communique.channel import Message
from communique.plan.checking import check
from communique.plan.checks.html_contrast import faint_in
from communique.plan.checks.html_outline import outline_of
from communique.plan.checks.leaving import header_faults
from tests.channels.dkim_keys import key
from tests.channels.mail_messages import MESSAGE, NEWSLETTER
from tests.workspaces import PUBLIC, Town

MAIL, TEXT = "templates/layouts/mail.html", "templates/layouts/mail.txt"
SITE = "templates/layouts/site"


def faint(styles: str, body: str) -> set[tuple[str, str, str, str]]:
    """Words, colour, ground and scheme of what stands out too little."""
    found = faint_in(outline_of(f"<html><head><style>{styles}</style></head><body>{body}</body></html>"))
    return {(each.words, each.colour, each.ground, each.scheme) for each in found}


DARK = "@media (prefers-color-scheme: dark)"
FRAME = f"body {{ background: #fff; color: #000 }} {DARK} {{ body {{ background: #111; color: #eee }} }}"


@pytest.mark.parametrize(
    ("styles", "body", "found"),
    [
        (".a .b { color: #999 }", '<div class="a"><p class="b">B', ("B", "#999999", "#ffffff", "light")),
        (".b { color: #333 }", '<p class="b">B', ("B", "#333333", "#111111", "dark")),
        (":root { --x: #888 } p { color: var(--y, var(--x)) }", "<p>B", ("B", "#888888", "#ffffff", "light")),
        ("p { background: #777; color: rgb(255 255 255 / 50%) }", "<p>B", ("B", "#bbbbbb", "#777777", "light")),
        ("p { color: #777 !important } .b { color: #000 }", '<p class="b">B', ("B", "#777777", "#ffffff", "light")),
        ("", '<p style="color: silver">B', ("B", "#c0c0c0", "#ffffff", "light")),
        ("", '<table><tr><td bgcolor="#222222">B', ("B", "#000000", "#222222", "light")),
        ("img { color: #aaa }", '<p><img src="a.png" alt="A crest">', ("A crest", "#aaaaaa", "#ffffff", "light")),
    ],
)
def test_words_that_stand_out_too_little_are_seen(styles: str, body: str, found: tuple[str, str, str, str]) -> None:
    """Whoever gives them their colour, in the scheme where it matters."""
    assert found in faint(FRAME + styles, body)


@pytest.mark.parametrize(
    ("styles", "body"),
    [
        ("p { color: #767676 } " + DARK + " { p { color: #aaa } }", "<p>B"),
        (".b { display: none; color: #fff }", '<p class="b">B'),
        (".b { background: url(a.png); color: #fff }", '<p class="b">B'),
        ("p:hover, p::before { color: #fff } @media print { p { color: #fff } }", "<p>B"),
        ("p { color: #fff } p { color: inherit }", "<p>B"),
        ("a { color: inherit }", '<!-- <p style="color: #fff">B --><script>"B"</script><a href="https://x.org">B</a>'),
    ],
)
def test_what_is_seen_well_or_not_at_all_is_left_alone(styles: str, body: str) -> None:
    """4.5:1 is enough, and what nobody sees cannot be too faint."""
    assert faint(FRAME + styles, body) == set()


def test_layouts_that_are_hard_to_hear_or_see_are_pointed_at(town: Town) -> None:
    """Everything that was planted is found at its file, and nothing else; the shipped layouts have nothing."""
    town.settings(
        "channels:\n",
        "channels:\n  newsletter: {kind: newsletter, host: localhost, port: 25, tls: none, "
        "sender: a@littleton.example.org, list_id: news.littleton.example.org}\n",
    )
    town.campaign("through: [email]", "through: [email, website, newsletter]")
    town.write("templates/news/hello/en/website.md", PUBLIC)
    town.write("templates/news/hello/en/newsletter.md", PUBLIC)
    assert _found(town) == set()

    town.edit(MAIL, ".text .day { margin: -6px 0 8px; color: #4d565f", ".text .day { color: #4d565f")
    town.edit(MAIL, ".contact p { margin: 0; }", ".contact p { margin: 0; color: #b0b0b0; }")
    town.edit(MAIL, "<h2>{{ words.contact }}</h2>", "<h4>{{ words.contact }}</h4>")
    town.edit(MAIL, ">{{ words.government_website }}</a>", "></a>")
    town.edit(MAIL, "{{ unsubscribe_url }}", "{{ pages.process }}")
    town.edit(TEXT, "{{ unsubscribe_url }}", "")
    town.edit(f"{SITE}/style.css", "    --soft: #aab4bd;", "    --soft: #4d565f;")
    town.edit(f"{SITE}/base.html", '<nav class="main-menu" aria-label="{{ words.main_menu }}">', "<nav>")
    town.edit(f"{SITE}/base.html", 'href="#content"', 'href="#top"')
    town.edit(f"{SITE}/base.html", "<footer", "<div")
    town.edit(
        f"{SITE}/announcement.html", "<h1>{{ announcement.headline }}</h1>", "<h2>{{ announcement.headline }}</h2>"
    )
    town.edit(f"{SITE}/archive.html", "<h1>", "<h1>A</h1><h1>")
    town.edit(f"{SITE}/follow.html", "<h1>", '<p><a href="https://example.org">Here</a></p><h1>')
    assert _found(town) == {
        ("words-too-faint", MAIL, ".contact p {"),
        ("mail-hard-to-hear", MAIL, "level 4"),
        ("mail-hard-to-hear", MAIL, "none in the one to"),
        ("no-way-to-leave", MAIL, "found none in their mail"),
        ("no-way-to-leave", TEXT, "found none in their mail"),
        ("words-too-faint", f"{SITE}/style.css", "var(--soft)"),
        ("page-hard-to-hear", f"{SITE}/base.html", "several menus"),
        ("page-hard-to-hear", f"{SITE}/base.html", "found #top"),
        ("page-hard-to-hear", f"{SITE}/base.html", "`contentinfo`"),
        ("page-hard-to-hear", f"{SITE}/announcement.html", "found none"),
        ("page-hard-to-hear", f"{SITE}/archive.html", "found 2"),
        ("page-hard-to-hear", f"{SITE}/follow.html", "“Here”"),
    }


_SIGNS = (".contact p {", "level 4", "none in the one to", "found none in their mail", "var(--soft)", "several menus")
_MORE_SIGNS = ("found #top", "`contentinfo`", "found none", "found 2", "“Here”")


def _found(town: Town) -> set[tuple[str, str, str]]:
    """Codes and files, and what tells one finding of a file from the other."""
    problems = check(town.planner, {}, town.clock.now)
    told = [(each, f"{each.message} {each.source}") for each in problems]
    return {
        (each.code, each.file, next((sign for sign in (*_SIGNS, *_MORE_SIGNS) if sign in words), words))
        for each, words in told
    }


@dataclass
class Altered:
    """A channel whose mails somebody has taken words from."""

    channel: NewsletterChannel
    pattern: bytes

    def written(self, message: Message) -> bytes:
        """Without what the pattern matches."""
        return re.sub(self.pattern, b"", self.channel.written(message))


def test_a_newsletter_is_left_by_one_click_and_its_headers_are_signed() -> None:
    """RFC 8058 3.1 and 4: each part of it that is not there is named."""
    issue = MESSAGE._replace(content=NEWSLETTER)
    channel = NewsletterChannel(
        host="localhost",
        port=25,
        tls="none",
        sender="boletin@puertoclaro.example",
        list_id="boletin.puertoclaro.example",
        dkim_selector="one",
        dkim_key=key("ed25519").pem,
    )
    assert list(header_faults(channel, issue)) == []
    for pattern, words in (
        (rb"List-Unsubscribe-Post:[^\r]*\r\n", "found none"),
        (rb"<https:[^>]*>,\s*(?=<mailto)", "an https address"),
        (rb"(?i)(?<=[:= ])list-unsubscribe-post\b", "without list-unsubscribe-post"),
    ):
        (fault,) = header_faults(Altered(channel, pattern), issue)
        assert words in fault
