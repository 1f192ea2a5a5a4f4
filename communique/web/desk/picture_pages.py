"""Pictures put into a campaign's folder from the browser, with the words for those who do not see them."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from communique.read.picture_metadata import Cleaned
from communique.read.sources import is_picture
from communique.store.desk import file_versions, journal
from communique.texts.pictures import MOST_BYTES, UnfitPictureError, for_everybody, header_of
from communique.web.desk import uploads
from communique.web.desk.asking import Ask, Reply
from communique.web.desk.desk_pages import DeskPages
from communique.web.desk.desk_table import DeskPage
from communique.web.desk.edit_pages import EDITORS
from communique.web.desk.edited_files import ConflictError, EditedFiles, NotEditableError, TakenError, fit_name
from communique.web.desk.office import Office

_SEE_OTHER, _GONE, _CONFLICT, _WRONG = 303, 404, 409, 422
_MOST_OF_FORM = MOST_BYTES + 64 * 1024
_LONGEST_ALT = 400


class _RefusedError(Exception):
    """Nothing was kept; `error` names what is said of it."""

    def __init__(self, error: str, status: int = _WRONG, **more: object) -> None:
        super().__init__(error)
        self.error, self.status, self.more = error, status, more


@dataclass(frozen=True)
class PicturePages:
    """`/pictures/…`."""

    office: Office
    pages: DeskPages
    files: EditedFiles

    def table(self) -> list[DeskPage]:
        """Their addresses."""
        return [
            DeskPage(
                path="pictures/{campaign}",
                show=self.show,
                act=self.put,
                duties=EDITORS,
                most_bytes=_MOST_OF_FORM,
                takes_files=True,
            )
        ]

    def show(self, ask: Ask) -> Reply:
        """The pictures of a campaign, and a form for another."""
        return self._page(ask)

    def put(self, ask: Ask) -> Reply:
        """Keep it under a name that nothing has; where an announcement is named, its texts show it from now on."""
        try:
            taken = self._put(ask)
        except _RefusedError as refused:
            return self._page(ask, error=refused.error, status=refused.status, **refused.more)
        self.office.refresh()
        said = "picture_place" if taken.had_place else "picture_more" if taken.had_more else "picture"
        return Reply(status=_SEE_OTHER, location=f"/pictures/{ask.named['campaign']}?said={said}")

    def _put(self, ask: Ask) -> Cleaned:
        """Keep it, without what a telephone has written into it; what that was."""
        campaign = ask.named["campaign"]
        sent = ask.visit.files.get("picture")
        if sent is None or not sent.data:
            raise _RefusedError("no_picture")
        path = f"templates/{campaign}/images/{fit_name(ask.visit.field('name') or sent.name)}"
        if not is_picture(path):
            raise _RefusedError("picture_name")
        typed = {code: ask.visit.field(f"alt-{code}", _LONGEST_ALT) for code in self._languages(campaign)}
        articles = self._articles(campaign, ask.visit.field("announcement"))
        if missing := [code for code in articles if not typed[code]]:
            raise _RefusedError("no_alt", missing=missing)
        try:
            header_of(sent.data)
            taken = for_everybody(sent.data)
            self._keep(ask, path, taken.data, {articles[code]: typed[code] for code in articles})
        except UnfitPictureError as error:
            raise _RefusedError("unfit_picture", found=error.problem.message) from error
        except TakenError as error:
            raise _RefusedError("file_taken", _CONFLICT) from error
        except ConflictError as error:
            raise _RefusedError("file_changed", _CONFLICT) from error
        except NotEditableError as error:
            raise _RefusedError("file_name") from error
        return taken

    def _keep(self, ask: Ask, path: str, data: bytes, alts: Mapping[str, str]) -> None:
        """The picture and the texts that show it, all or none: texts are opened before anything is written."""
        now, who = self.office.clock(), ask.who.name
        texts = {article: (self.files.open(article), alt) for article, alt in alts.items()}
        with self.office.database.begin() as connection:
            replaced = uploads.put(
                connection, self.files, path, data, instead=bool(ask.visit.field("instead")), who=who, now=now
            )
            for article, (opened, alt) in texts.items():
                if opened.data is not None:
                    file_versions.note(connection, article, opened.data, who="", now=now)
                shown = showing(opened.text, path.rpartition("/")[2], alt)
                written = self.files.save(article, shown, opened.digest)
                file_versions.note(connection, article, written, who=who, now=now)
            what = f"put another picture in the place of {path}" if replaced else f"put {path} there"
            journal.note(connection, who=who, what=what, now=now)

    def _languages(self, campaign: str) -> list[str]:
        known = self.office.planner().workspace.campaigns.get(campaign)
        return list(known.languages) if known is not None else []

    def _articles(self, campaign: str, announcement: str) -> dict[str, str]:
        """By language: the texts of an announcement that can show a picture."""
        known = self.office.planner().workspace.campaigns.get(campaign)
        if known is None or announcement not in known.announcements:
            return {}
        paths = {
            code: f"templates/{campaign}/{announcement}/{code}/article.md" for code in known.languages_of(announcement)
        }
        return {code: path for code, path in paths.items() if self.files.open(path).data is not None}

    def _page(self, ask: Ask, error: str = "", status: int = 200, **more: object) -> Reply:
        campaign = ask.named["campaign"]
        planner = self.office.planner()
        known = planner.workspace.campaigns.get(campaign)
        if known is None:
            return Reply(body=self.pages.fill("notice.html", ask, {"notice": "no_announcement"}), status=_GONE)
        languages, kept = self._languages(campaign), list(self._kept(campaign))
        context = {
            "error": error,
            "said": ask.visit.query.get("said", ""),
            "campaign": campaign,
            "title": known.called(self.pages.language(ask)),
            "kept": kept,
            "deleted": self._deleted(campaign, kept),
            "instead": bool(ask.visit.field("instead")),
            "announcements": list(known.announcements),
            "chosen": ask.visit.field("announcement"),
            "written_in": [(code, planner.workspace.words.of(code).get("language_name", code)) for code in languages],
            "alts": {code: ask.visit.field(f"alt-{code}", _LONGEST_ALT) for code in languages},
            "most": MOST_BYTES // 1_000_000,
            "may_edit": ask.who.may(EDITORS),
            "missing": [],
            "found": "",
            **more,
        }
        return Reply(body=self.pages.fill("pictures.html", ask, context), status=status)

    def _kept(self, campaign: str) -> Iterator[str]:
        under = f"templates/{campaign}/"
        yield from (
            path for path in self.office.planner().workspace.sources.paths(under.rstrip("/")) if is_picture(path)
        )

    def _deleted(self, campaign: str, kept: Sequence[str]) -> list[str]:
        """What can be brought back."""
        with self.office.database.reading() as connection:
            gone = file_versions.gone(connection, kept)
        return [path for path in gone if path.startswith(f"templates/{campaign}/") and is_picture(path)]


def showing(text: str, picture: str, alt: str) -> str:
    """A text whose front matter names a picture and what it shows, in place of another, if there is one."""
    lines = [f"image: {picture}", f"alt: {json.dumps(alt, ensure_ascii=False)}"]
    head, marked, body = text.removeprefix("---\n").partition("\n---\n")
    if not text.startswith("---\n") or not marked:
        return "\n".join(["---", *lines, "---", text])
    kept, skips = list[str](), False
    for line in head.split("\n"):
        if not line.startswith((" ", "\t")):
            skips = line.partition(":")[0].strip() in {"image", "alt", "credit"}
        if not skips:
            kept.append(line)
    return "\n".join(["---", *kept, *lines]) + marked + body
