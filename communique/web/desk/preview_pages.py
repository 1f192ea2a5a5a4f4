"""Documents and pictures of a preview, each alone in a frame of the announcement's page."""

from dataclasses import dataclass

from communique.preview.documents import FRAMED, document
from communique.web.desk.asking import Ask, Reply
from communique.web.desk.desk_pages import DeskPages
from communique.web.desk.desk_table import DeskPage
from communique.web.desk.office import Office
from communique.web.desk.previews import preview

_GONE = 404


@dataclass(frozen=True)
class PreviewPages:
    """`/preview/…`."""

    office: Office
    pages: DeskPages

    def table(self) -> list[DeskPage]:
        """Their addresses."""
        return [
            DeskPage(path="preview/{campaign}/{announcement}/{occurrence}/{channel}/{language}/{view}", show=self.show)
        ]

    def show(self, ask: Ask) -> Reply:
        """A document, or a picture."""
        named, office = ask.named, self.office
        with office.database.reading() as connection:
            found = preview(
                office.planner(),
                connection,
                office.looked_at,
                (named["campaign"], named["announcement"]),
                office.clock(),
                occurrence=named["occurrence"],
                asked=ask.visit.query.get("as", ""),
            )
        shown = document(found.seen, named["channel"], named["language"], named["view"]) if found else None
        if shown is None:
            # In words alone, for a frame: while a file is half saved, there may be nothing to show for a moment.
            gone = self.pages.words(ask)["notices"]["no_preview"]
            return Reply(body=f"{gone['title']}. {gone['text']}", status=_GONE, media_type="text/plain", policy=FRAMED)
        return Reply(body=shown.data, media_type=shown.media_type, policy=FRAMED)
