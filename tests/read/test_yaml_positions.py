"""YAML as officers write it: what is read, where it stands, what is refused."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from communique.problems import Problem
from communique.read import yaml_positions
from communique.read.yaml_positions import MOST_MENDED, _read_quickly, read

ROOT = Path(__file__).parents[2]


def _data(text: str) -> object:
    document, problems = read(text, "x.yaml")
    assert problems == []
    assert document is not None
    return document.data


def _found(text: str | bytes) -> list[tuple[str, int, int]]:
    return [(problem.code, problem.line, problem.column) for problem in read(text, "x.yaml")[1]]


def _one(text: str | bytes) -> Problem:
    [problem] = read(text, "x.yaml")[1]
    return problem


LIKE_TRUTH = ["NO", "on", "yes", "off", "y", "tRUE", "es", "="]
LIKE_NUMBERS = ["0123", "+34955000000", "1_000", "0x1F", ".inf", ".nan", "1.2.3", "12e", "99999999999999999999"]
LIKE_TIMES = ["14:30", "2027-01-18", "2027-01-18T09:00"]


@pytest.mark.parametrize("word", [*LIKE_TRUTH, *LIKE_NUMBERS, *LIKE_TIMES])
def test_words_stay_text(word: str) -> None:
    """Norway, times, dates, telephones and room numbers are the text that was written."""
    assert _data(f"key: {word}\n") == {"key": word}


@pytest.mark.parametrize(
    ("word", "value"),
    [("true", True), ("False", False), ("null", None), ("~", None), ("5", 5), ("-3", -3), ("1.5", 1.5), ("0", 0)],
)
def test_core_schema(word: str, value: object) -> None:
    """Truth values, numbers and nothing are the only words that become something else."""
    data = _data(f"key: {word}\nquoted: '{word}'\n")
    assert data == {"key": value, "quoted": word}
    assert isinstance(data, dict)
    assert type(data["key"]) is type(value)


def test_keys_stay_text() -> None:
    """A key is a name, whatever it looks like."""
    assert _data("on: a\n2027: b\nno: c\ntrue: d\nnull: e\n") == {
        "on": "a",
        "2027": "b",
        "no": "c",
        "true": "d",
        "null": "e",
    }


def test_places() -> None:
    """Every key and value has its line and column, and what is missing has that of what surrounds it."""
    document, _ = read("# top\na:\n  b: [x, y]\n  empty:\nc: 1\n", "x.yaml")
    assert document is not None
    assert document.place(("a", "b", 1)) == (3, 10, "  b: [x, y]")
    assert document.key_place(("a", "b")) == (3, 3, "  b: [x, y]")
    assert document.key_place(("a", "b", 0)) == (3, 7, "  b: [x, y]")
    assert document.place(("a", "missing", 3)) == (3, 3, "  b: [x, y]")
    assert document.place(("a", "empty")) == (4, 3, "  empty:")
    assert document.place(()) == (2, 1, "a:")


def test_every_refusal_at_once() -> None:
    """Duplicate keys, aliases, tags and merge keys are all reported, and the rest is still read."""
    text = "a: &x 1\nb: *x\na: !!str 2\nc: {d: 1, d: 2}\n<<: {q: 3}\n[k]: v\ne: fine\n"
    document, problems = read(text, "x.yaml")
    assert [(problem.code, problem.line) for problem in problems] == [
        ("yaml-alias", 1),
        ("yaml-alias", 2),
        ("yaml-duplicate-key", 3),
        ("yaml-tag", 3),
        ("yaml-duplicate-key", 4),
        ("yaml-merge", 5),
        ("yaml-key", 6),
    ]
    assert "on line 1 and again on line 3" in problems[2].message
    assert document is not None
    assert document.data == {"a": 1, "b": None, "c": {"d": 1}, "e": "fine"}
    assert document.unsure == {(), ("b",)}


@pytest.mark.parametrize(
    ("text", "code", "line", "column", "said"),
    [
        ("a: 1\ntitle: City Hall: kickoff\n", "yaml-syntax", 2, 8, 'Write "City Hall: kickoff" with quotes'),
        ("title: @ogp\n", "yaml-syntax", 1, 8, "an at sign"),
        ("title: `x`\n", "yaml-syntax", 1, 8, "a backtick"),
        ("title: %b\n", "yaml-syntax", 1, 8, "a percent sign"),
        ("title: *hello world\n", "yaml-syntax", 1, 8, "an asterisk"),
        ("title: & b\n", "yaml-syntax", 1, 8, "an ampersand"),
        ("title: - x\n", "yaml-syntax", 1, 8, "a hyphen"),
        ("title: [abc] def\n", "yaml-syntax", 1, 8, "begins with ["),
        ("title: 'it's here'\n", "yaml-syntax", 1, 8, 'Write "it\'s here" with quotes'),
        ("title: “a: b”\n", "yaml-syntax", 1, 8, "word processor"),
        ('title: "abc\nb: c\n', "yaml-syntax", 1, 8, "closing quotation mark"),
        ('title: "abc\nb: c\nd: "e"\n', "yaml-syntax", 1, 8, "closing quotation mark"),
        ("to: [a, b\nx: 1\n", "yaml-syntax", 1, 5, "closing `]`"),
        ("to: {a: 1\nx: 1\n", "yaml-syntax", 1, 5, "closing `}`"),
        ("to: {b: 1 c: 2}\n", "yaml-syntax", 1, 12, "expected `,`"),
        ("campaign x\ntitle: y\n", "yaml-syntax", 1, 1, "without a colon"),
        ("a: 1\ncampaign:x\ntitle: y\n", "yaml-syntax", 2, 1, "Write `campaign: x`"),
        ("a:\n- b\n-c\n", "yaml-syntax", 3, 1, "Write `- c`"),
        ("a: |\nb\n", "yaml-syntax", 2, 1, "indented text"),
        ("a:\n  b: 1\n   c: 2\n", "yaml-syntax", 3, 4, "found it 3 spaces in"),
        ("a:\n   b: 1\n  c: 2\n", "yaml-syntax", 3, 3, "found it 2 spaces in"),
        ("a:\n  - b: 1\n  c: 2\n", "yaml-syntax", 3, 3, "begins 4 spaces in"),
        ('a: "C:\\Users"\n', "yaml-syntax", 1, 9, "backslash"),
        ("a:\n\tb: 1\n", "yaml-tab", 2, 1, "found a tab"),
        ("a: 1\n---\nb: 2\n", "yaml-several-documents", 2, 1, "second one"),
        ("title: {{ x }}\n", "yaml-key", 1, 9, "needs quotes"),
        ("title: !b c\n", "yaml-tag", 1, 8, "`!b`"),
        ("tag: #OGPLocal\n", "yaml-cut-text", 1, 6, 'Write "#OGPLocal" with quotes'),
        ("place: Room #2\n", "yaml-cut-text", 1, 13, 'Write "Room #2" with quotes'),
        ("# nothing\n\n", "file-empty", 1, 1, "empty file"),
        ("a:\n\u00a0 b: 1\n", "unseen-character", 2, 1, "no-break space"),
        ("a: x\u200e\u202eb\n", "unseen-character", 1, 6, "right-to-left override"),
        ("a: x\x00\n", "unseen-character", 1, 5, "U+0000"),
        ("a: x\x85b: 2\n", "unseen-character", 1, 5, "U+0085"),
        (b"a: 1\nb: caf\xe9\n", "file-encoding", 2, 7, "0xE9"),
        ("a: 1\n".encode("utf-16"), "file-encoding", 1, 1, "UTF-16"),
    ],
)
def test_a_slip_is_named(text: str | bytes, code: str, line: int, column: int, said: str) -> None:
    """A usual slip is reported once, at its place, in words that say what to do."""
    problem = _one(text)
    assert (problem.code, problem.line, problem.column) == (code, line, column)
    assert said in f"{problem.message} {problem.hint}"


def test_every_tab_at_once() -> None:
    """All lines indented by tabs are reported together."""
    assert _found("a:\n\tb: 1\n\tc: 2\n") == [("yaml-tab", 2, 1), ("yaml-tab", 3, 1)]


def test_a_comment_is_a_comment() -> None:
    """A `#` with a space after it, or touching the word before it, cuts nothing worth a warning."""
    assert _data("a: x # note\nb: x#y\nc: [x] #note\nd: 'x' #note\n") == {"a": "x", "b": "x#y", "c": ["x"], "d": "x"}


def test_byte_order_mark_and_line_ends() -> None:
    """A byte order mark and the line ends of any system are read; lines are counted alike."""
    document, problems = read(b"\xef\xbb\xbfa: 1\r\nb: 2\rc: 3\n", "x.yaml")
    assert problems == []
    assert document is not None
    assert document.data == {"a": 1, "b": 2, "c": 3}
    assert document.key_place(("c",)) == (3, 1, "c: 3")


@pytest.mark.parametrize("text", ["a: " + "[" * 5000, "a: " + "{a: " * 5000, "a: " + "[" * 21 + "]" * 21 + "\n"])
def test_depth_ends_the_file(text: str) -> None:
    """More than twenty levels are refused before they cost anything."""
    assert [code for code, *_ in _found(text)] == ["yaml-too-deep"]


def test_alias_bombs_do_not_grow() -> None:
    """An alias has no value, so nothing can be multiplied by it."""
    layers = [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 9)]
    document, problems = read("a0: &a0 x\n" + "\n".join(layers), "x.yaml")
    assert {problem.code for problem in problems} == {"yaml-alias"}
    assert document is not None
    assert document.data["a8"] == [None] * 9


def test_size() -> None:
    """A file over 256 KB is refused unread."""
    assert [code for code, *_ in _found("a: " + "x" * 262_142)] == ["file-too-large"]
    assert _found("a: " + "x" * 262_141) == []


def test_long_lines_are_shown_in_part() -> None:
    """A problem on an endless line shows its beginning."""
    assert len(_one("a: @" + "x" * 5000).source) < 250


@given(st.text(alphabet="ab:-#[]{}\"'|>&*!%@`, \n\t?~1<", max_size=60))
@settings(max_examples=400, deadline=None)
def test_no_text_breaks_the_reader(text: str) -> None:
    """Whatever is typed, there is a document or a problem with a place, never an exception."""
    document, problems = read(text, "x.yaml")
    assert document is not None or problems
    for problem in problems:
        assert problem.line >= 1
        assert problem.column >= 1
        assert str(problem)
        assert problem.line <= text.count("\n") + 1


@given(st.binary(max_size=80))
def test_no_bytes_break_the_reader(data: bytes) -> None:
    """Nor do bytes that were never text."""
    document, problems = read(data, "x.yaml")
    assert document is not None or problems


def test_shipped_files_are_clean() -> None:
    """The files that others copy have no fault in their YAML."""
    for path in [*ROOT.glob("campaigns/*.yaml"), *ROOT.glob("config/*.yaml")]:
        document, problems = read(path.read_bytes(), path.name)
        assert problems == []
        assert document is not None


def test_a_file_of_nothing_but_slips_comes_to_an_end() -> None:
    """A bounded number of lines is mended: each means reading the file again."""
    document, problems = read("\n".join(f"key{number}: a: b" for number in range(500)), "a.yaml")
    assert document is None
    assert len(problems) <= MOST_MENDED + 1


#: Pieces of YAML, right and wrong, as they meet when somebody types.
PIECES = st.sampled_from(
    [
        *("a", "b:", "c: ", "- ", "-", "? ", ": ", "{", "}", "[", "]", ", ", ",", "'", '"', "# x", " #", "|", ">"),
        *("&x ", "*x", "!t ", "%", "@", "`", "---", "...", "<<: ", "no", "1", "é", "日", "😀", "\t", " ", "  ", "\n"),
        *("\n  ", "|-\n", "\r\n", "\\n", "\\", "''", "a: b", "{a: b}", "[a, b]", "\x85", "\u2028", "\ufeff", ": :"),
        *("a:b", "- - ", "\x00", "|2\n", "|\n  a\n", ">\n  b\n", "\n\n", "\u00a0", "\n- b", "\n  - a"),
    ]
)


def _with_each_parser(text: str, monkeypatch: pytest.MonkeyPatch) -> list[tuple[object, ...]]:
    found = []
    for quickly in (_read_quickly, lambda *_: None):
        monkeypatch.setattr(yaml_positions, "_read_quickly", quickly)
        document, problems = yaml_positions._read(text, "x.yaml")
        places = (document.data, document.values, document.keys, document.unsure) if document else ()
        found.append((*places, [(each.code, each.line, each.column, each.message) for each in problems]))
    return found


@settings(max_examples=1500)
@given(st.lists(PIECES, max_size=14).map("".join))
def test_both_parsers_read_the_same(text: str) -> None:
    """The quick one is believed only where the other would have said the same, to the place of every value."""
    with pytest.MonkeyPatch.context() as patch:
        quickly, slowly = _with_each_parser(text, patch)
    assert quickly == slowly


@pytest.mark.parametrize("folder", ["campaigns", "config", "templates", "tests/faulty"])
def test_both_parsers_read_files_the_same(folder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The shipped files, and those with the slips of officers."""
    for file in sorted((ROOT / folder).rglob("*.yaml")):
        quickly, slowly = _with_each_parser(file.read_bytes().decode("utf-8", "replace"), monkeypatch)
        assert quickly == slowly, file
