"""Links of a text that lead nowhere its readers can go: seen without asking any server."""

import ipaddress
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from urllib.parse import parse_qsl, unquote, urlsplit

from communique.channel import Form
from communique.language.mistyped_domains import mistyped
from communique.language.territories import names_of_language
from communique.phrase import phrase
from communique.plan.checks.reading import Text, links_in
from communique.problems import Problem
from communique.settings import PAGES_BESIDE_TOPICS
from communique.workspace import Workspace

_BARE = re.compile(r"https?://[^\s<>\"“”)]+")
_MAIL = re.compile(r"[^@\s<>,;/]+@[^@\s<>,;/]+\.[^@\s<>,;/.?]{2,}")
_PHONE = re.compile(r"\+?[0-9().\-]+(;ext=[0-9]+)?")  # RFC 3966, with what stands between digits
_FEWEST_DIGITS = 3  # 112
#: A link in which a bracket, or a space in its address, lets readers see how it was meant: `[it](https://… gov)`. What
#: stands between the brackets, and other beginnings of an address, `communique.texts.slips` tells.
_LEFT_OPEN = re.compile(
    r"\[[^\[\]\n]+\]\((?:https:|mailto:|tel:)[^\n)]*\)?|\([^()\n]+\)\[(?:https?:|www\.|mailto:|tel:)[^\n\]]*\]"
)
#: Names that only machines of an office or of a developer know (RFC 2606, RFC 6762, and what is usual).
_OF_NOBODY = re.compile(r"(^|\.)(localhost|local|localdomain|internal|intranet|lan|test|invalid)$")
_OF_A_TRIAL = re.compile(r"(^|[.-])(staging|stage|test|testing|pruebas|preprod|preproduccion|dev|uat|sandbox|demo)[.-]")


#: What programs of mailings and networks hang on an address to follow who opens it.
_TRACKS = re.compile(
    r"^(?:utm_\w+|fbclid|gclid|dclid|msclkid|igshid|mc_[ce]id|mkt_tok|_hs(?:enc|mi)|yclid|twclid|vero_id)$"
)
#: Where a file or a room lies that opens for whom it was shared with.
_PRIVATE = re.compile(
    r"//(?:docs\.google\.com/.*/edit|drive\.google\.com/|mail\.google\.com/|outlook\.(?:office|live)\.|[\w-]+\.sharepoint\.com/|"
    r"1drv\.ms/|onedrive\.live\.com/|teams\.microsoft\.com/(?!l/meetup)|web\.whatsapp\.com/|[\w-]+\.slack\.com/|"
    r"calendar\.google\.com/calendar/u/|(?:[\w-]+\.)?zoom\.us/s/)"
    # Where officers write the pages of their own website.
    r"|/wp-admin/|/wp-login\.php|/node/\d+/edit\b|/user/login\b|[?&]preview=true\b"
)
#: What is found there is another page for each, and another one tomorrow.
_SEARCH = re.compile(r"^(?:www\.)?(?:google\.[\w.]+|bing\.com|duckduckgo\.com)/(?:search)?$")
#: Programs of mails and networks that send whoever follows a link by themselves.
_WRAPPED = re.compile(
    r"safelinks\.protection\.outlook\.com|urldefense\.(?:proofpoint\.)?com|^(?:www\.)?google\.[\w.]+/url$|"
    r"^l\.(?:facebook|instagram)\.com/|^lm\.facebook\.com/|\.list-manage\.com/track|\.ct\.sendgrid\.net|^(?:www\.)?linkedin\.com/redir"
)
_WITH_PASSWORD = re.compile(r"^(?:pwd|password|passwd|passcode|token|access_token|api_?key|zak)$", re.IGNORECASE)
_HOST = re.compile(r"[^\s,;!?\"'()<>@\[\]]*|\[[0-9a-f:.]+\]", re.IGNORECASE)


def check_links(workspace: Workspace, texts: Mapping[tuple[str, str], Text]) -> Iterator[tuple[Problem, str]]:
    """Everything that is wrong with where links lead, with words of the line where it is."""
    own = {workspace.settings.government.contact.email.rpartition("@")[2].casefold()}
    for it in dict.fromkeys(texts.values()):
        if it.html:  # Markdown
            yield from _left_open(it)
        linked = links_in(it.html)
        addresses = [address for address, _ in linked] or _BARE.findall(it.text)
        yield from _of_another_language(workspace, it, linked or [(address, "") for address in addresses])
        for address in dict.fromkeys(addresses):
            for problem in _faults(workspace, it, address, own):
                yield problem, _as_typed(address)


