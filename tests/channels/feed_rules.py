"""What the W3C feed validator says of RSS 2.0 and Atom, errors and warnings alike, as far as it concerns what we write.

Every rule was read in the validator's own source (w3c/feedvalidator: channel, item, feed, entry, link, content,
validators, base, extension, logging) and put here in our words, with its name there. The validator itself is no
package. For JSON Feed the rules are those of jsonfeed.org/version/1.1.

One warning of the validator is not among the rules: UnknownNamespace of a withdrawn entry's tombstone. Its list of
namespaces ends before RFC 6721, and leaving the tombstone out would leave the entry in every reader. The tombstone
itself is held to the RFC.
"""

import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from itertools import chain
from typing import Any

import html5lib
from lxml import etree


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _atom_names(text: str) -> frozenset[str]:
    return frozenset(ATOM + name for name in text.split())


ATOM = "{http://www.w3.org/2005/Atom}"
_ENCODED = "{http://purl.org/rss/1.0/modules/content/}encoded"
_HISTORY = "{http://purl.org/syndication/history/1.0}"
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_PREFIXES = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "fh": "http://purl.org/syndication/history/1.0",
}
_RELATIONS = {"alternate", "current", "hub", "next-archive", "prev-archive", "self"}
_STONE = "{http://purl.org/atompub/tombstones/1.0}"
_NAMESPACES = {*_PREFIXES.values(), _STONE[1:-1]}
_ONLY_OF_FEEDS = _RELATIONS - {"alternate", "hub", "self"}
_FULL_ADDRESS = re.compile(r"[a-zA-Z][0-9a-zA-Z+.-]*:(//)?[0-9a-zA-Z;/?:@&=+$.\-_!~*'()%,#]+")
_TAG = re.compile(r"tag:[a-z0-9.-]+,\d{4}(-\d\d){0,2}:[0-9a-zA-Z;/?:@&=+$.\-_!~*'()%,]*")
_MAILBOX = re.compile(r"[\w+.'-]+@([A-Za-z0-9-]+\.)+[A-Za-z0-9-]+")
_RSS_DATE = re.compile(r"[A-Z][a-z]{2}, \d\d? [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d ([+-]\d\d[03]0|GMT)")
_ATOM_DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)")
_CLOSING_TAG = re.compile(r"</(\w+)>")
_MARKUP = re.compile(r"&(#\w+|amp|lt|gt|quot|nbsp|apos)\b|<[/a-zA-Z]")
_MISREAD = re.compile("[\x80-\x9f\ufffd]")
_ELEMENTS = _names(
    "a abbr article aside b bdi bdo blockquote br caption cite code col colgroup dd del dfn div dl dt em figcaption "
    "figure footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main mark ol p pre q s samp section small span "
    "strong sub sup table tbody td tfoot th thead time tr u ul var wbr"
)
_ATTRIBUTES = _names(
    "abbr alt cite class colspan datetime dir headers height href hreflang id lang rel rowspan scope src start "
    "title width"
)

#: What may stand in each element, and which attributes: anything else is an UndefinedElement or UnexpectedAttribute.
_CHILDREN = {
    "rss": {"channel"},
    "channel": _names("title link description language managingEditor generator docs lastBuildDate item")
    | {f"{ATOM}link", f"{_HISTORY}archive"},
    "item": _names("title link description guid pubDate category") | {_ENCODED},
    f"{ATOM}feed": _atom_names("title subtitle id updated author generator link entry")
    | {f"{_HISTORY}archive", f"{_STONE}deleted-entry"},
    f"{ATOM}entry": _atom_names("title id updated published summary content category link"),
    f"{_STONE}deleted-entry": {f"{_STONE}by", f"{_STONE}comment", f"{ATOM}link"},
}
_ON = {
    "rss": {"version"},
    "guid": {"isPermaLink"},
    f"{ATOM}link": _names("rel href type hreflang"),
    f"{ATOM}content": {"type"},
    f"{ATOM}summary": {"type"},
    f"{ATOM}category": _names("term label scheme"),
    f"{_STONE}deleted-entry": _names("ref when"),
}

_OF_FEED = _names(
    "version title home_page_url feed_url description user_comment next_url icon favicon authors language expired "
    "hubs items"
)
_OF_ITEM = _names(
    "id url external_url title content_html content_text summary image banner_image date_published date_modified "
    "authors tags language attachments"
)


def complaints(document: bytes, address: str, now: datetime) -> list[str]:
    """Names of the rules that a document breaks, each with what broke it; `address` is where it was fetched from."""
    root = etree.fromstring(document)
    rules = _rss if root.tag == "rss" else _atom
    found = [*_everywhere(root), *_shape(root), *rules(root, document.decode().splitlines(), now)]
    declared = re.match(rb"<\?xml version='1\.0' encoding='UTF-8'\?>\n", document)
    return [*found, *_links(root, address), *([] if declared else ["BadXmlVersion, MissingEncoding or NotUTF8"])]


