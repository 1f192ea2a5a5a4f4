"""What an officer needs to know of each page, on one: in the words that stand on the pages themselves."""

from dataclasses import dataclass

from communique.web.desk.asking import Ask, Reply
from communique.web.desk.desk_pages import DeskPages
from communique.web.desk.desk_table import DeskPage


@dataclass(frozen=True)
class HelpPage:
    """`/help`; each page of the desk leads to its own part of it."""

    pages: DeskPages

    def table(self) -> list[DeskPage]:
        """Its address."""
        return [DeskPage(path="help", show=self.show)]

    def show(self, ask: Ask) -> Reply:
        """All of it."""
        return Reply(body=self.pages.fill("help.html", ask, {}))
