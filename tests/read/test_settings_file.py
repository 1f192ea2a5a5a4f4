"""The settings and the glossary: read whole, checked against the channels, and never a place for secrets."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import ClassVar, Literal, cast

import pytest

from communique.channel import Channel, Form, InDoubt, Localised, Message, Reach, Receipt, Secret
from communique.problems import Problem, Severity
from communique.read.channel_settings import channel_arguments
from communique.read.settings_file import read_glossary, read_settings
from communique.settings import ChannelSettings

ROOT = Path(__file__).parents[2]
SHIPPED = (ROOT / "config/settings.yaml").read_text(encoding="utf-8")
GLOSSARY = (ROOT / "config/glossary.yaml").read_text(encoding="utf-8")
LANGUAGES = ("es", "en", "fr", "pt", "ar")


class Pigeon:
    """A channel with an argument of every type."""

    reach: ClassVar[Reach] = Reach.ALL
    form: ClassVar[Form] = Form.POST
    in_doubt: ClassVar[InDoubt] = InDoubt.STRICT
    local: ClassVar[bool] = True

    def __init__(
        self,
        *,
        loft: Path,
        colour: Literal["grey", "white"] = "grey",
        birds: int = 1,
        ring: Secret | None = None,
        patience: timedelta = timedelta(hours=1),
        routes: tuple[str, ...] = (),
        call: Localised = "",
        stops: Mapping[str, Localised] | None = None,
    ) -> None:
        self.given = (loft, colour, birds, ring, patience, routes)
        self.said = (call, stops)

    def check(self, _message: Message, /) -> Sequence[str]:
        """Nothing is refused."""
        return []

    def send(self, _message: Message, _commit: Callable[[], None], /) -> Receipt:
        """Nothing is sent."""
        return Receipt()

    def lookup(self, _message: Message, /) -> Receipt | None:
        """Nothing is found."""
        return None

    def close(self) -> None:
        """Nothing is open."""


KINDS = cast("dict[str, type[Channel]]", {"pigeon": Pigeon})


def _problems(text: str, kinds: dict[str, type[Channel]] | None = None) -> list[Problem]:
    settings, problems = read_settings(text, "config/settings.yaml", kinds)
    assert (settings is None) == any(problem.severity is Severity.ERROR for problem in problems)
    return problems


def _with_pigeon(lines: str) -> str:
    top = SHIPPED[: SHIPPED.index("channels:")]
    return f"{top}channels:\n  loft:\n    kind: pigeon\n{lines}"


def _last(text: str) -> list[tuple[str, str]]:
    """Code and the text of the line of each problem."""
    return [(problem.code, problem.source.strip()) for problem in _problems(text, KINDS)]


def test_shipped_settings() -> None:
    """The shipped settings and glossary have no problem at all."""
    assert _problems(SHIPPED) == []
    glossary, problems = read_glossary(GLOSSARY, "config/glossary.yaml", LANGUAGES)
    assert problems == []
    assert glossary is not None
    assert glossary.partnership.website == "https://www.opengovpartnership.org"


@pytest.mark.parametrize(
    ("old", "new", "code", "said"),
    [
        ("timezone: Europe/Madrid", "timezone: Madrid", "wrong-value", "Did you mean `Europe/Madrid`?"),
        ("timezone: Europe/Madrid", "timezone: Europe/Madird", "wrong-value", "Did you mean `Europe/Madrid`?"),
        ("timezone: Europe/Madrid", "timezome: Europe/Madrid", "unknown-key", "Did you mean `timezone`?"),
        ("country: ES", "country: Spain", "wrong-value", "Did you mean `ES`?"),
        ("country: ES", "country: es", "wrong-value", "Did you mean `ES`?"),
        ("subdivision: AN", "subdivision: XX", "wrong-value", "known: AN"),
        ('day_starts: "09:00"', "day_starts: 9:60", "wrong-moment", "00:00 to 23:59"),
        ('day_starts: "09:00"', "day_starts: 9", "wrong-moment", "Did you mean `09:00`?"),
        ("late_window: 24 hours", "late_window: 24", "wrong-moment", "found the number 24"),
        ("late_window: 24 hours", "late_window: 1 week", "wrong-moment", "Did you mean `7 days`?"),
        ("timezone: Europe/Madrid", "timezone: GMT+1", "wrong-value", "by its largest town"),
        ("timezone: Europe/Madrid", "timezone: Europe/Sevilla", "wrong-value", "by its largest town"),
        ("approvers: [Inés Vidal, Marta Soler]", "approvers: Inés Vidal; Marta Soler", "wrong-type", "Vidal, Marta"),
        ("required: 1 ", "required: 1.000 ", "wrong-type", "without a point"),
        ("late_window: 24 hours", "late_window: one day", "wrong-moment", "`24 hours`"),
        ("mode: trial", "mode: test", "wrong-value", "`trial`, `live`"),
        ("mode: trial", "mode:", "missing-value", "found nothing"),
        ("required: 1 ", "required: false ", "wrong-type", "expected a number"),
        ("required: 1 ", "required: 3 ", "wrong-value", "Nothing could ever be approved"),
        ("https://abierto.puertoclaro", "http://abierto.puertoclaro", "wrong-value", "Write `https://abierto"),
        ("https://abierto.puertoclaro", "https://málaga.puertoclaro", "wrong-value", "write `https://xn--"),
        ('accent: "#14508c"', "accent: blue", "wrong-value", "a colour such as"),
        ('accent: "#14508c"', "accent: #14508c", "yaml-cut-text", "with quotes"),
        ("    en: City of Puerto Claro\n", "", "missing-translation", "found none in en"),
        ("[es, en, fr, pt, ar]", "[es, en, fr, pt, ar, zz]", "unknown-language", "`zz`"),
        ("    accepted-into-ogp:\n      es", "    archive:\n      es", "reserved-name", "another name"),
        ("role: invited", "role: guests", "wrong-value", "`promoters`, `internal`, `invited`"),
        ("    kind: website\n", "", "missing-key", "expected `kind` in `channels.website`"),
    ],
)
def test_a_slip_in_the_settings(old: str, new: str, code: str, said: str) -> None:
    """A usual slip is reported with its place and what to write."""
    text = SHIPPED.replace(old, new, 1)
    assert text != SHIPPED
    problem = next(problem for problem in _problems(text) if problem.code == code)
    assert said in f"{problem.message} {problem.hint}"
    assert problem.line > 1


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("    loft: roof\n", []),
        ("    loft: roof\n    birds: 3\n    colour: white\n    patience: 2 days\n    routes: [a]\n", []),
        ("    birds: 3\n", [("missing-key", "loft:")]),
        ("    loft: roof\n    bird: 3\n", [("unknown-key", "bird: 3")]),
        ("    loft: roof\n    birds: many\n", [("wrong-type", "birds: many")]),
        ("    loft: roof\n    birds: true\n", [("wrong-type", "birds: true")]),
        ("    loft: roof\n    colour: pink\n", [("wrong-value", "colour: pink")]),
        ("    loft: roof\n    patience: long\n", [("wrong-moment", "patience: long")]),
        ("    loft: roof\n    ring: LOFT_RING\n", []),
        ("    loft: roof\n    ring: s3cr3t\n", [("secret-in-settings", "ring: ***")]),
    ],
)
def test_settings_of_a_channel(lines: str, expected: list[tuple[str, str]]) -> None:
    """The constructor's signature says what may be set, and every fault has its line."""
    assert _last(_with_pigeon(lines)) == expected


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("    languages: [es, en]\n    call: {es: cucú, en: coo}\n", []),
        ("    call: cucú\n    stops: {town hall: 8:30, library: {es: a diario}}\n    languages: [es]\n", []),
        ("    languages: [es, en]\n    call: {es: cucú}\n", ["none in en"]),
        ("    languages: [es]\n    call: {es: cucú, en: coo}\n", ["only the channel's languages (es), found `en`"]),
        ("    languages: [es, en]\n    stops: {town hall: {es: a diario}}\n", ["`town hall` in es, en; found none"]),
        ("    call: {es: cucú}\n", ["none in en", "none in fr", "none in pt", "none in ar"]),
    ],
)
def test_a_channels_text_by_language_has_those_that_it_speaks(lines: str, expected: list[str]) -> None:
    """The channel's own languages, or else the website's; one text for all is as good."""
    found = _problems(_with_pigeon("    loft: var\n" + lines), KINDS)
    assert len(found) == len(expected)
    assert all(words in problem.message for words, problem in zip(expected, found, strict=True))


