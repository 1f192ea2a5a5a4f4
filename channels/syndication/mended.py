"""RSS 2.0 and Atom (RFC 4287) as feedgen writes them, put right.

feedgen 1.0.0 leaves out every link but one in RSS, loses the type of Atom entries' links, knows neither WebSub nor
RFC 5005, and its tree has no namespaces until it is written and read again.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from html import escape

from lxml import etree

from channels.syndication.archive import Document
from channels.syndication.generated import generated
from channels.syndication.safe_text import directed, plain
from communique.channel import Entry

ATOM = "http://www.w3.org/2005/Atom"
TOMBSTONES = "http://purl.org/atompub/tombstones/1.0"
HISTORY = "http://purl.org/syndication/history/1.0"
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
#: From `feeds/<audience>/<language>/` to the one stylesheet.
STYLESHEET = "../../feed.css"

_TYPES = {"rss": "application/rss+xml", "atom": "application/atom+xml"}


def rss_document(document: Document, hub: str, changed_at: datetime) -> bytes:
    """One page as RSS 2.0."""
    root = _read(generated(document, changed_at).rss_str())
    root.set(LANGUAGE, document.feed.language)
    channel = root[0]
    after = channel.index(_child(channel, "description")) + 1
    channel[after:after] = [*_marks(document), *_links(document, "rss", hub)]
    _name_editor(channel, document)
    for item, entry in zip(channel.iterfind("item"), document.entries, strict=True):
        # A description is HTML to its reader, so plain text has to be escaped once more (RSS Profile, 4.1.1.20.4).
        _child(item, "description").text = escape(directed(entry.summary), quote=False)
    return _written(root)


def atom_document(document: Document, hub: str, changed_at: datetime) -> bytes:
    """One page as Atom: of what was withdrawn it holds that it was (RFC 6721)."""
    withdrawn = [entry for entry in document.entries if entry.withdrawn]
    document = replace(document, entries=tuple(entry for entry in document.entries if not entry.withdrawn))
    root = _read(generated(document, changed_at).atom_str())
    for link in root.findall(f"{{{ATOM}}}link"):
        root.remove(link)
    after = root.index(_child(root, f"{{{ATOM}}}title")) + 1
    home = _link("alternate", document.feed.home, "text/html", document.feed.language)
    root[after:after] = [*_marks(document), home, *_links(document, "atom", hub)]
    for entry, link in zip(document.entries, root.iterfind(f"{{{ATOM}}}entry/{{{ATOM}}}link"), strict=True):
        link.attrib.update(_link("alternate", entry.link, "text/html", document.feed.language).attrib)
    root.extend(_tombstone(entry, document) for entry in withdrawn)
    return _written(root)


def _tombstone(entry: Entry, document: Document) -> etree._Element:
    when = entry.updated_at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    mapped = {"at": TOMBSTONES}
    stone = etree.Element(f"{{{TOMBSTONES}}}deleted-entry", nsmap=mapped, ref=entry.id, when=when)
    by = etree.SubElement(stone, f"{{{TOMBSTONES}}}by")
    etree.SubElement(by, f"{{{ATOM}}}name").text = plain(document.feed.author_name)
    etree.SubElement(stone, f"{{{TOMBSTONES}}}comment").text = directed(entry.withdrawn)
    stone.append(_link("alternate", entry.link, "text/html", document.feed.language))
    return stone


def _links(document: Document, stem: str, hub: str) -> Iterator[etree._Element]:
    media = _TYPES[stem]
    yield _link("self", document.address(stem, ".xml"), media)
    if document.number:
        yield _link("current", document.address(stem, ".xml", 0), media)
    elif hub:
        yield _link("hub", hub)
    if document.previous:
        yield _link("prev-archive", document.address(stem, ".xml", document.previous), media)
    if document.following:
        yield _link("next-archive", document.address(stem, ".xml", document.following), media)


def _marks(document: Document) -> Iterator[etree._Element]:
    """RFC 5005, section 4: an archive says that it is one."""
    if document.number:
        yield etree.Element(f"{{{HISTORY}}}archive", nsmap={"fh": HISTORY})


def _link(rel: str, address: str, media: str = "", language: str = "") -> etree._Element:
    link = etree.Element(f"{{{ATOM}}}link", nsmap={"atom": ATOM}, rel=rel, href=address)
    if media:
        link.set("type", media)
    if language:
        link.set("hreflang", language)
    return link


def _name_editor(channel: etree._Element, document: Document) -> None:
    """RSS wants `address (name)`; a parenthesis or backslash inside the name would end it early or never."""
    name = plain(document.feed.author_name).translate(str.maketrans("()\\", "[]/"))
    editor = etree.Element("managingEditor")
    editor.text = f"{document.feed.author_email} ({name})"
    channel.insert(channel.index(_child(channel, "language")) + 1, editor)


def _child(parent: etree._Element, name: str) -> etree._Element:
    """An element that feedgen always writes."""
    found = parent.find(name)
    if found is None:
        raise LookupError(f"expected <{name}> in what feedgen wrote, found none")
    return found


def _read(xml: bytes) -> etree._Element:
    return etree.fromstring(xml, etree.XMLParser(resolve_entities=False, no_network=True))


def _written(root: etree._Element) -> bytes:
    etree.cleanup_namespaces(root)
    root.addprevious(etree.ProcessingInstruction("xml-stylesheet", f'type="text/css" href="{STYLESHEET}"'))
    etree.indent(root, space=" ")
    xml: bytes = etree.tostring(root.getroottree(), encoding="UTF-8", xml_declaration=True) + b"\n"
    # The same to a parser; a reader that takes titles for HTML shows text (RSS Profile; validator: CharacterData).
    return xml.replace(b"&lt;", b"&#x3C;").replace(b"&amp;", b"&#x26;")
