"""Text in drawings: in the order and the shapes of its script, and never outside its box."""

import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import etree
from PIL import Image

from communique.drawing.fitting import Box, fit
from communique.drawing.font_files import installed_fonts
from communique.drawing.fonts import Fonts
from communique.drawing.pixels import png
from communique.drawing.shaping import NoGlyphError, Shaper
from communique.drawing.typesetting import Typesetter, UnfitDrawingError, parsed

#: A box in the middle of an empty page.
LEFT, TOP, WIDTH, HEIGHT = 100, 50, 400, 120
DRAWING = """<svg xmlns="http://www.w3.org/2000/svg" width="600" height="220" direction="{direction}">
<rect width="600" height="220" fill="#ffffff"/>
<text x="100" y="50" width="400" height="120" font-size="60" data-least="12" {more}>{text}</text>
</svg>"""
LONG = {
    "Spanish": "Gobierno Autónomo Descentralizado Provincial de Santo Domingo de los Tsáchilas",
    "German": "Donaudampfschifffahrtsgesellschaftskapitänswitwenverein",
    "Arabic": "المجلس الجهوي لطنجة تطوان الحسيمة ينضم إلى الشراكة من أجل الحكومة المنفتحة (OGP) في 2027",
    "Ukrainian": "Хмельницька міська територіальна громада приєднується до Партнерства «Відкритий Уряд»",
    "Georgian": "ხონის მუნიციპალიტეტი უერთდება ღია მმართველობის პარტნიორობას",
    "Hindi": "खुली सरकार की ओर पहला कदम और उसकी कार्य योजना",
    "Thai": "แผนปฏิบัติการรัฐบาลเปิดฉบับแรกของเมือง",
}


@pytest.fixture(scope="module")
def fonts() -> Fonts:
    """The machine's."""
    folder = installed_fonts()
    if folder is None:
        pytest.skip("the Noto fonts are not installed (fonts-noto-core)")
    return Fonts(folder)


@pytest.fixture(scope="module")
def shaper(fonts: Fonts) -> Shaper:
    """In the common weight."""
    return Shaper(fonts, "Regular")


def drawing(text: str, direction: str = "ltr", more: str = "") -> str:
    """One box with a text."""
    return DRAWING.format(text=text, direction=direction, more=more)


def ink(source: str) -> tuple[int, int, int, int]:
    """The smallest rectangle that has everything which is not white: left, top, right, bottom."""
    picture = Image.open(io.BytesIO(png(source))).convert("L").point(lambda grey: 255 if grey < 250 else 0)
    found = picture.getbbox()
    assert found is not None, "nothing is drawn"
    return found


@pytest.mark.parametrize("name", LONG)
def test_no_text_leaves_its_box(fonts: Fonts, name: str) -> None:
    """Looked at as pixels, with room of a pixel for what is smoothed; thrice the text is small, or cut, but inside."""
    for text in (LONG[name], " ".join([LONG[name]] * 3)):
        left, top, right, bottom = ink(drawing(text, "rtl" if name == "Arabic" else "ltr"))
        assert left >= LEFT - 1
        assert right <= LEFT + WIDTH + 1
        assert top >= TOP - 1
        assert bottom <= TOP + HEIGHT + 1


def test_text_is_as_large_as_the_room_allows(shaper: Shaper) -> None:
    """One word keeps the size that was wished for; a sentence is made smaller before anything is cut."""
    box = Box(width=400, height=120, largest=60, least=12, leading=1.2)
    assert fit("Agora", box, shaper).size == 60
    sentence = fit(LONG["Spanish"], box, shaper)
    assert 12 < sentence.size < 60
    assert " ".join(sentence.lines) == LONG["Spanish"]
    assert not sentence.cut


def test_lines_are_of_about_the_same_width(shaper: Shaper) -> None:
    """No word is left alone on the last line."""
    box = Box(width=600, height=200, largest=40, least=40, leading=1.2)
    widths = [
        shaper.width(line) for line in fit("Por qué hemos entrado en la Alianza para el Gobierno", box, shaper).lines
    ]
    assert len(widths) > 1
    assert min(widths) > 0.7 * max(widths)


def test_no_line_ends_within_a_day_and_its_month(shaper: Shaper) -> None:
    """Whatever that costs: the lines are of another length, or the letters a little smaller."""
    box = Box(width=400, height=600, largest=60, least=30, leading=1.2)
    lines = fit("Proponga ideas para el primer plan de acción hasta el 14 de mayo de 2027", box, shaper).lines
    assert [line for line in lines if "14" in line and "mayo" in line], lines


def test_a_name_with_a_hyphen_is_broken_only_where_that_saves_a_line(shaper: Shaper) -> None:
    """A line ends after “Oriental,” and not within “Souss-Massa”."""
    name = "Consorcio de las Regiones Oriental, Souss-Massa, El Aaiún-Saguía el Hamra y Drâa-Tafilalet"
    lines = fit(name, Box(width=560, height=60, largest=24, least=16, leading=1.2), shaper).lines
    assert len(lines) == 2
    assert not any(line.endswith("-") for line in lines)


def test_what_has_no_room_is_cut_at_a_word_and_said(fonts: Fonts, shaper: Shaper) -> None:
    """The drawing names the text, so that somebody shortens it."""
    endless = "open government " * 200
    fitted = fit(endless, Box(width=400, height=120, largest=60, least=30, leading=1.2), shaper)
    assert fitted.cut
    assert fitted.lines[-1].endswith(("open…", "government…"))
    assert Typesetter(fonts).set(drawing(endless)).cut == (endless.strip(),)
    assert Typesetter(fonts).set(drawing("Agora")).cut == ()


