"""Who may import whom, and where time is read: the shape of the code, held by its syntax trees."""

import ast
import statistics
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from tests.architecture import HOMES, INNER_RANK, RANK, SHARED

ROOT = Path(__file__).parents[1]
#: A connection is handed through; what is asked of it is asked in `store`.
HANDED_THROUGH = {"sqlalchemy.Connection"}
MOST_LINES, MOST_LINES_OF_HALF = 400, 120
NAMES_OF_NOTHING = {"utils", "util", "helpers", "helper", "common", "manager", "base", "misc", "tools"}
CLOCK_READERS = {"now", "utcnow", "today", "time", "time_ns", "monotonic", "perf_counter"}
CLOCKS = {"datetime", "date", "time"}
#: The clock, and the one place where a server's silence is measured, which the kernel does for a single connection.
CLOCK_KEEPERS = {"scheduler", "channels.mail.connections"}


@dataclass(frozen=True)
class Module:
    """One file of ours."""

    name: str  #: dotted, without `.__init__`
    text: str
    package: bool = False

    @cached_property
    def tree(self) -> ast.Module:
        """Parsed."""
        return ast.parse(self.text)

    @property
    def parts(self) -> tuple[str, ...]:
        """Of the dotted name."""
        return tuple(self.name.split("."))

    @property
    def tier(self) -> str:
        """The room, or the module beside the rooms."""
        return self.parts[1] if len(self.parts) > 1 else ""

    @property
    def inner(self) -> tuple[str, str]:
        """The room, and the room within it; "" for a module beside such rooms."""
        within = self.parts[2:] if self.package else self.parts[2:-1]
        return self.tier, within[0] if within and (self.tier, within[0]) in INNER_RANK else ""

    @property
    def kind(self) -> str:
        """The adapter's kind (or the shared module's name), for modules below `channels`."""
        return self.parts[1] if self.parts[0] == "channels" and len(self.parts) > 1 else ""

    def imports(self, *, at_load_only: bool = False) -> Iterator[str]:
        """Dotted names, `from a import b` as `a.b`."""
        nodes = _outside_functions(self.tree) if at_load_only else ast.walk(self.tree)
        for node in nodes:
            if isinstance(node, ast.Import):
                yield from (each.name for each in node.names)
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{self.name}:{node.lineno}: imports are written in full"
                yield from (f"{node.module}.{each.name}" for each in node.names)


