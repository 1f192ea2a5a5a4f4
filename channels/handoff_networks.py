"""What the networks that let no program in do to a text that is pasted: how long, what is seen of it, which marks."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from communique.channel import phrase

#: Marks of Markdown that none of them turns into anything: readers would see the signs.
_MARKDOWN = re.compile(r"\*\*\S[^*\n]*\*\*|__\S[^_\n]*__|\[[^\]\n]+\]\(https?://[^)\s]+\)|^#{1,6} .*$", re.MULTILINE)
_ADDRESS = re.compile(r"https?://[^\s<>]+")


@dataclass(frozen=True, kw_only=True, slots=True)
class Network:
    """One of them, as a person finds it on a telephone."""

    name: str
    limit: int  #: characters of a text
    limit_of_caption: int = 0  #: where a picture goes with it; 0: the same
    shown: int = 0  #: characters before "more" on a telephone; 0: all
    folds: int = 0  #: the same on a wide screen
    italic: str = ""  #: signs that make text between two of them slanted, bold or struck out
    advice: tuple[str, ...] = ()  #: labels of what a person has to know, for the sheet

    def most(self, *, has_picture: bool) -> int:
        """How many characters it takes."""
        return self.limit_of_caption if has_picture and self.limit_of_caption else self.limit

    def faults(self, text: str, link: str) -> Iterator[str]:
        """What readers would see otherwise than it is meant."""
        for found in _MARKDOWN.finditer(text):
            yield phrase(
                "{network} shows `{found}` with its signs. Write it plainly; an address stands by itself.",
                network=self.name,
                found=found[0],
            )
        addresses = [found[0].rstrip(".,:;!?)»”") for found in _ADDRESS.finditer(text)]
        for address in addresses:
            eaten = [sign for sign in self.italic if address.count(sign) > 1]
            if eaten:
                yield phrase(
                    "{network} reads two `{sign}` as marks and breaks `{address}`. Link to an address without.",
                    network=self.name,
                    sign=eaten[0],
                    address=address,
                )
        if self.italic and addresses and link and addresses[0].rstrip("/") != link.rstrip("/"):
            yield phrase(
                "{network} shows the page behind the first address alone: `{address}`. Put `{link}` first.",
                network=self.name,
                address=addresses[0],
                link=link,
            )


NETWORKS = {
    "facebook": Network(
        name="Facebook",
        limit=63206,
        shown=125,
        folds=480,
        advice=("facebook",),
    ),
    "linkedin": Network(
        name="LinkedIn",
        limit=3000,
        shown=140,
        folds=210,
        advice=("linkedin",),
    ),
    "whatsapp": Network(
        name="WhatsApp",
        limit=65536,
        limit_of_caption=1024,
        italic="_*~",
        advice=("whatsapp", "whatsapp_status"),
    ),
}
