"""Who may import whom: the flow of DESIGN, held by the imports themselves."""

import ast
import statistics
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CODE = sorted([*(ROOT / "communique").rglob("*.py"), *(ROOT / "channels").rglob("*.py"), ROOT / "scheduler.py"])
#: Rooms of the engine, each importing only from those before it; a file at the top is a room of its own.
ROOMS = [
    {"problems", "moments", "channel", "delivery", "publication"},
    {"campaign"},
    {"settings"},
    {"routes", "working_days"},
    {"timeline"},
    {"occasion"},
    {"language", "explain"},
    {"read"},
    {"texts"},
    {"store"},
    {"workspace"},
    {"website"},
    {"plan"},
    {"environment", "send"},
    {"installation", "health"},
    {"rehearse", "new_workspace", "web"},
    {"daemon"},
    {"commands"},
    {"cli"},
    {"__main__"},
]
#: Where a package of others is at home: nobody else imports it.
HOMES = {
    "aiosmtpd": {"communique/send/mail_sink.py"},
    "apscheduler": {"scheduler.py"},
    "atproto": {"channels/bluesky.py", "channels/bluesky_session.py"},
    "atproto_client": {"channels/bluesky_record.py"},
    "babel": {f"communique/language/{name}.py" for name in ("formatting", "weekday_check", "dates_in_text")}
    | {"communique/rehearse/own_pages.py", "communique/read/field_hints.py"},
    "click": {"communique/cli.py", "communique/commands/"},
    "css_inline": {"channels/mail/"},
    "email_validator": {"channels/mail/", "communique/store/people.py"},
    "emails": {"channels/mail/"},
    "feedgen": {"channels/syndication/"},
    "holidays": {"communique/working_days.py"},
    "icalendar": {"communique/texts/invitations.py"},
    "jinja2": {
        "communique/texts/templates.py",
        "communique/texts/template_environment.py",
        "communique/texts/template_language.py",
        "communique/rehearse/own_pages.py",
    },
    "lxml": {"channels/syndication/"},
    "markdown_it": {"communique/texts/markdown.py"},
    "mastodon": {"channels/mastodon.py"},
    "ruamel": {"communique/read/"},
    "smtplib": {"channels/mail/"},
    "sqlalchemy": {
        "communique/store/",
        "communique/plan/",
        "communique/send/messages.py",
        "communique/send/dispatch.py",
        "communique/health.py",
        "communique/commands/plans.py",
        "communique/rehearse/rehearsed.py",
    },
    "starlette": {"communique/web/"},
    "tweepy": {"channels/x.py"},
    "twitter_text": {"channels/x.py"},
    "uvicorn": {"communique/web/server.py"},
}
#: What several adapters share; no kind of its own.
SHARED = {"atomic_files", "bluesky_record", "bluesky_session", "mail", "post_text", "syndication", "web_service"}
KINDS = {"bluesky", "email", "feed", "handoff", "mastodon", "newsletter", "outbox", "website", "x"}


def name_of(file: Path) -> str:
    """The path from the root, with forward slashes."""
    return file.relative_to(ROOT).as_posix()