def _outside_functions(node: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            yield child
            yield from _outside_functions(child)


def _read(path: Path) -> Module:
    parts = path.relative_to(ROOT).with_suffix("").parts
    package = parts[-1] == "__init__"
    return Module(".".join(parts[:-1] if package else parts), path.read_text(encoding="utf-8"), package)


@pytest.fixture(scope="module")
def modules() -> list[Module]:
    """All code that is shipped."""
    files = [ROOT / "scheduler.py", *(ROOT / "communique").rglob("*.py"), *(ROOT / "channels").rglob("*.py")]
    return [_read(path) for path in files]


def _targets(module: Module, known: set[str], *, at_load_only: bool = False) -> set[str]:
    """Modules of ours that a module imports."""
    found = {name if name in known else name.rpartition(".")[0] for name in module.imports(at_load_only=at_load_only)}
    return found & known


def upward(modules: list[Module]) -> list[str]:
    """Imports against the order of the tiers, and modules without a place in it."""
    known = {module.name: module for module in modules}
    found = []
    for module in modules:
        if module.parts[0] != "communique" or not module.tier:
            continue
        if module.tier not in RANK:
            found.append(f"{module.name} has no tier: say in TIERS where it belongs")
            continue
        for target in _targets(module, set(known)):
            tier = known[target].tier
            if known[target].parts[0] == "communique" and tier and RANK.get(tier, -1) > RANK[module.tier]:
                found.append(f"{module.name} imports {target}, which stands above it")
    return sorted(found)


def upward_within(modules: list[Module]) -> list[str]:
    """Imports against the order of the rooms within a room."""
    known = {module.name: module for module in modules}
    return sorted(
        f"{module.name} imports {target}, which stands above it"
        for module in modules
        if module.inner in INNER_RANK
        for target in _targets(module, set(known))
        if known[target].tier == module.tier and INNER_RANK[known[target].inner] > INNER_RANK[module.inner]
    )


def strangers_in_adapters(modules: list[Module]) -> list[str]:
    """What adapters import of ours besides `communique.channel` and their shared modules."""
    known = {module.name: module for module in modules}
    found = []
    for module in modules:
        if not module.kind:
            continue
        for target in sorted(_targets(module, set(known))):
            shared = target.startswith("channels.") and known[target].kind in SHARED
            if not (target == "communique.channel" or shared):
                found.append(f"{module.name} imports {target}")
    return found


def uninvited(modules: list[Module]) -> list[str]:
    """Who imports `channels` or `scheduler` besides those at the edge."""
    hosts = {"channels": {"scheduler", "communique.cli"}, "scheduler": {"communique.cli"}}
    found = []
    for module in modules:
        for name in module.imports():
            top = name.partition(".")[0]
            if top in hosts and module.name not in hosts[top] and module.parts[0] != top:
                found.append(f"{module.name} imports {name}")
    return found


def homeless(modules: list[Module]) -> list[str]:
    """Imports of other people's packages outside their homes."""
    ours = {"communique", "channels", "scheduler"}
    found = []
    for module in modules:
        places = {*module.parts, ".".join(module.parts[:2]), module.name}
        for name in module.imports():
            top = name.partition(".")[0]
            if top in sys.stdlib_module_names or top in ours or name in HANDED_THROUGH:
                continue
            if not places & HOMES.get(top, set()):
                found.append(f"{module.name} imports {top}, whose home is {sorted(HOMES.get(top, {'nowhere yet'}))}")
    return found


def circle(modules: list[Module]) -> list[str]:
    """A circle of imports that happen when modules are loaded, or nothing."""
    known = {module.name for module in modules}
    graph = {module.name: _targets(module, known, at_load_only=True) - {module.name} for module in modules}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def clock_readers(modules: list[Module]) -> list[str]:
    """Calls that read the clock of the machine, outside its keepers."""
    found = []
    for module in modules:
        for node in ast.walk(module.tree):
            if module.name in CLOCK_KEEPERS or not isinstance(node, ast.Attribute) or node.attr not in CLOCK_READERS:
                continue
            owner = node.value.attr if isinstance(node.value, ast.Attribute) else getattr(node.value, "id", "")
            if owner in CLOCKS:
                found.append(f"{module.name}:{node.lineno} reads {owner}.{node.attr}")
        found += [f"{module.name} imports {name}" for name in module.imports() if _reads_time(name)]
    return found


def _reads_time(name: str) -> bool:
    owner, _, attribute = name.partition(".")
    return owner == "time" and attribute in CLOCK_READERS


def test_each_room_imports_only_from_those_before_it(modules: list[Module]) -> None:
    """Data goes one way: nouns, readers, texts, the ledger, planning, sending, the edges."""
    assert upward(modules) == []


def test_rooms_within_a_room_keep_an_order_too(modules: list[Module]) -> None:
    """Tables, who is at the desk, who is written to, what is owed to them, what has been said in public."""
    assert upward_within(modules) == []


def test_every_room_of_the_order_exists(modules: list[Module]) -> None:
    """The order names nothing that is gone."""
    assert set(RANK) - {module.tier for module in modules} == set()
    assert set(INNER_RANK) - {module.inner for module in modules} == set()


def test_an_adapter_knows_the_contract_and_nothing_else(modules: list[Module]) -> None:
    """Of ours it imports `communique.channel` and shared modules; kinds do not know each other."""
    assert strangers_in_adapters(modules) == []
    assert SHARED & _kinds(modules) == set()


def _kinds(modules: list[Module]) -> set[str]:
    table = next(module for module in modules if module.name == "channels")
    values = [node.value for node in ast.walk(table.tree) if isinstance(node, ast.Constant)]
    return {value.partition(":")[0].rpartition(".")[2] for value in values if isinstance(value, str) and ":" in value}


def test_only_the_edges_know_the_adapters_and_the_clock(modules: list[Module]) -> None:
    """`scheduler.py` and the command line put the pieces together."""
    assert uninvited(modules) == []


def test_a_package_of_others_has_one_home(modules: list[Module]) -> None:
    """Replacing a library means opening one place."""
    assert homeless(modules) == []
    used = {name.partition(".")[0] for module in modules for name in module.imports()}
    assert set(HOMES) - used == set()


def test_no_module_imports_in_a_circle(modules: list[Module]) -> None:
    """Any module can be loaded first."""
    assert circle(modules) == []


def test_time_is_an_argument(modules: list[Module]) -> None:
    """The clock is read in `scheduler.py` and nowhere else."""
    assert clock_readers(modules) == []


def test_files_are_small(modules: list[Module]) -> None:
    """None over 400 lines, and half of them 120 at the most."""
    # The ledger's first version is written by a program from all tables there are.
    written = [module for module in modules if ".migrations.versions." not in module.name]
    lines = {module.name: module.text.count("\n") for module in written}
    assert {name: count for name, count in lines.items() if count > MOST_LINES} == {}
    assert statistics.median(lines.values()) <= MOST_LINES_OF_HALF


def test_a_module_is_named_for_what_it_holds(modules: list[Module]) -> None:
    """No drawer for odds and ends."""
    assert [module.name for module in modules if NAMES_OF_NOTHING & set(module.parts)] == []


@pytest.mark.parametrize(
    ("name", "text", "rule"),
    [
        ("communique.timeline", "from communique.plan import planning", upward),
        ("communique.unplaced", "", upward),
        ("communique.store.deliveries.ledger", "def late():\n    import communique.web.leave", upward),
        ("communique.store.recipients.people", "from communique.store.deliveries import ledger", upward_within),
        ("communique.plan.checks.link", "from communique.plan.planning import Planner", upward_within),
        ("channels.x", "from communique.settings import Settings", strangers_in_adapters),
        ("channels.x", "from channels.mastodon import Limits", strangers_in_adapters),
        ("channels.mail.address", "from channels.x import XChannel", strangers_in_adapters),
        ("communique.send.dispatch", "from channels.x import XChannel", uninvited),
        ("communique.service.daemon", "def tick():\n    import scheduler", uninvited),
        ("communique.plan.planning", "from sqlalchemy import select", homeless),
        ("channels.x", "import httpx", homeless),
        ("communique.plan.planning", "import numpy", homeless),
        ("communique.channel", "import communique.campaign", circle),
        ("communique.plan.planning", "from datetime import datetime\ndatetime.now()", clock_readers),
        ("communique.plan.planning", "import datetime\ndatetime.datetime.utcnow()", clock_readers),
        ("communique.plan.planning", "import time\ntime.time()", clock_readers),
        ("communique.plan.planning", "from time import monotonic", clock_readers),
    ],
)
def test_a_planted_violation_is_found(modules: list[Module], name: str, text: str, rule: object) -> None:
    """Each rule says no when it should: the same modules, with one replaced by a wrong one."""
    planted = [Module("communique.campaign", "import communique.channel")] if rule is circle else []
    others = [module for module in modules if module.name not in {name, *(each.name for each in planted)}]
    assert callable(rule)
    assert [finding for finding in rule([*others, *planted, Module(name, text)]) if name in finding]
