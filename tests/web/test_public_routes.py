"""Every public page by every method, with and without its link, from our own page and from elsewhere: by the table."""

from collections.abc import Iterator

import httpx
import pytest

from communique.texts import tokens
from communique.web.public_pages import PublicPages
from communique.web.public_routes import public_routes
from communique.web.route_table import PublicPage
from tests.meetings import MEETING, hold_a_meeting
from tests.subscribing import KEY, PUBLIC, Post, post_of
from tests.workspaces import Town, build

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND")
FROM_ELSEWHERE = (
    {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"},
    {"Sec-Fetch-Site": "same-site"},
    {"Origin": "https://evil.example"},
    {"Origin": f"{PUBLIC}.evil.example"},
)
OURS = ({}, {"Sec-Fetch-Site": "same-origin"}, {"Origin": PUBLIC}, {"Sec-Fetch-Site": "none"})
_FORM = {"answer": "yes", "email": "new@example.org", "frequency": "weekly", "choice_language": "es"}


@pytest.fixture(scope="module")
def post(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Post]:
    """Ana has subscribed, and wants to be written to at another address."""
    town = build(tmp_path_factory.mktemp("town"))
    town.settings("approvals: {required: 0}", "approvals: {required: 0}\n")
    hold_a_meeting(town)
    with post_of(town) as made:
        town.settings("subscribing:\n", "subscribing:\n  per_network: 100000 per hour\n")
        made.join("ana")
        made.client.post(f"{made.preferences('ana')}/address", data={"email": "ben@example.org"})
        made.tick()
        yield made
    town.database.close()


def table() -> list[PublicPage]:
    """All pages; nothing of them is called."""
    return list(public_routes(PublicPages(Town(root=None).installation, lambda: None)).table)  # type: ignore[arg-type, return-value]


def links(post: Post, page: PublicPage, kind: str) -> list[str]:
    """Addresses of a page: with a good link, with forged ones, or the one it has without a link."""
    if not page.has_token:
        return [f"/{page.path}"]
    person = post.person("ana")
    assert person is not None
    purpose = page.path.partition("/")[0]
    value = post.links("ben@example.org")[-1].rpartition("/")[2]
    reference = tokens.verify(tokens.CONFIRM, value, KEY)
    assert reference is not None
    mine = reference if purpose.startswith("confirm") else str(person.id)
    mine = f"{person.id}/{MEETING}" if purpose == tokens.ANSWER else mine
    others = {tokens.LEAVE, tokens.PREFERENCES, tokens.ANSWER, tokens.CONFIRM, tokens.CONFIRM_OLD} - {purpose}
    forged = [*(tokens.sign(each, mine, KEY) for each in others), "x", "%00", "%2e%2e", "a" * 3000, f"{value[:-1]}%41"]
    tokens_of = [tokens.sign(purpose, mine, KEY)] if kind == "good" else forged
    return [f"/{page.path.replace('{token}', token)}" for token in tokens_of]


every_page = pytest.mark.parametrize("page", table(), ids=lambda page: page.path)


def test_the_pages_are_these(post: Post) -> None:
    """A new one must be thought about: here, in deploy/nginx.conf and in docs/operators.md."""
    assert [(page.path, page.act is not None, page.embeddable, page.from_anywhere) for page in table()] == [
        ("subscribe", True, False, False),
        ("subscribe/sent", False, False, False),
        ("subscribe/embedded", True, True, False),
        ("subscribe/embedded/sent", False, True, False),
        ("confirm/{token}", True, False, False),
        ("confirm-old/{token}", True, False, False),
        ("preferences/{token}", True, False, False),
        ("preferences/{token}/address", True, False, False),
        ("answer/{token}", True, False, False),
        ("leave/{token}", True, False, True),
        ("pages/style.css", False, False, False),
        ("robots.txt", False, False, False),
        (".well-known/security.txt", False, False, False),
    ]


@every_page
@pytest.mark.parametrize("kind", ["good", "forged"])
def test_what_is_no_post_changes_nothing(post: Post, page: PublicPage, kind: str) -> None:
    """Not GET, not HEAD, not from anywhere; other methods are refused, and said which there are."""
    before = post.rows()
    for link in links(post, page, kind):
        for method in METHODS:
            if method == "POST" and page.act is not None:
                continue
            for headers in ({}, FROM_ELSEWHERE[0]):
                answer = post.client.request(method, link, headers=headers)
                if method in {"GET", "HEAD"}:
                    assert answer.status_code == (200 if kind == "good" or not page.has_token else answer.status_code)
                    assert answer.status_code in {200, 404}
                    assert bool(answer.content) == (method == "GET")
                else:
                    assert answer.status_code == 405
                    assert set(answer.headers["allow"].split(", ")) == set(page.methods)
    assert post.rows() == before


@every_page
def test_a_form_of_another_site_is_refused(post: Post, page: PublicPage) -> None:
    """A visitor's browser is not made to act; only one-click unsubscribing needs no page of ours (RFC 8058)."""
    if page.act is None or page.from_anywhere:
        return
    before = post.rows()
    for link in links(post, page, "good"):
        for headers in FROM_ELSEWHERE:
            answer = post.client.post(link, data=_FORM, headers=headers)
            assert (answer.status_code, "own page" in answer.text) == (403, True)
    assert post.rows() == before


@every_page
def test_a_forged_link_does_nothing(post: Post, page: PublicPage) -> None:
    """Not of another purpose, not changed, not invented."""
    if page.act is None or not page.has_token:
        return
    before = post.rows()
    for link in links(post, page, "forged"):
        assert post.client.post(link, data=_FORM).status_code == (200 if page.from_anywhere else 404)
    assert post.rows() == before


@every_page
def test_every_answer_is_guarded(post: Post, page: PublicPage) -> None:
    """No script, nothing from elsewhere, no frame but where the settings say so, no cookie, no token in a referrer."""
    for answer in _answers(post, page):
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'")
        sites = "https://www.littleton.example.org" if page.embeddable else "'none'"
        assert policy.endswith(f"frame-ancestors {sites}")
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cross-origin-opener-policy"] == "same-origin"
        assert answer.headers["permissions-policy"] == "camera=(), geolocation=(), microphone=()"
        assert answer.headers["referrer-policy"] == ("no-referrer" if page.has_token else "same-origin")
        assert "set-cookie" not in answer.headers
        assert "server" not in answer.headers
        assert "<script" not in answer.text
        assert " style=" not in answer.text
        assert " on" not in answer.text.replace(" on ", " ") or "onclick" not in answer.text
        if answer.headers["content-type"].startswith("text/html"):
            assert answer.headers["cache-control"] == "no-store"
            assert answer.headers["content-language"] in {"en", "es", "fr"}
            assert len(answer.content) + len(post.client.get("/pages/style.css").content) < 50_000


def _answers(post: Post, page: PublicPage) -> Iterator[httpx.Response]:
    """Good, forged, refused."""
    for kind in ("good", "forged"):
        for link in links(post, page, kind)[:1]:
            yield post.client.get(link)
            if page.act is not None:
                yield post.client.post(link, data=_FORM, headers=FROM_ELSEWHERE[0] if not page.from_anywhere else {})


def test_more_than_a_form_sends_is_refused(post: Post) -> None:
    """Before it is read whole."""
    answer = post.client.post("/subscribe", data={"email": "a" * 20_000})
    assert (answer.status_code, "more was sent" in answer.text.lower()) == (413, True)


def test_a_form_of_more_fields_than_any_of_ours_is_none(post: Post) -> None:
    """However short they are."""
    before = post.rows()
    fields = {f"f{number}": "" for number in range(50)}
    assert post.client.post("/subscribe", data={**_FORM, **fields}).status_code == 422
    assert post.rows() == before


@pytest.mark.parametrize(
    ("asked", "accepted", "shown"),
    [
        ("?language=fr", "es", "fr"),
        ("", "pt, es;q=0.8, fr;q=0.9", "fr"),
        ("", "es-MX", "es"),
        ("", "ja", "en"),
        ("?language=xx", "", "en"),
        ("", "es;q=junk, *;q=0.5", "en"),
    ],
)
def test_the_language_is_the_links_then_the_browsers_then_ours(
    post: Post, asked: str, accepted: str, shown: str
) -> None:
    """As the visitor says it most plainly."""
    answer = post.client.get(f"/subscribe{asked}", headers={"Accept-Language": accepted})
    assert f'<html lang="{shown}"' in answer.text
    assert answer.headers["content-language"] == shown
    assert "Accept-Language" in answer.headers["vary"]


def test_security_txt_says_whom_to_tell(post: Post) -> None:
    """RFC 9116: contact, an end within a year, the address it belongs to."""
    answer = post.client.get("/.well-known/security.txt")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.text.splitlines() == [
        "Contact: mailto:open@littleton.example.org",
        "Expires: 2026-12-31T00:00:00Z",
        "Preferred-Languages: en, es, fr",
        f"Canonical: {PUBLIC}/.well-known/security.txt",
    ]


def test_a_page_that_is_half_way_edited_is_shown_as_it_was(post: Post) -> None:
    """Once it has been fit."""
    before = post.client.get("/subscribe").text
    path = "templates/layouts/pages/subscribe.html"
    kept = (post.town.root / path).read_text(encoding="utf-8")
    post.town.write(path, "{{ nothing }}")
    try:
        assert post.client.get("/subscribe").text == before
    finally:
        post.town.write(path, kept)


#: By which caches, proxies and other programs have been led to another page or another name than was asked for.
_MISLEADING = {
    "Forwarded": "host=evil.example;proto=http",
    "Referer": "https://evil.example/<script>",
    "User-Agent": "evil.example <script>",
    "X-Forwarded-For": "evil.example",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Prefix": "/evil.example",
    "X-Forwarded-Proto": "http",
    "X-HTTP-Method-Override": "POST",
    "X-Host": "evil.example",
    "X-Original-URL": "/evil.example",
    "X-Rewrite-URL": "/evil.example",
}


@every_page
def test_no_header_changes_what_a_page_shows(post: Post, page: PublicPage, caplog: pytest.LogCaptureFixture) -> None:
    """Nobody's header gets into what a cache keeps for all, into the log or into the ledger (CVE-2026-53943)."""
    before = post.rows()
    (link,) = links(post, page, "good")
    plain = post.client.get(link)
    asked = post.client.get(link, headers=_MISLEADING)
    assert (asked.status_code, asked.text) == (plain.status_code, plain.text)
    assert {name: value for name, value in asked.headers.items() if name != "date"} == {
        name: value for name, value in plain.headers.items() if name != "date"
    }
    assert "evil.example" not in post.client.get(link, headers={"Host": "evil.example"}).text
    assert "evil.example" not in caplog.text
    assert post.rows() == before


@every_page
def test_an_address_with_one_slash_too_many_is_none(post: Post, page: PublicPage) -> None:
    """Not another way to the same page, past what holds for it, and no way to the host that the visitor names."""
    root = str(post.client.base_url).rstrip("/")
    for link in links(post, page, "good"):
        for wrong in (f"{link}/", f"/{link}", link.replace("/", "//")):
            for act in (post.client.get, post.client.post):
                answer = act(f"{root}{wrong}", headers={"Host": "evil.example"})
                assert answer.status_code in {404, 405}, wrong
                assert "evil.example" not in f"{answer.headers}{answer.text}"


@pytest.mark.parametrize("headers", OURS)
def test_our_own_form_is_taken(post: Post, headers: dict[str, str]) -> None:
    """Whatever the browser says of where it comes from, as long as it is not elsewhere."""
    assert post.client.post("/subscribe", data=_FORM, headers=headers).status_code == 303


def test_an_old_browser_can_use_a_link_that_names_no_origin(post: Post) -> None:
    """Pages with a link say no-referrer, and such browsers then say `null`; whoever has the link may act."""
    answer = post.client.post(post.preferences("ana"), data={"frequency": "weekly"}, headers={"Origin": "null"})
    assert (answer.status_code, "have been saved" in answer.text) == (200, True)
    assert post.client.post("/subscribe", data=_FORM, headers={"Origin": "null"}).status_code == 403


def test_only_what_somebody_may_look_for_is_found_by_search_engines(post: Post) -> None:
    """The form; no page of a link."""
    assert "x-robots-tag" not in post.client.get("/subscribe").headers
    for page in table():
        if page.has_token:
            assert post.client.get(links(post, page, "good")[0]).headers["x-robots-tag"] == "noindex"


def test_what_is_the_same_for_all_may_be_kept_and_nothing_else(post: Post) -> None:
    """The style sheet, for a while; never a page, which may be somebody's own."""
    style = post.client.get("/pages/style.css")
    assert style.headers["cache-control"].startswith("public, max-age=")
    assert (style.headers["content-encoding"], style.headers["vary"]) == ("gzip", "Accept-Encoding")
    whole = post.client.get("/pages/style.css", headers={"Accept-Encoding": "identity"})
    assert (whole.text, "content-encoding" in whole.headers) == (style.text, False)
    assert int(style.headers["content-length"]) < len(whole.content) / 3, "a phone waits for it"
    assert "content-encoding" not in post.client.get("/subscribe").headers, "its length would tell of what is in it"
    assert post.client.get("/subscribe").headers["cache-control"] == "no-store"


@pytest.mark.parametrize("is_page_broken", [False, True])
def test_a_mistake_of_ours_is_told_to_a_visitor_without_its_words(
    post: Post, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, *, is_page_broken: bool
) -> None:
    """A page, or a line where even that cannot be filled; what went wrong is in the log."""

    def breaks(*_: object, **__: object) -> None:
        raise RuntimeError("hunter2")

    monkeypatch.setattr(PublicPages, "language" if is_page_broken else "fill", breaks)
    answer = post.client.get("/subscribe")
    assert answer.status_code == 503
    assert "hunter2" not in answer.text
    assert int(answer.headers["retry-after"]) > 0
    assert "was not answered" in caplog.text