def imports(file: Path, *, lazy: bool = True) -> Iterator[str]:
    """Full names of what a file imports; `lazy` includes imports inside functions."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    nodes = ast.walk(tree) if lazy else iter(tree.body)
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name_of(file)}:{node.lineno}: expected a full name, found a relative import"
            yield str(node.module)
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def modules() -> dict[str, Path]:
    """Every module of ours by its full name."""
    return {name_of(file).removesuffix(".py").removesuffix("/__init__").replace("/", "."): file for file in CODE}


def room(module: str) -> str:
    """The part of the engine a module is in."""
    return module.split(".")[1]


@pytest.mark.parametrize("file", [file for file in CODE if name_of(file).startswith("channels/")], ids=name_of)
def test_adapters_know_the_contract_and_nothing_else(file: Path) -> None:
    """An adapter imports `communique.channel` and what adapters share; never another kind, never the engine."""
    of_ours = {name for name in imports(file) if name.split(".")[0] in {"communique", "channels", "scheduler"}}
    engine = {name for name in of_ours if name.startswith("communique") and not name.startswith("communique.channel")}
    assert engine - {"communique"} == set()
    kinds = {name.split(".")[1] for name in of_ours if name.startswith("channels.")} & KINDS
    assert kinds == set()


def test_every_module_of_channels_is_a_kind_or_shared() -> None:
    """A new adapter is entered here; anything else has to say that it is shared."""
    found = {name_of(file).split("/")[1].removesuffix(".py") for file in CODE if name_of(file).startswith("channels/")}
    assert found - {"__init__"} == KINDS | SHARED


def test_only_the_edges_know_the_adapters() -> None:
    """`scheduler.py` and `cli.py` put the pieces together; nothing else imports `channels` or the scheduler."""
    edges = {"scheduler.py", "communique/cli.py"}
    for file in CODE:
        if name_of(file) not in edges and not name_of(file).startswith("channels/"):
            tops = {name.split(".")[0] for name in imports(file)}
            assert not tops & {"channels", "scheduler"}, name_of(file)


def test_the_flow_has_one_direction() -> None:
    """Each room imports only from the rooms before it."""
    level = {each: number for number, rooms in enumerate(ROOMS) for each in rooms}
    for module, file in modules().items():
        if not module.startswith("communique."):
            continue
        for name in imports(file):
            if name.startswith("communique.") and room(name) in level and room(name) != room(module):
                assert level[room(name)] < level[room(module)], f"{module} imports {name}"


def test_every_room_is_in_the_flow() -> None:
    """A new room or top-level module has its place in the order."""
    known = {each for rooms in ROOMS for each in rooms}
    assert {room(module) for module in modules() if module.startswith("communique.")} == known


def test_there_is_no_cycle() -> None:
    """No module imports itself by way of others, when modules are loaded."""
    known = modules()
    graph = {module: {name for name in imports(file, lazy=False) if name in known} for module, file in known.items()}
    done: set[str] = set()

    def visit(module: str, way: tuple[str, ...]) -> None:
        assert module not in way, " -> ".join((*way, module))
        if module not in done:
            for target in graph[module] - {module}:
                visit(target, (*way, module))
            done.add(module)

    for module in graph:
        visit(module, ())


@pytest.mark.parametrize("package", HOMES)
def test_a_package_has_one_home(package: str) -> None:
    """What is not ours is imported where it is at home, so that it can be replaced there."""
    users = {name_of(file) for file in CODE for name in imports(file) if name.split(".")[0] == package}
    strangers = {user for user in users if not any(user.startswith(home) for home in HOMES[package])}
    assert users, f"nobody imports {package} any more"
    assert strangers == set()


def test_time_is_an_argument() -> None:
    """Only the clock reads the clock."""
    for file in CODE:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and node.attr in {"now", "utcnow", "today"}:
                owner = ast.unparse(node.value)
                reads_clock = owner in {"datetime", "date", "datetime.datetime", "datetime.date"}
                assert not reads_clock or name_of(file) == "scheduler.py", f"{name_of(file)}:{node.lineno}"
            if isinstance(node, ast.Attribute) and ast.unparse(node) in {"time.time", "time.sleep"}:
                pytest.fail(f"{name_of(file)}:{node.lineno}: {ast.unparse(node)}")


def test_files_are_small() -> None:
    """No file over 400 lines, and half of them at most 120."""
    sizes = {name_of(file): len(file.read_text(encoding="utf-8").splitlines()) for file in CODE}
    assert {name: size for name, size in sizes.items() if size > 400} == {}
    assert statistics.median(sizes.values()) <= 120


def test_names_say_what_is_inside() -> None:
    """No module is called after its being useful."""
    empty = {"utils", "util", "helpers", "helper", "common", "manager", "base", "misc"}
    assert {name_of(file) for file in CODE if file.stem in empty} == set()