def _shape(root: etree._Element) -> Iterator[str]:
    if root.find(f".//{_HISTORY}archive") is not None:
        if "current" not in _relations(root):
            yield "MissingCurrentInArchive"
        if not {"prev-archive", "next-archive"} & _relations(root):
            yield "ArchiveIncomplete"
    for element in root.iter(etree.Element):
        namespace = etree.QName(element).namespace
        if namespace and namespace not in _NAMESPACES:
            yield f"UnknownNamespace: {namespace}"
        allowed = _CHILDREN.get(str(element.tag))
        if allowed is not None:
            yield from (f"UndefinedElement: {each.tag}" for each in element if str(each.tag) not in allowed)
        for name in element.attrib:
            if name != _LANGUAGE and name not in _ON.get(str(element.tag), ()):
                yield f"UnexpectedAttribute: {name} of {element.tag}"


def _everywhere(root: etree._Element) -> Iterator[str]:
    for element in root.iter(etree.Element):
        for text in [element.text or "", *element.attrib.values()]:
            if _MISREAD.search(str(text)):
                yield f"BadCharacters: {text!r}"
        for prefix, namespace in element.nsmap.items():
            if prefix in _PREFIXES and namespace != _PREFIXES[prefix]:
                yield f"ReservedPrefix: {prefix}"
            if prefix == "atom" and root.tag == f"{ATOM}feed":
                yield "AvoidNamespacePrefix: atom"
    if not re.fullmatch(r"[a-z]{2,3}(-\w+)*", str(root.get(_LANGUAGE))):
        yield f"InvalidLanguage: {root.get(_LANGUAGE)}"


def _rss(root: etree._Element, lines: list[str], now: datetime) -> Iterator[str]:
    channel = root.find("channel")
    assert channel is not None
    yield from _rss_structure(channel)
    yield from _rss_words(channel, lines)
    for each in chain(_texts(channel, "lastBuildDate"), _texts(channel, "item/pubDate")):
        yield from _rss_date(each, now)
    yield from chain.from_iterable(_rss_item(item) for item in channel.iterfind("item"))
    if "self" not in _relations(root):
        yield "MissingAtomSelfLink"


def _rss_structure(channel: etree._Element) -> Iterator[str]:
    children = [child.tag for child in channel]
    once = ("title", "link", "description", "language", "managingEditor", "generator", "docs", "lastBuildDate")
    for name in once:
        if children.count(name) != 1:
            yield f"MissingElement or DuplicateElement: {name}"
    if "item" in children and set(children[children.index("item") :]) != {"item"}:
        yield "MisplacedItem"
    guids = _texts(channel, "item/guid")
    if len(set(guids)) != len(guids):
        yield "DuplicateValue: guid"


def _rss_words(channel: etree._Element, lines: list[str]) -> Iterator[str]:
    for path in ("title", "description", "item/title", "item/category"):
        yield from chain.from_iterable(_plain(each, "ContainsHTML", lines) for each in channel.iterfind(path))
    for path in ("title", "item/title", "item/description", f"item/{_ENCODED}", "item/category"):
        yield from (f"NotBlank: {path}" for text in _texts(channel, path) if not text.strip())
    for path in ("link", "docs", "item/link"):
        yield from (f"InvalidFullLink: {each}" for each in _texts(channel, path) if not _FULL_ADDRESS.fullmatch(each))
    for each in _texts(channel, "managingEditor"):
        if not re.fullmatch(rf"{_MAILBOX.pattern} \([^()\\]+\)", each):
            yield f"InvalidContact, MissingRealName or EmailFormat: {each}"
    for each in chain(_texts(channel, "item/description"), _texts(channel, f"item/{_ENCODED}")):
        yield from _html(each)


def _rss_item(item: etree._Element) -> Iterator[str]:
    names = [child.tag for child in item]
    for name in ("title", "link", "description", _ENCODED, "guid", "pubDate"):
        if names.count(name) != 1:
            yield f"MissingGuid, MissingElement or DuplicateElement: item/{name}"
    if _ENCODED in names and "description" not in names[: names.index(_ENCODED)]:
        yield "NeedDescriptionBeforeContent"
    guid = item.find("guid")
    if guid is not None and guid.get("isPermaLink") != "false" and (guid.text or "").startswith("tag:"):
        yield f"InvalidPermalink: {guid.text}"