@pytest.mark.parametrize(
    ("desk", "code", "said"),
    [
        ("sign_in: [openid]", "wrong-value", "nobody could sign in"),
        ("sign_in: [link]", "wrong-value", "nobody could sign in"),
        ("sign_in: [password], openid: {OPENID}", "wrong-value", "nobody signs in at this provider"),
        ("openid: {OPENID, groups: {duties: {staff: [editor]}}}", "wrong-value", "nobody new could let others in"),
        ("openid: {OPENID, client_secret: k3SPzQ0vUxx1}", "secret-in-settings", "NAME of an environment variable"),
        ("openid: {name: Us, issuer: 'http://sso.example.org', client_id: desk}", "wrong-value", "as it names itself"),
    ],
)
def test_nobody_is_locked_out_of_the_desk_by_a_line(desk: str, code: str, said: str) -> None:
    """And a provider is spoken to over TLS, with a secret that is not in the file."""
    openid = "name: Us, issuer: 'https://sso.example.org', client_id: desk"
    _, problems = read_settings(f"{SHIPPED}desk: {{{desk.replace('OPENID', openid)}}}\n", "config/settings.yaml")
    assert [(each.code, said in each.message) for each in problems] == [(code, True)], problems


def test_unknown_kind() -> None:
    """A kind without an adapter is reported with the ones there are."""
    [problem] = _problems(_with_pigeon("").replace("kind: pigeon", "kind: pidgeon"), KINDS)
    assert problem.code == "unknown-kind"
    assert "Did you mean `pigeon`?" in problem.hint


