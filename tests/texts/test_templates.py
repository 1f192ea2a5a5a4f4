"""Templates: strict, bounded, and nothing in them but what they were given."""

import gc
import resource
import weakref
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from markupsafe import Markup

from communique.language.catalogue import in_language
from communique.read.sources import Copy, Folder
from communique.texts.templates import TemplateProblemError, Templates
from communique.texts.undated import Undated

PATH = "templates/city/news/en/article.md"
FACTS: dict[str, Any] = {
    "language": "en",
    "facts": {"place": "Town Hall", "items": "five items", "people": [f"person {number}" for number in range(200)]},
    "recipient": {"name": "Ana", "organisation": ""},
}


def templates(**layouts: str) -> Templates:
    """Templates with these layouts."""
    files = {f"templates/layouts/{name}.html": text.encode() for name, text in layouts.items()}
    return Templates(Copy(files), {"en": "en-GB"}, lambda _: {"to": "to"})


def problem(source: str, **layouts: str) -> str:
    """The code of the problem that a text has, in the line that it stands on."""
    with pytest.raises(TemplateProblemError) as caught:
        templates(**layouts).fill_markdown(PATH, f"First line.\n{source}\n", FACTS)
    found = caught.value.problem
    assert (found.file, found.line) == (PATH, 1 if source in WHOLE else 2)
    assert "Traceback" not in found.message
    return found.code


def test_a_missing_fact_is_named_with_its_place_and_what_there_is_instead() -> None:
    """Strict: a name that is not there is a problem at file, line and column, never a blank."""
    with pytest.raises(TemplateProblemError) as caught:
        templates().fill_markdown(PATH, "Come.\n\nWe meet at {{ facts.plaice }}.\n", FACTS)

    found = caught.value.problem
    assert (found.code, found.file, found.line, found.column) == ("missing-fact", PATH, 3, 21)
    assert found.message == "expected one of place, items, people, found `plaice`"
    assert found.source == "We meet at {{ facts.plaice }}."


def test_a_range_of_days_needs_both() -> None:
    """The last day stands in brackets; one that is not there is named as any other."""
    days = {"open": {"start": date(2027, 3, 29)}, "close": {"start": date(2027, 5, 14)}, "later": {}}
    made = Templates(Copy({}), {"en": "en-GB"}, lambda _: {"date_range": "from {start} to {end}"})
    context = {"language": "en", "milestones": days}
    asked = "{{ milestones.open.start | date_range(milestones.close.start) }}"
    assert made.fill_markdown(PATH, asked, context) == "from 29 March to 14 May 2027"
    assert problem("{{ facts.place | date_range }}") == "template-forbidden"
    with pytest.raises(TemplateProblemError, match="expected one of the facts, found `start`"):
        made.fill_markdown(PATH, asked.replace("close", "later"), context)
    with pytest.raises(TemplateProblemError, match="expected a date such as 2027-02-09, found `later`"):
        made.fill_markdown(PATH, "{{ 'later' | date_range(milestones.close.start) }}", context)


def test_a_text_that_needs_a_date_which_nobody_knows_yet_is_told_so() -> None:
    """Of a milestone by its name, and of a meeting at it; the line, and how to say it only once it is known."""
    facts = {"meeting": Undated({"place": "Room 2"}, dict.fromkeys(("start", "end"), "first-meeting"))}
    known = {"facts": facts, "milestones": Undated({"acceptance": {}}, {"first_meeting": "first-meeting"})}
    for source, column in (("On {{ milestones.first_meeting.start | date }}.", 18), ("{{ facts.meeting.start }}", 1)):
        with pytest.raises(TemplateProblemError) as caught:
            templates().fill_markdown(PATH, source, known)
        found = caught.value.problem
        assert (found.code, found.column) == ("missing-fact", column)
        assert found.message == "this text needs the date of `first-meeting`, which is unknown yet"
        assert "`{% if milestones.first_meeting is defined %}`" in found.hint
    for slip in ("first_meetng", "awaits"):
        with pytest.raises(
            TemplateProblemError, match=f"expected acceptance, the only name there is here; found `{slip}`"
        ):
            templates().fill_markdown(PATH, f"{{{{ milestones.{slip} }}}}", known)


