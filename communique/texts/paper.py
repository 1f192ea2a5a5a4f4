"""What a letter on paper has beside its text: address, letterhead, reference, the code that leads to an answer."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import segno

from communique.channel import Cover, Recipient
from communique.language.escaping import in_line
from communique.language.formatting import direction, locale_of
from communique.language.postal import address_lines
from communique.postal_address import PostalAddress
from communique.settings import Settings
from communique.texts.pictures import as_address

_LINK = re.compile(r'<a href="(https[^"]*)"[^>]*>(.*?)</a>', re.DOTALL)
_LABELS = ("letters", "pages", "sheets", "weight", "postage", "together", "envelope")


def with_addresses(html: str) -> str:
    """A text of ours with the address of each link behind it, for those who have it on paper.

    They are words of the text, and no style adds them: what begins a line then has no gap before it.
    """

    def beside(link: re.Match[str]) -> str:
        whole, address, said = link[0], link[1], link[2]
        return whole if said == address else f'{whole} <bdi class="address" dir="ltr">({address})</bdi>'

    return _LINK.sub(beside, html)


def lines_to(recipient: Recipient, postal: PostalAddress, settings: Settings) -> tuple[str, ...]:
    """The address in the window: the post of our country reads it, whatever language the letter is in."""
    ours = settings.languages[0]
    return address_lines(
        postal,
        name=in_line(recipient.name),
        organisation=in_line(recipient.organisation),
        home=settings.holidays.country,
        locale=locale_of(ours, settings.locales),
    )


def on_the_sheet(
    settings: Settings, logo: bytes | None, answer: str, reference: str, sent_at: datetime
) -> dict[str, Any]:
    """What the letterhead and the code are made of; pictures stand in it, because nothing is fetched for a letter.

    Args:
        settings: of the workspace.
        logo: the file, PNG or JPEG.
        answer: the address that the code leads to; empty: there is no code.
        reference: the letter's identity.
        sent_at: when it falls due, aware.
    """
    return {
        "logo": as_address(logo) if logo else "",
        "code": code_of(answer) if answer else "",
        "reference": short_reference(reference, sent_at.astimezone(settings.timezone).year),
        "sender_lines": [directed(line) for line in settings.government.address.splitlines() if line.strip()],
    }


def code_of(address: str) -> str:
    """A QR code that leads to an address, as an address of its own."""
    return str(segno.make(address, error="m").svg_data_uri(border=4, omitsize=True))


def in_the_window(lines: Sequence[str]) -> dict[str, Any]:
    """Each line as it is read; all of them from the side on which the last one begins, which sorting machines read."""
    address = [directed(line) for line in lines]
    return {"address": address, "address_dir": address[-1]["dir"]}


def directed(line: str) -> dict[str, str]:
    """A line and the direction of its first letter: a street in Spain is read from the left in Arabic letters, too."""
    strong = (unicodedata.bidirectional(sign) for sign in line)
    first = next((each for each in strong if each in {"L", "R", "AL"}), "L")
    return {"text": line.strip(), "dir": "ltr" if first == "L" else "rtl"}


def short_reference(reference: str, year: int) -> str:
    """What somebody can say on the telephone: `2027-4F1A-90C3`, the first eight digits of the identity."""
    digits = reference[:8].upper()
    return f"{year}-{digits[:4]}-{digits[4:]}"


def cover_of(words: Mapping[str, Any], subject: str, language: str) -> Cover:
    """The words of the sheet on top of a batch, in the letters' language."""
    said = words["paper"]["cover"]
    return Cover(
        title=f"{said['title']}{words['colon']} {subject}",
        direction=direction(language),
        language=(str(said["language"]), str(words["language_name"])),
        labels={name: str(said[name]) for name in _LABELS},
        steps=tuple(map(str, said["steps"])),
    )
