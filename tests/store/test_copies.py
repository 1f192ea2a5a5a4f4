"""What was approved is what is sent, whoever edits meanwhile."""

from communique.read.sources import Folder
from communique.store.announcements import copies
from tests.workspaces import Town


def kept(town: Town, name: str) -> dict[str, bytes]:
    """The files of a copy."""
    with town.database.reading() as connection:
        found = copies.kept(connection, name)
    return dict(found.files) if found else {}


def keep(town: Town, name: str) -> None:
    """Keep the tiny campaign as it is now."""
    with town.database.begin() as connection:
        copies.keep(connection, name, Folder(town.root), "news", town.clock.now)


def test_a_copy_holds_all_that_one_campaign_is_made_from(town: Town) -> None:
    """Its own file and texts, layouts and settings; of other campaigns the dates and facts, and no texts.

    No list of people, whatever it is saved as: who is erased would stand in the ledger all the same.
    """
    town.write("config/audiences/friends.txt", "ana@example.org;Ana\n")
    town.write("campaigns/other.yaml", "campaign: other\n")
    town.write("templates/other/hello/en/article.md", "Hello.\n")
    keep(town, "approved/news")
    files = kept(town, "approved/news")
    assert files["campaigns/news.yaml"] == (town.root / "campaigns/news.yaml").read_bytes()
    assert {"config/settings.yaml", "templates/news/hello/en/article.md", "templates/layouts/mail.html"} <= set(files)
    assert [path for path in files if "other" in path] == ["campaigns/other.yaml"]
    assert [path for path in files if "audiences" in path] == []


def test_a_fault_in_another_campaign_stops_nothing_that_is_frozen(town: Town) -> None:
    """What is kept with it may be half edited; what goes out is as it was approved."""
    town.invite("ana")
    town.write("campaigns/other.yaml", "campaign: other\nannouncements: [\n")
    town.freeze()
    town.run()
    assert len(town.email.taken) == 1


def test_a_copy_stays_as_it_was(town: Town) -> None:
    """Edits on disk do not reach it; keeping it again does."""
    keep(town, "approved/news")
    town.campaign("colour: blue", "colour: green")
    assert b"colour: blue" in kept(town, "approved/news")["campaigns/news.yaml"]
    keep(town, "approved/news")
    assert b"colour: green" in kept(town, "approved/news")["campaigns/news.yaml"]


def test_a_copy_of_another_name_is_another_one(town: Town) -> None:
    """None where none was kept."""
    keep(town, copies.approved("news"))
    assert kept(town, copies.frozen(1)) == {}


def test_texts_edited_after_the_freeze_are_not_what_is_sent(town: Town) -> None:
    """Text, fact and settings are those of the freeze, for every copy that is still to go."""
    town.invite("ana")
    town.freeze()
    town.edit("templates/news/hello/en/article.md", "hello.", "goodbye.")
    town.campaign("colour: blue", "colour: green")
    town.settings("name: City of Littleton", "name: Another city")
    town.run()
    said = str(town.email.taken[0].content)
    assert "hello" in said
    assert "blue" in said
    assert "City of Littleton" in said
    assert "goodbye" not in said


def test_texts_deleted_after_the_freeze_are_sent_all_the_same(town: Town) -> None:
    """The campaign's file may be gone: what was owed is owed."""
    town.invite("ana")
    town.freeze()
    (town.root / "campaigns/news.yaml").unlink()
    town.run()
    assert town.account() == "1 planned = 1 sent"


def test_an_edit_between_reading_and_freezing_is_not_what_is_sent(town: Town) -> None:
    """Nobody smuggles words in after the approval was looked at: what was read is what is frozen."""
    town.settings("approvals: {required: 0}", "approvals: {required: 1}")
    town.invite("ana")
    town.approve("Ana")
    planner = town.planner
    town.edit("templates/news/hello/en/article.md", "hello.", "unapproved.")
    planner.freeze_due(town.clock.now)
    town.run()
    (message,) = town.email.taken
    assert "hello" in str(message.content)
    assert "unapproved" not in str(message.content)
