"""Files that the desk's pages need."""

from dataclasses import dataclass

from communique.web.desk.asking import Ask, Reply
from communique.web.desk.desk_pages import DeskPages
from communique.web.desk.desk_table import DeskPage

_HOUR = 3600


@dataclass(frozen=True)
class DeskFiles:
    """Of the program: they say nothing of anybody."""

    pages: DeskPages

    def table(self) -> list[DeskPage]:
        """Their addresses."""
        return [DeskPage(path="style.css", show=self.style, is_open=True)]

    def style(self, _ask: Ask) -> Reply:
        """In the government's colour."""
        return Reply(body=self.pages.style(), media_type="text/css", keep_for=_HOUR)