@pytest.mark.parametrize(
    "line",
    [
        "password: hunter2",
        'password: "hunter2"',
        "pasword: hunter2",
        "pwd: hunter2",
        "api_key: hunter2",
        "client_secret: hunter2",
        "access_token: hunter2",
        "relay: https://user:hunter2@example.org/",
        "password: *hunter2",
        "password: !x hunter2",
        "password: [hunter2",
        "password: hunter2: yes",
        "password:\n      hunter2",
        "password: |\n      hunter2",
    ],
)
def test_a_secret_is_reported_and_never_shown(line: str) -> None:
    """What may be a password is an error, and no problem repeats it, not even one about something else."""
    problems = _problems(SHIPPED.replace("    port: 25", f"    {line}", 1))
    assert problems
    if line[-8:] in {" hunter2", 'hunter2"', "ple.org/"} and "!" not in line:
        assert "secret-in-settings" in {problem.code for problem in problems}
    for problem in problems:
        assert "hunter2" not in f"{problem}{problem.as_json()}"


def test_the_environment_is_named_for_a_secret() -> None:
    """The hint proposes a name that can be copied."""
    [problem] = _problems(SHIPPED.replace("X_ACCESS_TOKEN_SECRET", "aBc1"))
    assert "`access_token_secret: X_ACCESS_TOKEN_SECRET`" in problem.hint


def _arguments(settings: dict[str, object], severity: Severity = Severity.ERROR) -> tuple[object, list[Problem]]:
    written = ChannelSettings.model_validate({"kind": "pigeon", **settings})
    known = {"LOFT_RING": Secret("s3cr3t")}
    return channel_arguments(Pigeon, "loft", written, known.get, Path("/town"), severity)


def test_arguments() -> None:
    """Paths are meant from the workspace, lengths of time are parsed, secrets come from the environment."""
    arguments, problems = _arguments({"loft": "var/loft", "patience": "2 days", "ring": "LOFT_RING", "routes": ["a"]})
    assert problems == []
    assert isinstance(arguments, dict)
    ring = arguments.pop("ring")
    assert isinstance(ring, Secret)
    assert ring.reveal() == "s3cr3t"
    assert arguments == {"loft": Path("/town/var/loft"), "patience": timedelta(days=2), "routes": ("a",)}
    Pigeon(**arguments)


