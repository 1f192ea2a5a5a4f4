"""Pictures: what is refused with its reason, and that the one which was approved is the one that goes out."""

from pathlib import Path

import pytest

from communique.channel import Image, Mail, Post
from communique.explain.problem_codes import CODES
from communique.plan.checking import check
from communique.problems import Severity
from communique.publication import Publication
from communique.store.announcements import copies
from tests.drawn_pictures import jpeg, png
from tests.read.test_picture_metadata import SECRETS, photo
from tests.workspaces import PUBLIC, Town

TEXT = "templates/news/hello/en/article.md"
BESIDE = "templates/news/hello/en/boats.png"
SHARED = "templates/news/images/boats.png"


def put(town: Town, path: str, data: bytes) -> None:
    """Make or replace a picture of the workspace."""
    file = town.root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)


def illustrate(town: Town, name: str = "boats.png", alt: str = "alt: Boats at dawn.\n") -> None:
    """Let the text name a picture."""
    town.write(TEXT, PUBLIC.replace("---\n", f"---\nimage: {name}\n{alt}", 1))


@pytest.fixture
def illustrated(town: Town) -> Town:
    """A town whose announcement has a picture, on every kind of channel."""
    illustrate(town)
    put(town, BESIDE, png())
    town.campaign("through: [email]", "through: [email, website, feed, x, handoff]")
    town.invite("ana")
    return town


def found(town: Town) -> list[tuple[str, str, int, Severity]]:
    """Code, file, line and severity of all that `check` says."""
    with town.database.reading() as connection:
        milestones = town.planner.milestones(connection)
    problems = check(town.planner, milestones, town.clock.now)
    assert all(problem.code in CODES for problem in problems)
    return [(problem.code, problem.file, problem.line, problem.severity) for problem in problems]


def test_a_picture_beside_the_text_reaches_every_channel(illustrated: Town) -> None:
    """Mail, page, feed and posts say the same picture with the same words."""
    samples = illustrated.standing().preflight
    assert samples is not None
    assert not samples.problems
    expected = Image(data=png(), media_type="image/png", alt="Boats at dawn.", width=8, height=4)
    for (channel, _), sample in samples.samples.items():
        if isinstance(sample, Post):
            assert sample.image == expected, channel
        elif isinstance(sample, Publication):
            assert sample.picture == expected, channel
        else:
            assert isinstance(sample, Mail)
            assert "https://open.littleton.example.org/pictures/" in sample.html
            assert 'alt="Boats at dawn."' in sample.html


def test_one_picture_serves_all_languages(illustrated: Town) -> None:
    """It may lie in the campaign's own folder; one beside the text wins."""
    (illustrated.root / BESIDE).unlink()
    put(illustrated, SHARED, png(16, 16))
    assert found(illustrated) == []
    put(illustrated, BESIDE, png(32, 32))
    standing = illustrated.standing()
    assert standing.preflight is not None
    post = standing.preflight.samples["x", "en"]
    assert isinstance(post, Post)
    assert post.image is not None
    assert post.image.width == 32


def test_a_post_may_have_a_picture_of_its_own(illustrated: Town) -> None:
    """`image:` at the top of social.txt wins over the article's."""
    put(illustrated, "templates/news/hello/en/square.jpg", jpeg(64, 64))
    illustrated.write("templates/news/hello/en/social.txt", "---\nimage: square.jpg\nalt: A square.\n---\nHello.\n")
    standing = illustrated.standing()
    assert standing.preflight is not None
    post = standing.preflight.samples["x", "en"]
    assert isinstance(post, Post)
    assert post.image is not None
    assert (post.image.media_type, post.image.alt) == ("image/jpeg", "A square.")


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("boots.png", png(), "picture-missing"),
        ("boats.PNG", png(), "picture-missing"),
        ("../../../../secret.png", png(), "picture-outside"),
        ("/etc/secret.png", png(), "picture-outside"),
        ("https://example.org/boats.png", png(), "picture-outside"),
        ('"images\\\\boats.png"', png(), "picture-outside"),
        ('""', png(), "picture-outside"),
        ("boats.svg", png(), "picture-kind"),
        ("boats.gif", png(), "picture-kind"),
        ("boats", png(), "picture-kind"),
        ("boats.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "picture-kind"),
        ("boats.png", b"GIF89a", "picture-kind"),
        ("boats.png", png()[:-20], "picture-kind"),
        ("boats.png", png(padding=1_000_000), "picture-too-large"),
        ("boats.png", png(4097, 1), "picture-too-large"),
        ("boats.png", png(1, 4097), "picture-too-large"),
        ("boats.png", png(0, 4), "picture-too-large"),
    ],
)
def test_a_picture_that_will_not_do_is_refused_at_its_line(
    illustrated: Town, name: str, data: bytes, code: str
) -> None:
    """Where it is named, before anything goes out; the kind is what the bytes say."""
    put(illustrated, BESIDE, data)
    illustrate(illustrated, name)
    assert found(illustrated) == [(code, TEXT, 2, Severity.ERROR)]
    assert not illustrated.standing().will_go


