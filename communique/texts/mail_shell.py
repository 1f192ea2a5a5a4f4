"""The shell of all mails around what is no announcement: a newsletter by day or week, word of a withdrawal."""

from collections.abc import Mapping
from typing import Any

from communique.channel import Mail, Recipient
from communique.language.formatting import direction
from communique.texts import addresses
from communique.texts.rendering import Renderer


def in_shell(
    renderer: Renderer, recipient: Recipient, role: str, content: Mapping[str, Any], *, chooses: bool = True
) -> Mail:
    """One person's mail.

    `content` has `subject`, `headline`, `preheader`, `body` and `text_body`, the last two as markup. With `chooses` it
    links to the page on which its readers choose what they get.

    Raises:
        TemplateProblemError: a layout is missing or wrong.
    """
    language, settings = recipient.language, renderer.facts.settings
    leave, choose = renderer.own_links.ways_out(recipient)
    shell = {
        **renderer.facts.about_us(language),
        "dir": direction(language),
        "words": renderer.words.of(language),
        "greeting": "",
        "role": role,
        "pages": {},
        "unsubscribe_url": leave,
        "preferences_url": choose if chooses else "",
        "look": renderer.look(language),
        **content,
    }
    contact = settings.government.contact.email
    return Mail(
        subject=shell["subject"],
        text=renderer.templates.fill_layout("mail.txt", shell),
        html=renderer.templates.fill_layout("mail.html", shell),
        reply_to=contact,
        unsubscribe_url=leave,
        unsubscribe_mailto=contact,
        archive_url=addresses.archive_page(settings.public_address, language) if renderer.has_site else "",
    )
