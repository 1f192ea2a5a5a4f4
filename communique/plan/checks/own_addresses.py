"""Addresses that are nearly ours, and maps of other towns: what is copied wrongly leads readers astray. Warnings."""

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qs, unquote_plus, urlsplit

from communique.language.mistyped_domains import slips
from communique.localisation.localised import localise
from communique.phrase import phrase
from communique.plan.checks.known_names import leaves, meeting_places, said_in_language
from communique.plan.checks.reading import Text, links_in
from communique.problems import Problem
from communique.settings import Settings

_BARE = re.compile(r"https?://[^\s<>\"“”)]+")
_ENDS = ".,;:!?،؛"  #: of a sentence
_MAIL = re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_ACCOUNT = re.compile(r"(?<![\w.@/])@([A-Za-z0-9_]{5,}|[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+)")
#: Shorter names are near many that are others.
_FEWEST_LETTERS = 7
_MAPS = re.compile(r"(?:^|\.)(?:google\.[\w.]+/maps|maps\.google\.|openstreetmap\.org|bing\.com/maps|maps\.apple\.com)")
_SOUGHT = ("query", "q", "daddr", "destination", "address", "where1")  #: what a map looks for
_LETTERS = 4  #: of a word that tells something


def check_own_addresses(
    settings: Settings, facts: Mapping[str, Any], texts: Mapping[tuple[str, str], Text]
) -> Iterator[tuple[Problem, str]]:
    """Everything, with words of the line where it is."""
    hosts = {_host(address) for address in (str(settings.government.website), settings.public_address)}
    mails = set(_MAIL.findall(" ".join([settings.government.contact.email, *leaves(facts)])))
    accounts = {str(each.arguments.get(key, "")).lstrip("@") for each in settings.channels.values() for key in _NAMED}
    for channel in settings.channels.values():
        mails |= set(_MAIL.findall(" ".join(leaves(channel.arguments.get("sender", "")))))
    for it in dict.fromkeys(texts.values()):
        links = [address for address, _ in links_in(it.html)] or [each.rstrip(_ENDS) for each in _BARE.findall(it.text)]
        for address in dict.fromkeys(links):
            if meant := _nearly(_host(address), hosts):
                yield _said(it, _host(address), meant), _host(address)
            if sought := _of_another_town(settings, facts, address):
                message = phrase("expected a map of a place of ours, found one of “{sought}”", sought=sought)
                hint = phrase(
                    "Open the link, and look where it leads. Is that the place, make it a fact of the campaign."
                )
                yield it.warning("another-place", message, hint), address
        for found in dict.fromkeys(_MAIL.findall(it.text)):
            if meant := _nearly(found, mails):
                yield _said(it, found, meant), found
        for found in dict.fromkeys(_ACCOUNT.findall(it.text) if not it.html else ()):
            if meant := _nearly(found, accounts):
                yield _said(it, f"@{found}", f"@{meant}"), found


#: Where a channel's settings name our own account.
_NAMED = ("handle", "chat", "account")


def _said(it: Text, found: str, meant: str) -> Problem:
    message = phrase("expected our own address, found `{found}`", found=found)
    return it.warning("mistyped-address", message, phrase("Is `{meant}` meant? Copy it from there.", meant=meant))


def _host(address: str) -> str:
    return (urlsplit(address).hostname or "").casefold().removeprefix("www.").rstrip(".")


def _nearly(found: str, ours: set[str]) -> str:
    """The one of ours that this is a slip of the fingers away from."""
    folded = {each.casefold() for each in ours}
    plain = found.casefold()
    if len(plain) < _FEWEST_LETTERS or plain in folded:
        return ""
    return next((each for each in sorted(folded) if slips(plain, each) == 1), "")


def _of_another_town(settings: Settings, facts: Mapping[str, Any], address: str) -> str:
    """What a map is to look for, where that has neither our place in it nor one of the campaign's."""
    parts = urlsplit(address)
    if not _MAPS.search(f"{parts.hostname}{parts.path}"):
        return ""
    asked = parse_qs(parts.query)
    sought = next((asked[key][0] for key in _SOUGHT if key in asked), "")
    if not sought and (found := re.search(r"/(?:place|search)/([^/@]+)", parts.path)):
        sought = unquote_plus(found[1])
    street, *town = [each for each in sought.split(",") if re.search(r"[^\W\d_]{3}", each)] or [""]
    ours = _words(" ".join(settings.government.address.strip().split("\n")[1:][-1:]))  # a line alone names a street
    places: set[str] = set()
    for language in settings.languages:
        ours |= _words(str(localise(settings.government.place, language, settings.languages)))
        places |= _words(" ".join(meeting_places(said_in_language(settings, facts, language))))
    is_known = _words(sought) & ours or _words(" ".join(town)) & places
    return "" if is_known or not street or not town else sought  # a name alone, or figures, may be anywhere


def _words(text: str) -> set[str]:
    return {word for word in re.findall(r"\w+", text.casefold()) if len(word) >= _LETTERS}