def _atom(root: etree._Element, lines: list[str], now: datetime) -> Iterator[str]:
    entry = f"{ATOM}entry"
    names = [child.tag for child in root]
    yield from _atom_once(root, ("title", "id", "updated", "author", "generator"))
    if entry in names and not set(names[names.index(entry) :]) <= {entry, f"{_STONE}deleted-entry"}:
        yield "MisplacedMetadata"
    for path, rule in ((f"{entry}/{ATOM}id", "DuplicateEntries"), (f"{entry}/{ATOM}updated", "DuplicateUpdated")):
        values = _texts(root, path)
        if len(set(values)) != len(values):
            yield rule
    yield from _atom_words(root, lines)
    for each in root.iterfind(entry):
        yield from _atom_once(each, ("title", "id", "updated", "published", "summary", "content"))
        yield from _atom_words(each, lines)
        yield from _in_time(each)
    for element in chain(root.iter(f"{ATOM}updated"), root.iter(f"{ATOM}published")):
        yield from _atom_date(element.text or "", now)
    yield from chain.from_iterable(_tombstone(root, stone, now) for stone in root.iterfind(f"{_STONE}deleted-entry"))


def _in_time(entry: etree._Element) -> Iterator[str]:
    """RFC 4287, section 4.2.15: `updated` is of the most recent instance, so never before `published`."""
    moments = [text for name in ("published", "updated") for text in _texts(entry, ATOM + name)]
    if all(_ATOM_DATE.fullmatch(each) for each in moments):
        first, *later = map(datetime.fromisoformat, moments)
        yield from (f"updated before published: {moment}" for moment in later if moment < first)


def _tombstone(root: etree._Element, stone: etree._Element, now: datetime) -> Iterator[str]:
    """RFC 6721, section 3: whose it is, and when; the entry is not there besides."""
    ref = str(stone.get("ref"))
    yield from _id(ref)
    yield from _atom_date(str(stone.get("when")), now)
    if ref in _texts(root, f"{ATOM}entry/{ATOM}id"):
        yield f"a tombstone beside its entry: {ref}"
    if not all(text.strip() for text in _texts(stone, f"{_STONE}by/{ATOM}name") or [""]):
        yield f"a tombstone by nobody: {ref}"


def _atom_once(holder: etree._Element, names: tuple[str, ...]) -> Iterator[str]:
    for name in names:
        if len(holder.findall(ATOM + name)) != 1:
            yield f"MissingElement or DuplicateElement: {name}"
    for element in holder.iterfind(f"{ATOM}id"):
        yield from _id(element.text or "")
    keys = [(link.get("type"), link.get("rel"), link.get("hreflang")) for link in holder.iterfind(f"{ATOM}link")]
    if len(set(keys)) != len(keys):
        yield "DuplicateAtomLink"


def _atom_words(holder: etree._Element, lines: list[str]) -> Iterator[str]:
    for name in ("title", "subtitle", "summary"):
        yield from chain.from_iterable(
            _plain(each, "ContainsUndeclaredHTML", lines) for each in holder.iterfind(ATOM + name)
        )
    for name in ("title", "subtitle", "summary", "content", "id"):
        yield from (f"NotBlank: {name}" for text in _texts(holder, ATOM + name) if not text.strip())
    for element in holder.iterfind(f"{ATOM}content"):
        if element.get("type") != "html":
            yield f"ContainsUndeclaredHTML: content of type {element.get('type')}"
        yield from _html(element.text or "")
    for each in _texts(holder, f"{ATOM}author/{ATOM}email"):
        if not _MAILBOX.fullmatch(each):
            yield f"InvalidAddrSpec: {each}"


def _atom_date(text: str, now: datetime) -> Iterator[str]:
    if not _ATOM_DATE.fullmatch(text):
        yield f"InvalidRFC3339Date: {text}"
    elif datetime.fromisoformat(text) > now + timedelta(minutes=10):
        yield f"ImplausibleDate: {text}"


def _id(text: str) -> Iterator[str]:
    """The canonical form has its scheme and host in small letters (RFC 3986, section 6.2.2.1)."""
    known = (_TAG if text.startswith("tag:") else _FULL_ADDRESS).fullmatch(text)
    origin = "/".join(text.split("/")[:3])
    if not known or (text.startswith("http") and origin != origin.lower()):
        yield f"InvalidTAG, InvalidFullLink or NonCanonicalURI: {text}"


def _links(root: etree._Element, address: str) -> Iterator[str]:
    for link in root.iter(f"{ATOM}link"):
        if link.get("rel") not in _RELATIONS:
            yield f"UnregisteredAtomLinkRel: {link.get('rel')}"
        if not _FULL_ADDRESS.fullmatch(str(link.get("href"))):
            yield f"InvalidIRI or RelativeSelf: {link.get('href')}"
        if str(link.get("rel")) in _ONLY_OF_FEEDS and str(link.getparent().tag) == f"{ATOM}entry":
            yield f"FeedHistoryRelInEntry: {link.get('rel')}"
        if (link.text or "").strip() or len(link):
            yield f"AtomLinkNotEmpty: {link.text}"
        if link.get("rel") == "self" and link.get("href") != address:
            yield f"SelfDoesntMatchLocation: {link.get('href')}"
        if link.get("rel") == "self" and link.get("type") not in {"application/rss+xml", "application/atom+xml"}:
            yield f"SelfNotAtom: {link.get('type')}"
    if root.tag == f"{ATOM}feed" and "self" not in _relations(root):
        yield "MissingSelf"
    if len(root.findall(f".//{ATOM}link[@rel='self']")) > 1:
        yield "more than one link to itself"