def _as_typed(address: str) -> str:
    """Words of an address that its file has, whether signs in it were typed as they are or as `%3A`."""
    if address.startswith(("mailto:", "tel:")):
        return unquote(address.partition(":")[2])
    return address.partition("%")[0]


def _left_open(it: Text) -> Iterator[tuple[Problem, str]]:
    """What was meant as a link, and has become none."""
    made = {unquote(address) for address, _ in links_in(it.html)}
    for found in dict.fromkeys(match[0] for match in _LEFT_OPEN.finditer(it.text)):
        if found.partition("](")[2].rstrip(")") in made:
            continue
        message = phrase("expected a link, found `{found}`, which is read as it stands", found=found)
        hint = phrase(
            "Write `[words](https://…)`: no space in the address (`%20` stands for one), both brackets closed."
        )
        yield it.error("broken-link", message, hint), found.partition("](")[0]


def links_to_others(workspace: Workspace, texts: Iterable[Text]) -> Iterator[tuple[str, str]]:
    """Web addresses that are not ours, each with the file it stands in: whether they answer is asked elsewhere."""
    root = workspace.settings.public_address.rstrip("/")
    for it in texts:
        for address in [each for each, _ in links_in(it.html)] or _BARE.findall(it.text):
            if urlsplit(address).scheme in {"http", "https"} and not f"{address}/".startswith(f"{root}/"):
                yield address, it.file


def _faults(workspace: Workspace, it: Text, address: str, own: set[str]) -> Iterator[Problem]:
    scheme = urlsplit(address).scheme.lower()
    if address.startswith("#"):
        message = phrase(
            "expected an address, found `{address}`: no place of a mail or page is called so", address=address
        )
        yield it.error("broken-link", message, phrase("Link the whole page, or say under which heading it stands."))
    elif scheme == "mailto":
        yield from _of_mail(it, unquote(address), own)
    elif scheme == "tel":
        number = unquote(address)[len("tel:") :]
        if not _PHONE.fullmatch(number) or sum(each.isdigit() for each in number) < _FEWEST_DIGITS:
            message = phrase("expected a telephone number, found `{number}`", number=number)
            yield it.error("broken-link", message, phrase("Write digits, with the country code: `tel:+34955000000`."))
    else:
        yield from _of_a_server(it, address)
        yield from _of_its_parts(it, address)
        yield from _of_our_own(workspace, it, address)


def _of_mail(it: Text, address: str, own: set[str]) -> Iterator[Problem]:
    to = address[len("mailto:") :].partition("?")[0]
    for each in to.split(","):
        if not _MAIL.fullmatch(each.strip()):
            message = phrase("expected an e-mail address behind `mailto:`, found `{found}`", found=each.strip())
            yield it.error("broken-link", message, phrase("Write it in full: `mailto:opengov@example.org`."))
        elif problem := mistyped(each.strip(), own):
            yield replace(problem, file=it.file)


def _of_a_server(it: Text, address: str) -> Iterator[Problem]:
    parts = urlsplit(address)
    host = (parts.hostname or "").casefold().rstrip(".")
    if parts.scheme == "http" and not it.html:  # in Markdown its line is known without filling it
        message = phrase("expected an address that begins with https://, found `{address}`", address=address)
        yield it.error(
            "broken-link",
            message,
            phrase("Write `https://{address}`.", address=address.removeprefix("http://")),
        )
    if host in {"http", "https"} or (it.html and address.endswith((".", ",", ";", ":"))):
        message = phrase("expected the address of a page, found `{address}`", address=address)
        hint = phrase(
            "Its beginning stands there twice, or a sign of the sentence at its end: copy it from the page itself."
        )
        yield it.error("broken-link", message, hint)
        return
    if not _HOST.fullmatch(parts.netloc.rstrip(",;!?")):
        message = phrase("expected the name of a server, found `{found}`", found=parts.netloc)
        hint = phrase("Is a comma meant as a dot? Copy the address from the page itself.")
        yield it.error("broken-link", message, hint)
    if _is_nobodys(host):
        message = phrase("expected an address that everybody can open, found one of {host}", host=host)
        yield it.error(
            "test-address", message, phrase("It works on one machine or in one office only: put in the public one.")
        )
    elif _OF_A_TRIAL.search(host):
        message = phrase(
            "expected the address of a public page, found {host}, which sounds like a trial system", host=host
        )
        yield it.warning("test-address", message, phrase("Put in the public address."))


