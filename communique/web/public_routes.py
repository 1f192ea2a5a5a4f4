"""Every public page of this service, by its address."""

from communique.web.answer_pages import AnswerPages
from communique.web.confirm_pages import ConfirmPages
from communique.web.leave import LeavePages
from communique.web.preference_pages import PreferencePages
from communique.web.public_pages import PublicPages
from communique.web.route_table import Answer, Handler, RouteTable
from communique.web.site_files import SiteFiles
from communique.web.subscribe_pages import SubscribePages
from communique.web.visits import Visit

_FORBIDDEN, _TOO_LARGE, _UNAVAILABLE = 403, 413, 503
_SOON = 120  #: seconds


def public_routes(pages: PublicPages) -> RouteTable:
    """The table, in the order in which people come by."""
    made = (SubscribePages, ConfirmPages, PreferencePages, AnswerPages, LeavePages, SiteFiles)
    table = [page for each in made for page in each(pages).table()]
    return RouteTable(
        pages=pages,
        table=table,
        refused=_notice(pages, "refused", _FORBIDDEN),
        too_large=_notice(pages, "too_large", _TOO_LARGE),
        failed=_notice(pages, "failed", _UNAVAILABLE, retry_after=_SOON),
    )


def _notice(pages: PublicPages, name: str, status: int, retry_after: int = 0) -> Handler:
    def handler(visit: Visit) -> Answer:
        language = pages.language(visit.query.get("language", ""), visit.languages)
        html = pages.fill("notice", language, {"notice": name, "languages": []}, at="")
        return Answer(body=html, language=language, status=status, retry_after=retry_after)

    return handler