def names(shaper: Shaper, text: str, *, rtl: bool) -> Iterator[str]:
    """The glyphs from left to right, by what the font calls them."""
    for glyph in sorted(shaper.line(text, rtl=rtl).glyphs, key=lambda glyph: glyph.x):
        yield glyph.face.font.get_glyph_name(glyph.id)


def test_arabic_is_joined_and_read_from_the_right(shaper: Shaper) -> None:
    """The first letter stands rightmost, in the form that it has at the beginning of a word."""
    alone = [shaper.line(letter, rtl=True).glyphs[0].id for letter in "سلم"]
    joined = [glyph.id for glyph in shaper.line("سلم", rtl=True).glyphs]
    assert not set(alone) & set(joined[::-1][:1])
    assert shaper.width("سلم") < sum(map(shaper.width, "سلم"))


def test_numbers_and_latin_keep_their_order_in_arabic(shaper: Shaper) -> None:
    """And brackets are turned, as UAX 9 wants."""
    seen = list(names(shaper, "ب (OGP) 27", rtl=True))
    assert seen[:3] == ["two", "seven", "space"]
    assert seen[3:8] == ["parenleft", "O", "G", "P", "parenright"]


def test_a_telephone_number_is_read_from_the_left_in_arabic(shaper: Shaper) -> None:
    """Its groups do not change places, as the numbers of a list would."""
    seen = list(names(shaper, "هاتف +34 955", rtl=True))
    assert seen[:7] == ["plus", "three", "four", "space", "nine", "five", "five"]


def test_a_mark_stays_with_its_letter(shaper: Shaper) -> None:
    """A shadda is on its letter and takes no room; before, it was taken for a letter of the Latin font."""
    with_mark, without = shaper.line("مقرّ", rtl=True), shaper.line("مقر", rtl=True)
    assert with_mark.width == pytest.approx(without.width)
    assert len({glyph.face.name for glyph in with_mark.glyphs}) == 1


def test_a_drawing_in_arabic_is_mirrored_and_its_text_is_not(fonts: Fonts) -> None:
    """What stood left stands right; the letters are the same, at the other side of the box."""
    mark = '<rect x="0" y="0" width="10" height="10" fill="#000000"/></svg>'
    left = ink(drawing("س").replace("</svg>", mark))
    right = ink(drawing("س", "rtl").replace("</svg>", mark))
    assert (left[0], right[2]) == (0, 600)
    one, other = ink(drawing("س")), ink(drawing("س", "rtl"))
    assert other[2] - other[0] == pytest.approx(one[2] - one[0], abs=1)
    assert other[2] > LEFT + WIDTH - 10
    assert one[0] < LEFT + 10


def test_a_letter_that_no_font_has_is_named(fonts: Fonts, tmp_path: Path) -> None:
    """Nothing is drawn with an empty box in it."""
    (tmp_path / "NotoSans-Regular.ttf").write_bytes((fonts.folder / "NotoSans-Regular.ttf").read_bytes())
    with pytest.raises(NoGlyphError, match="س"):
        Shaper(Fonts(tmp_path), "Regular").line("abc س", rtl=False)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("<svg", "Couldn't find end of Start Tag"),
        ("<html/>", "expected the element svg"),
        (drawing("a").replace(' width="400"', ""), "`width` of `text`, found none"),
        (drawing("a").replace('font-size="60"', 'font-size="3em"'), "`font-size` of `text`, found 3em"),
    ],
)
def test_a_drawing_that_cannot_be_used_says_why(fonts: Fonts, source: str, said: str) -> None:
    """In words for the officer who changed it, with the line."""
    with pytest.raises(UnfitDrawingError, match=said):
        Typesetter(fonts).set(source)


def test_no_file_of_the_machine_gets_into_a_drawing(tmp_path: Path) -> None:
    """A layout that declares it as an entity shows nothing of it (XXE)."""
    (tmp_path / "secret.txt").write_text("the-secret-words")
    declared = f'<!DOCTYPE svg [<!ENTITY stolen SYSTEM "{(tmp_path / "secret.txt").as_uri()}">]>'
    source = declared + DRAWING.format(direction="ltr", more="", text="&stolen;")
    assert b"the-secret-words" not in etree.tostring(parsed(source))
    assert "the-secret-words" not in "".join(str(each) for each in parsed(source).itertext())


def test_the_same_drawing_gives_the_same_bytes() -> None:
    """Set and drawn twice, by fonts that were read twice."""
    source = drawing(LONG["Arabic"], "rtl")
    first = png(source)
    png.cache_clear()
    assert png(source) == first


def test_lines_of_arabic_do_not_touch(fonts: Fonts) -> None:
    """However close a drawing wants them: dots hang below a yā’, and a hamza stands on the alif of the next line."""
    source = Typesetter(fonts).set(drawing("أي " * 12, "rtl", 'data-leading="1"')).svg
    placed = re.findall(r"matrix\((\S+) 0 0 -\S+ \S+ (\S+)\)", source)
    bases = sorted({float(base) for _, base in placed})
    face = fonts.face_for("أ", "Regular")
    assert face is not None
    above, below = (face.font.get_glyph_extents(face.font.get_nominal_glyph(ord(letter))) for letter in "أي")
    assert len(bases) > 1
    assert bases[1] - bases[0] >= float(placed[0][0]) * (above.y_bearing - below.y_bearing - below.height)