def test_a_missing_picture_is_looked_for_by_its_name(illustrated: Town) -> None:
    """A slip of the pen is answered with the name that is there."""
    illustrate(illustrated, "boots.png")
    standing = illustrated.standing()
    assert standing.preflight is not None
    (problem,) = standing.preflight.problems
    assert "Did you mean `boats.png`?" in problem.hint
    assert "image: boots.png" in str(problem)


def test_a_link_that_leads_out_of_the_workspace_is_not_followed(illustrated: Town, tmp_path: Path) -> None:
    """Whoever may edit texts must not publish other files of the machine."""
    secret = tmp_path.parent / f"{tmp_path.name}-secret.png"
    secret.write_bytes(png())
    (illustrated.root / BESIDE).unlink()
    (illustrated.root / BESIDE).symlink_to(secret)
    assert found(illustrated) == [("picture-missing", TEXT, 2, Severity.ERROR)]


def test_a_picture_has_words(illustrated: Town) -> None:
    """Also where they are there and empty."""
    illustrate(illustrated, alt="alt: ' '\n")
    assert found(illustrated) == [("missing-alt", TEXT, 2, Severity.ERROR)]


def test_a_mail_without_a_page_goes_without_the_picture_and_the_plan_says_so(illustrated: Town) -> None:
    """Where nothing publishes it, nothing may point to it."""
    illustrated.campaign("[email, website, feed, x, handoff]", "[email, x]")
    assert found(illustrated) == [("picture-without-page", TEXT, 2, Severity.WARNING)]
    illustrated.run()
    (message,) = illustrated.email.taken
    assert "<img" not in str(message.content)


def test_an_exchanged_picture_voids_the_approval(illustrated: Town) -> None:
    """The name is the same and so are the words: the bytes count, for every channel that shows them."""
    illustrated.settings("approvals: {required: 0}", "approvals: {required: 1}")
    for through in ("[email, website]", "[website]", "[x]"):
        text = (illustrated.root / "campaigns/news.yaml").read_text()
        old = text[text.index("through: ") :].partition("\n")[0]
        illustrated.campaign(old, f"through: {through}")
        put(illustrated, BESIDE, png())
        illustrated.approve("Ana")
        assert illustrated.standing().will_go
        put(illustrated, BESIDE, png(colour=b"\xff\x00\x00"))
        assert illustrated.standing().reason == "changed since it was approved"


def test_a_copy_holds_the_pictures(illustrated: Town) -> None:
    """Each once in the ledger, however many copies name it."""
    put(illustrated, SHARED, png())
    put(illustrated, "config/crest.png", png(16, 16))
    with illustrated.database.begin() as connection:
        for name in ("approved/news", "frozen/1"):
            copies.keep(connection, name, illustrated.workspace.sources, "news", illustrated.clock.now)
        kept = copies.kept(connection, "approved/news")
        count = connection.exec_driver_sql("SELECT count(*) FROM pictures").scalar()
    assert kept is not None
    assert kept.read(BESIDE) == kept.read(SHARED) == png()
    assert kept.read("config/crest.png") == png(16, 16)
    assert count == 2


def test_a_picture_exchanged_after_the_freeze_is_not_what_is_sent(illustrated: Town) -> None:
    """What was read is what is frozen, and what was frozen goes out, though the file be gone."""
    planner = illustrated.planner
    put(illustrated, BESIDE, png(colour=b"\xff\x00\x00"))
    planner.freeze_due(illustrated.clock.now)
    (illustrated.root / BESIDE).unlink()
    illustrated.run()
    (pack,) = (illustrated.root / "var/handoff/handoff").glob("*.png")
    (published,) = (illustrated.root / "var/public/pictures").iterdir()
    assert pack.read_bytes() == published.read_bytes() == png()


def test_what_a_telephone_wrote_into_a_photo_goes_out_nowhere(illustrated: Town) -> None:
    """However it came into the folder; the file itself is left alone."""
    put(illustrated, "templates/news/hello/en/home.jpg", photo())
    illustrate(illustrated, "home.jpg")
    samples = illustrated.standing().preflight
    assert samples is not None
    sent = [sample.image for sample in samples.samples.values() if isinstance(sample, Post)]
    assert sent
    for image in sent:
        assert image is not None
        assert (image.width, image.height) == (32, 64)
        assert not [secret for secret in SECRETS if secret in image.data]
    assert (illustrated.root / "templates/news/hello/en/home.jpg").read_bytes() == photo()
