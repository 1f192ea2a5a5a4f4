"""Files begun at the desk: an officer without a shell writes an announcement of their own."""

from collections.abc import Iterator

import pytest

from communique.store.desk.officers import Duty
from tests.desk import Desk, Seat, desk_of
from tests.workspaces import build

CAMPAIGN = """\
campaign: hours
title: Hours
languages: [en, es]
announcements:
  new-hours:
    when: 2026-12-20 10:00
    to: [friends]
    through: [email]
"""


@pytest.fixture
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A town with its desk, a day before the start."""
    town = build(tmp_path_factory.mktemp("town"))
    town.clock.turn(days=-1)
    with desk_of(town) as made:
        yield made
    town.database.close()


@pytest.fixture
def ana(desk: Desk) -> Seat:
    """An editor."""
    return desk.sit(desk.hire("Ana Gil", Duty.EDITOR))


def test_a_campaign_and_its_texts_are_begun_at_the_desk(ana: Seat) -> None:
    """A file is begun by its name; what an announcement lacks is named with a link to it, and stops no saving."""
    assert "A file that is not there yet" in ana.get("/files").text
    assert ana.post("/files", name="campaigns/hours.yaml").headers["location"] == "/edit/campaigns/hours.yaml"
    for bad in ("", "config/settings.yaml", "../up.md", "campaigns/hours.exe"):
        refused = ana.post("/files", name=bad)
        assert (refused.status_code, 'href="#name"' in refused.text) == (422, True), bad
    assert "No check has found anything in what is saved" not in ana.get("/edit/campaigns/hours.yaml").text
    written = {each: f"templates/hours/new-hours/{each}/article.md" for each in ("en", "es")}
    assert ana.post("/edit/campaigns/hours.yaml", text=CAMPAIGN, opened="").status_code == 303
    page = ana.get("/edit/campaigns/hours.yaml?said=saved").text
    for path in written.values():
        assert f'<a href="/edit/{path}">Write {path}</a>' in page
    text = "---\nheadline: Hours\nsummary: New ones.\n---\nOpen.\n"
    assert ana.post(f"/edit/{written['en']}", text=text, opened="").status_code == 303
    assert f'<a href="/edit/{written["es"]}">' in ana.get(f"/edit/{written['en']}").text
    fault = ana.post(f"/edit/{written['es']}", text=text + "{{ facts.no }}\n", opened="")
    assert fault.status_code == 422
    assert "1 new fault" in fault.text
    assert ana.post(f"/edit/{written['es']}", text=text, opened="").status_code == 303
    assert 'href="/announcement/hours/new-hours/once"' in ana.get(f"/edit/{written['en']}").text
    page = ana.get("/announcement/hours/new-hours/once").text
    for path in (*written.values(), "campaigns/hours.yaml"):
        assert f'href="/edit/{path}"' in page