def _of_its_parts(it: Text, address: str) -> Iterator[Problem]:
    """What hangs on an address, and who can open what it leads to."""
    parts = urlsplit(address)
    names = [name for name, _ in parse_qsl(parts.query, keep_blank_values=True)]
    if tracks := [name for name in names if _TRACKS.match(name)]:
        message = phrase("expected an address that follows nobody, found `{name}=` in it", name=tracks[0])
        hint = phrase("Delete it, and what is behind its `=`: it tells a network or a program who has opened the link.")
        yield it.warning("tracked-link", message, hint)
    if _WRAPPED.search(f"{parts.hostname}{parts.path}"):
        message = phrase("expected the address of a page, found one of {host}, which leads there", host=parts.hostname)
        hint = phrase("A program of mails has put itself between: open the link, and copy the address you come to.")
        yield it.warning("tracked-link", message, hint)
    if any(_WITH_PASSWORD.match(name) for name in names):
        message = phrase("expected an address without a password, found one that carries it")
        hint = phrase(
            "Whoever reads the text can use it, and pass it on. Is it meant for everybody? Then `waive:` this."
        )
        yield it.warning("secret-in-text", message, hint)
    if _SEARCH.match(f"{parts.hostname}{parts.path}") and "q" in names:
        message = phrase("expected a page that everybody can open, found a search of {host}", host=parts.hostname)
        hint = phrase("Each reader finds something else: open the page that you mean, and copy its address.")
        yield it.warning("private-link", message, hint)
    if _PRIVATE.search(address):
        message = phrase("expected a page that everybody can open, found one of {host}", host=parts.hostname)
        hint = phrase("It may ask readers to sign in, or let them change it: publish the document, and link that.")
        yield it.warning("private-link", message, hint)


def _of_another_language(workspace: Workspace, it: Text, links: list[tuple[str, str]]) -> Iterator[tuple[Problem, str]]:
    """Pages of ours in a language that the text is not in; a link may name that language."""
    root = workspace.settings.public_address.rstrip("/")
    for address, words in dict.fromkeys(links):
        language = urlsplit(address.removeprefix(root)).path.strip("/").partition("/")[0]
        is_ours = address.startswith(f"{root}/") and language in workspace.settings.languages
        if (
            not is_ours
            or language == it.language
            or any(each in words.casefold() for each in names_of_language(language, it.language))
        ):
            continue
        message = phrase(
            "expected a page in `{own}`, found a link to one in `{other}`", own=it.language, other=language
        )
        hint = phrase("Let the page be named: `{{ pages.process }}`, `{{ pages.announcement }}`.")
        yield it.warning("page-of-another-language", message, hint), address


def _is_nobodys(host: str) -> bool:
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return bool(_OF_NOBODY.search(host)) or ("." not in host and bool(host))


def _of_our_own(workspace: Workspace, it: Text, address: str) -> Iterator[Problem]:
    root = workspace.settings.public_address.rstrip("/")
    if not address.startswith(f"{root}/"):
        return
    path = urlsplit(address[len(root) :]).path.strip("/")
    if path and not _will_be_there(workspace, path):
        message = phrase("expected a page that this website will have, found `{path}/`", path=path)
        hint = phrase(
            "Let the page be named: `{{ pages.process }}`, `{{ pages.announcement }}`; or correct the address."
        )
        yield it.warning("broken-link", message, hint)


def _will_be_there(workspace: Workspace, path: str) -> bool:
    """As far as names tell: of an announcement's page, that it is announced on the website."""
    language, *rest = path.split("/")
    if language not in workspace.settings.languages:
        # What no language has, or what another program serves: only another language's page is surely none.
        return len(language) != 2  # noqa: PLR2004 - letters of a tag
    if not rest:
        return True
    first, *below = rest
    if first in PAGES_BESIDE_TOPICS:
        return True
    campaign = workspace.campaigns.get(first)
    if campaign is None or not below:
        return campaign is not None or first in workspace.unread
    name = re.sub(r"-\d+$", "", below[0])
    announcement = campaign.announcements.get(below[0]) or campaign.announcements.get(name)
    ways = announcement.through if announcement is not None else ()
    return any(workspace.routes[each].form is Form.PAGES for each in ways if each in workspace.routes)