def test_of_many_names_those_are_told_that_come_nearest() -> None:
    """A campaign has a dozen facts, and the line above them is where somebody looks first."""
    facts = dict.fromkeys(("agenda", "partners", "themes", "meeting", "decisions", "progress", "signatory"), 1)
    with pytest.raises(TemplateProblemError) as caught:
        templates().fill_markdown(PATH, "We meet at {{ facts.meetng }}.\n", {"facts": facts})
    assert caught.value.problem.message.startswith("expected one of meeting, ")
    assert caught.value.problem.message.endswith(" and 4 more, found `meetng`")


@pytest.mark.parametrize(
    "use",
    [
        "{{ nobody }}",
        "{{ facts.nothing.more }}",
        "{{ facts.nothing | date }}",
        "{{ facts.nothing | upper }}",
        "{% if facts.nothing %}x{% endif %}",
        "{% for each in facts.nothing %}x{% endfor %}",
        "{{ facts['nothing'] }}",
    ],
)
def test_a_missing_fact_is_found_wherever_it_is_used(use: str) -> None:
    """In a filter, a condition and a loop as well."""
    assert problem(use) == "missing-fact"


def test_a_shortage_of_memory_is_not_a_problem_of_the_text() -> None:
    """Whoever fills it hears of it as it is: the same text can be filled when there is memory again."""

    class Large:
        """A value that there is no room to compare."""

        __hash__ = None  # type: ignore[assignment] # a fact is never looked up

        def __eq__(self, _: object) -> bool:
            raise MemoryError

    with pytest.raises(MemoryError):
        templates().fill_text(PATH, "{% if facts.large == 1 %}a{% endif %}", {"facts": {"large": Large()}})


def test_a_fact_may_have_the_name_of_something_in_python() -> None:
    """`facts.items` is the fact, not the method of a dictionary."""
    assert templates().fill_text(PATH, "{{ facts.items }}", FACTS) == "five items"


