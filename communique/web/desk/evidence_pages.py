"""The file for those who monitor the process, to be taken away from the desk."""

from dataclasses import dataclass

from communique.plan.gathered_evidence import gathered
from communique.public_record import break_in
from communique.web.desk.asking import Ask, Reply
from communique.web.desk.desk_pages import DeskPages
from communique.web.desk.desk_table import DeskPage
from communique.web.desk.office import Office
from communique.website.evidence_bundle import bundle_files, zipped

_CONFLICT = 409


@dataclass(frozen=True)
class EvidencePages:
    """`/evidence.zip`."""

    office: Office
    pages: DeskPages

    def table(self) -> list[DeskPage]:
        """Its address."""
        return [DeskPage(path="evidence.zip", show=self.pack)]

    def pack(self, ask: Ask) -> Reply:
        """As `communique evidence bundle` packs it; a record that does not hold is given to nobody."""
        planner, now = self.office.planner(), self.office.clock()
        with self.office.database.reading() as connection:
            evidence = gathered(planner, connection, now)
        if break_in(evidence.record):
            return Reply(body=self.pages.fill("notice.html", ask, {"notice": "record_broken"}), status=_CONFLICT)
        return Reply(body=zipped(bundle_files(evidence)), media_type="application/zip")