@pytest.mark.parametrize("severity", list(Severity))
def test_missing_secret(severity: Severity) -> None:
    """A secret that is not there is as severe as the caller says; as a warning the channel opens without it."""
    arguments, [problem] = _arguments({"loft": "x", "ring": "NO_RING"}, severity)
    assert problem.code == "missing-secret"
    assert problem.severity is severity
    assert "NO_RING_FILE" in problem.hint
    assert (arguments is None) == (severity is Severity.ERROR)
    assert arguments is None or arguments == {"loft": Path("/town/x")}


def test_faulty_arguments_have_no_place() -> None:
    """Without the file at hand a fault names the channel instead of a line."""
    arguments, [problem] = _arguments({"loft": "x", "birds": "many"})
    assert arguments is None
    assert (problem.code, problem.line) == ("wrong-type", 0)


def test_a_secret_without_a_file_is_not_shown() -> None:
    """Nor does it repeat what may be a secret."""
    arguments, problems = _arguments({"loft": "x", "ring": "s3cr3t"})
    assert arguments is None
    assert "s3cr3t" not in "".join(str(problem) for problem in problems)


def test_glossary() -> None:
    """Every official name is there in every language of the settings."""
    text = GLOSSARY.replace("  fr: plan d’action\n", "", 1).replace("  website:", "  webseite:")
    glossary, problems = read_glossary(text, "config/glossary.yaml", LANGUAGES)
    assert glossary is None
    assert {(problem.code, problem.source.strip()) for problem in problems} == {
        ("missing-translation", "action_plan:"),
        ("unknown-key", "webseite: https://www.opengovpartnership.org"),
    }


def test_a_broken_file_is_no_traceback() -> None:
    """Files that are no settings at all are problems, too."""
    for text in ("", "- a\n", "hello", "government: [\n", "channels: {a: b}\nlanguages: 3\naudiences: [1]\n"):
        assert read_settings(text, "s.yaml", KINDS)[0] is None
        assert read_settings(text, "s.yaml", KINDS)[1]
        assert read_glossary(text, "g.yaml", LANGUAGES)[1]


def test_a_line_that_yaml_stops_at_does_not_hide_the_others() -> None:
    """It is read as it is meant, told once, and what stands below it is checked as well."""
    text = SHIPPED.replace("timezone: Europe/Madrid", "timezone Europe/Madird").replace("mode: trial", "mode: test")
    assert [problem.code for problem in _problems(text)] == ["yaml-syntax", "wrong-value"]


_READ = "\nbounces: {maildir: var/returned-mail}\n"


@pytest.mark.parametrize(
    ("envelope_sender", "more", "expected"),
    [
        ("bounces+{tag}@puertoclaro.example", "", [("unread-returns", "warning")]),
        ("bounces@puertoclaro.example", _READ, [("untagged-return-path", "warning")]),
        ("bounces+{tag}@puertoclaro.example", _READ, []),
        ("bounces@puertoclaro.example", "", []),
        (
            "bounces+{tag}@puertoclaro.example",
            "\nbounces:\n  imap: {host: imap.example.org, tls: none, username: a, password: A_SECRET}\n",
            [("wrong-value", "error")],
        ),
        (
            "bounces+{tag}@puertoclaro.example",
            "\nbounces:\n  imap: {host: imap.example.org, username: a, password: hunter2}\n",
            [("secret-in-settings", "error")],
        ),
        ("bounces+{tag}@puertoclaro.example", "\nbounces: {listen: {port: 0}}\n", [("wrong-value", "error")]),
        ("bounces+{tag}@puertoclaro.example", "\nbounces: {mailbox: a}\n", [("unknown-key", "error")]),
    ],
)
def test_returned_mail_goes_where_it_is_read(envelope_sender: str, more: str, expected: list[tuple[str, str]]) -> None:
    """Each half without the other is a warning; a password in clear, and a slip, are errors."""
    text = SHIPPED.replace("    host:", f"    envelope_sender: {envelope_sender}\n    host:", 1) + more
    assert [(problem.code, str(problem.severity)) for problem in _problems(text)] == expected