#: What an account in the wrong hands would try (research: reliability I4 and section 4): to get out of the
#: sandbox, to read secrets and files, to use up time and memory.
ATTACKS = {
    "attributes": "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "attributes by item": "{{ facts['__class__'] }}",
    "attributes of an undefined name": "{{ x.__class__ }}",
    "globals of a filter": "{{ (facts.place | upper).__class__ }}",
    "method": "{{ facts.place.upper }}",
    "call": "{{ facts.place.upper() }}",
    "method by item": "{{ facts.place['format'] }}",
    "format": "{{ '{0.__class__}'.format(facts) }}",
    "format map": "{{ '{a.__class__}'.format_map({'a': 1}) }}",
    "per cent": "{{ '%999999999d' % 1 }}",
    "times": "{{ 'a' * 10**9 }}",
    "times list": "{{ [0] * 10**9 }}",
    "power": "{{ 9**9**9 }}",
    "range": "{% for a in range(10**9) %}x{% endfor %}",
    "loops": "{% for a in facts.people %}{% for b in facts.people %}{% for c in facts.people %}x{% endfor %}"
    "{% endfor %}{% endfor %}",
    "recursive loop": "{% for a in facts.people recursive %}{{ loop(facts.people) }}{% endfor %}",
    "macro": "{% macro again() %}{{ again() }}{% endmacro %}{{ again() }}",
    "doubling": "{% set a = 'aaaaaaaa' %}" + "{% set a = a ~ a %}" * 40 + "{{ a }}",
    "doubling with plus": "{% set a = 'aaaaaaaa' %}" + "{% set a = a + a %}" * 40 + "{{ a }}",
    "doubling with a block": "{% set a = 'a' %}" + "{% set a %}{{ a }}{{ a }}{% endset %}" * 40 + "{{ a }}",
    "doubling with a list": "{% set a = 'a' %}" + "{% set a = [a, a] | join_list %}" * 40 + "{{ a }}",
    "nested lists": "{% set a = facts.people %}" + "{% set a = [a, a] %}" * 40 + "{{ a | upper }}",
    "nested pairs": "{% set a = facts.people %}" + "{% set a = (a, a) %}" * 40 + "{{ a | upper }}",
    "doubling in a loop": "{% set a = 'a' %}{% for x in facts.people %}{% set a = a ~ a %}{% endfor %}",
    "doubling a mapping": "{% set a = {'a': facts} %}",
    "namespace": "{% set ns = namespace(a='a') %}{% for x in facts.people %}{% set ns.a = ns.a ~ ns.a %}{% endfor %}",
    "loops without output": "{% for a in facts.people %}{% for b in facts.people %}"
    + "{% if a == b %}{% endif %}" * 200
    + "{% endfor %}{% endfor %}",
    "letters": "{% for a in 'aaaaaaaa' %}{% endfor %}",
    "too much output": "{% for a in facts.people %}{% for b in facts.people %}" + "x" * 60 + "{% endfor %}{% endfor %}",
    "too long": "x" * 70_000,
    "deep": "{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}",
    "deep not": "{{ " + "not " * 5000 + "1 }}",
    "deep if": "{% if 1 %}" * 150 + "{% endif %}" * 150,
    "long chain": "{{ a" + ".b" * 10_000 + " }}",
    "great number": "{{ " + "9" * 5000 + " }}",
    "division": "{{ 1 // 0 }}",
    "list shown": "{{ facts.people }}",
    "list as a name": "{{ facts[facts.people] }}",
    "facts shown": "{{ facts }}",
    "filter of a list": "{{ facts.people | upper }}",
    "unknown filter": "{{ facts.place | attr('__class__') }}",
    "map": "{{ facts.people | map(attribute='__class__') }}",
    "safe": "{{ facts.place | safe }}",
    "escape switched off": "{% autoescape false %}{{ facts.place }}{% endautoescape %}",
    "include": "{% include 'mail.html' %}",
    "include outside": "{% include '../../config/settings.yaml' %}",
    "absolute include": "{% include '/etc/passwd' %}",
    "import": "{% import 'mail.html' as mail %}",
    "from import": "{% from 'mail.html' import a %}",
    "extends": "{% extends 'mail.html' %}",
    "block": "{% block a %}{% endblock %}",
    "filter block": "{% filter upper %}a{% endfilter %}",
    "call block": "{% call x() %}{% endcall %}",
    "environment": "{{ env }}",
    "expanded environment": "{{ expandenv }}",
    "configuration": "{{ config }}",
    "settings": "{{ settings }}",
    "self": "{{ self }}",
    "context": "{{ self._TemplateReference__context }}",
    "cycler": "{{ cycler.__init__.__globals__.os.environ }}",
    "lipsum": "{{ lipsum.__globals__ }}",
    **{
        f"{name} of Jinja": f"{{{{ {name} }}}}" for name in ("range", "dict", "lipsum", "cycler", "joiner", "namespace")
    },
    "loop": "{% for a in facts.people %}{{ loop.__class__ }}{% endfor %}",
    "loop shown": "{% for a in facts.people %}{{ loop }}{% endfor %}",
    "the counter of turns": "{{ facts.people | each turn(0) }}",
    "not closed": "{{ facts.place",
    "no Jinja": "{% %}",
}

