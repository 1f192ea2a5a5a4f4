"""Reports of returned mail as mail servers write them, about a mail of a test's."""

from pathlib import Path

from communique.bounces.tags import tag_of
from communique.channel import Secret
from communique.delivery import Delivery

KEY = Secret("key")  # of the tiny town
#: By name; `TAG` and `REFERENCE` stand in them where a tag and a Message-ID are.
CORPUS = {file.stem: file.read_bytes() for file in sorted((Path(__file__).parent / "returned_mail").glob("*.eml"))}


def sent_back(name: str, *, tag: str, reference: str) -> bytes:
    """A report about the mail with this tag and Message-ID."""
    return CORPUS[name].replace(b"TAG", tag.encode()).replace(b"REFERENCE", reference.encode())


def about(name: str, delivery: Delivery, *, tag: str | None = None) -> bytes:
    """A report about a delivery; with `tag`, one that somebody made up, and without its Message-ID."""
    known = tag_of(delivery.id, delivery.reference, KEY) if tag is None else tag
    return sent_back(name, tag=known, reference=delivery.reference if tag is None else "nobody@knows.example")
