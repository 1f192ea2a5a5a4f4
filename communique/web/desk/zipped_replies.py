"""Answers of the desk in gzip: what a phone with a poor connection waits for is a quarter as long.

Who makes somebody's browser ask for pages with words of their own choice can read a secret of the page from the length
of the compressed answer (BREACH). So a page is compressed only when the browser says that the desk itself or the person
asked for it (Sec-Fetch-Site); what says nothing of anybody always is.
"""

import gzip
from collections.abc import Mapping
from dataclasses import replace

from communique.web.desk.asking import Reply
from communique.web.published_files import accepts_gzip

#: Bytes below which compressing saves no packet.
_WORTH_IT = 1400
#: Of 9: half the work of the most, for nearly the same length. A page is compressed each time that it is asked for.
_LEVEL = 6
_TEXTS = ("text/", "application/json")
_ASKED_FROM_HERE = {"same-origin", "none"}


def zipped(reply: Reply, headers: Mapping[str, str]) -> Reply:
    """The answer, with its body in gzip where the request takes that (names of headers in small letters)."""
    if reply.stream is not None or not accepts_gzip(headers.get("accept-encoding", "")):
        return replace(reply, zipped=b"")
    is_asked_from_here = headers.get("sec-fetch-site", "") in _ASKED_FROM_HERE
    if reply.zipped or not (reply.media_type.startswith(_TEXTS) and (reply.keep_for or is_asked_from_here)):
        return reply
    body = reply.body.encode() if isinstance(reply.body, str) else reply.body
    return replace(reply, zipped=gzip.compress(body, _LEVEL, mtime=0)) if len(body) >= _WORTH_IT else reply