#: Those for which only the whole text can be blamed.
WHOLE = [
    ATTACKS[name]
    for name in ("too much output", "too long", "deep", "deep not", "deep if", "long chain", "great number")
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_attacks_are_refused_where_they_stand(attack: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is a problem with its line; none shows what is in the environment; none takes more than its memory."""
    monkeypatch.setenv("CANARY", "a secret of the environment")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    code = problem(ATTACKS[attack])

    assert code in {"template-forbidden", "template-syntax", "template-failed", "missing-fact"}
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 256 * 1024


@pytest.mark.parametrize("text", ["%recipient.name%", "${CANARY}", "{env}", "<%= 1 %>", "`env`", "$(env)"])
def test_other_languages_mean_nothing(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only Jinja is a template; the rest is text."""
    monkeypatch.setenv("CANARY", "a secret of the environment")

    assert templates().fill_text(PATH, text, FACTS) == text


def layout(name: str, **layouts: str) -> str:
    """A filled layout."""
    return templates(**layouts).fill_layout(f"{name}.html", FACTS)


@pytest.mark.parametrize(
    "layouts",
    [
        {"a": "{% include 'a.html' %}"},
        {"a": "{% extends 'a.html' %}"},
        {"a": "{% include 'b.html' %}", "b": "{% include 'a.html' %}"},
        {"a": "{% include '../../config/settings.yaml' %}"},
        {"a": "{% include '/etc/passwd' %}"},
        {"a": "{% include facts.place %}"},
        {"a": "{% block x %}{{ self.x() }}{% endblock %}"},
        {f"{'a' * number}": f"{{% include '{'a' * (number + 1)}.html' %}}" * 2 for number in range(1, 30)}
        | {"a" * 30: ""},
    ],
)
def test_layouts_that_never_end_or_reach_outside_are_refused(layouts: dict[str, str]) -> None:
    """Layouts may include and inherit, below their own folder and a bounded number of times."""
    with pytest.raises(TemplateProblemError) as caught:
        layout("a", **layouts)

    assert caught.value.problem.file.startswith("templates/layouts/")


def test_an_attack_in_an_included_layout_is_named_there() -> None:
    """The problem stands in the file that has the fault, not in the one that includes it."""
    with pytest.raises(TemplateProblemError) as caught:
        layout("a", a="{% include 'b.html' %}", b="\n\n{{ range(9) }}")

    assert (caught.value.problem.file, caught.value.problem.line) == ("templates/layouts/b.html", 3)
    assert caught.value.problem.code == "template-forbidden"


def test_layouts_escape_what_is_not_marked_as_html() -> None:
    """A name is text on a page."""
    shown = templates(a="{{ name }} {{ name | upper }}").fill_layout("a.html", {**FACTS, "name": "<b>"})

    assert shown == "&lt;b&gt; &lt;B&gt;"


def test_what_is_marked_as_text_stays_so_behind_a_filter() -> None:
    """Else a body that is trimmed in a plain mail would lose what keeps numbers in order among Arabic letters."""
    marked = {**FACTS, "body": Markup(" <b>\u200e+34</b>\n"), "name": " <i>\u200e"}

    assert templates(a="{{ body | trim }}").fill_layout("a.html", marked) == "<b>\u200e+34</b>"
    assert templates(a="{{ name | trim }}").fill_layout("a.html", marked) == "&lt;i&gt;"


def test_what_officers_need_works() -> None:
    """Conditions, loops with a condition, the loop's number, dates, lists, two levels."""
    source = (
        "{% set place = facts.place %}{% for each in facts.people if each != 'person 0' %}{% if loop.index <= 2 %}"
        "{{ loop.index }}/{{ loop.length }} {{ each | capitalize }} at {{ place | upper }}. {% endif %}{% endfor %}"
        "{{ facts.people[:3] | join_list }}; {{ facts.people | length - 1 }}; {{ facts.people | reverse | first }}"
    )

    assert templates().fill_text(PATH, source, FACTS) == (
        "1/199 Person 1 at TOWN HALL. 2/199 Person 2 at TOWN HALL. person 0, person 1 and person 2; 199; person 199"
    )


def test_a_tag_behind_words_leaves_the_line_its_end() -> None:
    """Two paragraphs stay two; a line of tags alone leaves no trace."""
    tail, alone = "Come.{% if facts.place %} We wait.{% endif %}", "{% if facts.place %}"
    assert templates().fill_markdown(PATH, f"{tail}\n\nThank you.\n", FACTS) == "Come. We wait.\n\nThank you.\n"
    assert templates().fill_markdown(PATH, f"{alone}\n{tail}\n{{% endif %}}\nBye.\n", FACTS) == "Come. We wait.\nBye.\n"


def test_a_value_is_never_filled_again() -> None:
    """What looks like a template in a fact or name is shown as it was typed."""
    context = {**FACTS, "facts": {"place": "{{ 7 * 7 }}{% raw %}"}}

    assert templates().fill_text(PATH, "{{ facts.place }}", context) == "{{ 7 * 7 }}{% raw %}"


def test_front_matter_is_named_by_the_line_of_the_file() -> None:
    """A headline is filled on its own, and its faults stand where it stands."""
    with pytest.raises(TemplateProblemError) as caught:
        templates().fill_line(PATH, "{{ facts.nothing }}", FACTS, line=4)

    assert caught.value.problem.line == 4


def test_the_workspace_is_the_end_of_the_world(tmp_path: Path) -> None:
    """No layout is read from elsewhere, through a link neither."""
    (tmp_path / "city/templates/layouts").mkdir(parents=True)
    (tmp_path / "secret.html").write_text("secret")
    (tmp_path / "city/templates/layouts/a.html").symlink_to(tmp_path / "secret.html")
    found = Templates(Folder(tmp_path / "city"), {}, lambda _: {})

    with pytest.raises(TemplateProblemError):
        found.fill_layout("a.html", FACTS)


def test_a_bug_of_ours_is_not_blamed_on_the_text(monkeypatch: pytest.MonkeyPatch) -> None:
    """It surfaces as what it is; no officer is sent to look for it in a file that is right."""
    facts = {"now": datetime(2027, 2, 9, tzinfo=UTC)}
    monkeypatch.setattr("communique.language.formatting._western", lambda _: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        templates().fill_text(PATH, "{{ facts.now | time }}", {**FACTS, "facts": facts})


def test_what_a_text_asks_wrongly_of_python_is_its_own_fault() -> None:
    """Sums with words fail in the text's own line."""
    with pytest.raises(TemplateProblemError, match="cannot be filled"):
        templates().fill_text(PATH, "{{ facts.place / 2 }}", FACTS)


@pytest.mark.parametrize("name", ["range", "dict", "lipsum", "cycler", "joiner", "namespace"])
def test_what_jinja_brings_along_is_not_there(name: str) -> None:
    """Nor in layouts, which may say more than texts: the name is unknown, not a thing that cannot be shown."""
    assert problem(f"{{{{ {name} }}}}") == "missing-fact"
    with pytest.raises(TemplateProblemError, match="is not known"):
        templates(mail=f"{{{{ {name} }}}}").fill_layout("mail.html", FACTS)


def test_a_name_that_is_not_there_is_told_in_spanish_as_well() -> None:
    """`goverment`, at the beginning of a value."""
    with pytest.raises(TemplateProblemError) as found:
        templates().fill_text(PATH, "{{ goverment.name }}", FACTS)
    said = in_language(found.value.problem.message, "es")
    assert said == "este texto necesita algo que no está: el nombre 'goverment' no se conoce"


def test_a_method_of_a_value_is_not_there() -> None:
    """A text sees the parts of a value, never what Python can do with it."""
    assert problem("{{ facts.place.upper }}") == "missing-fact"
    assert problem("{{ facts['place']['upper'] }}") == "missing-fact"


@pytest.mark.parametrize("path", ["../news/note.html", "x/../../news/note.html", "../../config/settings.yaml"])
def test_a_layout_includes_layouts_only(path: str) -> None:
    """A path that leads out of their folder finds nothing, also where a file lies at its end."""
    files = {
        "templates/layouts/mail.html": f"{{% include '{path}' %}}".encode(),
        "templates/news/note.html": b"secret",
        "config/settings.yaml": b"secret",
        f"templates/layouts/{path}": b"secret",
    }
    with pytest.raises(TemplateProblemError):
        Templates(Copy(files), {}, lambda _: {}).fill_layout("mail.html", FACTS)


@pytest.mark.parametrize("text", ["Plain.", "One\r\ntwo\rthree\n", "}} %} #} { { .", "", "  \n\n x \n"])
def test_a_text_without_values_is_as_jinja_would_have_it(text: str) -> None:
    """It is not compiled; a comment, which shows nothing, makes Jinja do it."""
    for fill in (templates().fill_markdown, templates().fill_text, templates().fill_line):
        assert fill(PATH, text, FACTS) == fill(PATH, f"{text}{{##}}", FACTS)


def test_nothing_of_a_workspace_outlives_it() -> None:
    """A daemon reads its files anew after each edit, for months: what was made of the old ones is let go."""
    made = templates(shell="<p>{{ word }}</p>")
    made.fill_markdown(PATH, "We meet at {{ facts.place }}.\n", FACTS)
    assert [*made.layout_with_parts("shell.html")]
    gone = weakref.ref(made)
    del made
    gc.collect()
    assert gone() is None