def _plain(element: etree._Element, rule: str, lines: list[str]) -> Iterator[str]:
    """Text that a reader might take for HTML; a numeric reference in its line of the source says that it is none.

    A closing tag is complained of all the same. There is nothing to mend: some readers would obey it.
    """
    text = element.text or ""
    if _CLOSING_TAG.search(text) or (_MARKUP.search(text) and "&#x" not in lines[int(element.sourceline or 1) - 1]):
        yield f"{rule} or CharacterData: {text}"


def _html(fragment: str) -> Iterator[str]:
    if re.search(r"&lt;p( [^&]*)?&gt;", fragment):
        yield f"escaped twice (no rule of the validator): {fragment}"
    try:
        parsed = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parseFragment(fragment)
    except html5lib.html5parser.ParseError as error:
        yield f"NotHtml: {error} in {fragment}"
        return
    for element in parsed.iter():
        if not isinstance(element.tag, str) or element.tag == "DOCUMENT_FRAGMENT":
            continue
        if element.tag not in _ELEMENTS:
            yield f"NotHtml or SecurityRisk: <{element.tag}>"
        yield from (f"SecurityRiskAttr: {name}" for name in element.attrib if name not in _ATTRIBUTES)
        for name in ("href", "src"):
            if not re.match(r"\w+:", element.get(name, "https:")):
                yield f"ContainsRelRef: {element.get(name)}"


def _rss_date(text: str, now: datetime) -> Iterator[str]:
    if not _RSS_DATE.fullmatch(text) or parsedate_to_datetime(text).strftime("%a") != text[:3]:
        yield f"InvalidRFC2822Date or IncorrectDOW: {text}"
    elif parsedate_to_datetime(text) > now + timedelta(minutes=10):
        yield f"ImplausibleDate: {text}"


def _relations(root: etree._Element) -> set[str]:
    holder = root.find("channel") if root.tag == "rss" else root
    assert holder is not None
    return {str(link.get("rel")) for link in holder.iterfind(f"{ATOM}link")}


def _texts(element: etree._Element, path: str) -> list[str]:
    return [found.text or "" for found in element.iterfind(path)]


def json_complaints(document: bytes, now: datetime) -> list[str]:
    """What JSON Feed 1.1 requires or forbids, where the document does otherwise."""
    return list(_json(json.loads(document), now))


def _json(feed: dict[str, Any], now: datetime) -> Iterator[str]:
    if feed["version"] != "https://jsonfeed.org/version/1.1" or not feed["title"].strip():
        yield "version or title"
    yield from (f"unknown member {name}" for name in feed if name not in _OF_FEED)
    if feed.get("next_url") == feed["feed_url"]:
        yield "next_url is the feed itself"
    if not all(author.keys() & {"name", "url", "avatar"} for author in feed["authors"]):
        yield "an author says nothing"
    if not all({"type", "url"} <= hub.keys() for hub in feed.get("hubs", ())):
        yield "a hub without type or url"
    ids = [item["id"] for item in feed["items"]]
    if len(set(ids)) != len(ids) or not all(isinstance(each, str) and each for each in ids):
        yield "an id is missing, no text, or there twice"
    addresses = [feed[name] for name in ("home_page_url", "feed_url", "next_url") if name in feed]
    addresses += [item["url"] for item in feed["items"]]
    yield from chain.from_iterable(_json_item(item, now) for item in feed["items"])
    yield from (f"no full address: {each}" for each in addresses if not _FULL_ADDRESS.fullmatch(each))


def _json_item(item: dict[str, Any], now: datetime) -> Iterator[str]:
    """Names that begin with `_` are free for extensions."""
    yield from (f"unknown member {name}" for name in item if name not in _OF_ITEM and name[0] != "_")
    if not (item.get("content_html") or item.get("content_text")):
        yield "an item without content"
    yield from _html(item["content_html"])
    if item["date_modified"] < item["date_published"]:
        yield f"modified before it was published: {item['id']}"
    for moment in (item["date_published"], item["date_modified"]):
        if not _ATOM_DATE.fullmatch(moment) or datetime.fromisoformat(moment) > now + timedelta(minutes=10):
            yield f"no date of the past by RFC 3339: {moment}"
