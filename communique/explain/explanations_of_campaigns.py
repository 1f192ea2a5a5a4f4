"""Explanations of what is wrong with a campaign: moments, names, gates, waivers."""

from communique.explain.explanation import Explanation
from communique.problems import Severity

CAMPAIGN_CODES = {
    "name-mismatch": Explanation(
        title="The campaign and its file have different names",
        text="""
            The name of a campaign is that of its file without .yaml. It finds the templates, stands in addresses of
            pages, and identifies what has been sent: two names would mean two histories. Do not rename a campaign of
            which something has gone out.
            """,
    ),
    "wrong-moment": Explanation(
        title="A moment that cannot be understood",
        text="""
            Dates are written year-month-day, times with 24 hours and a colon. A moment counts from a milestone:
            first its name, then + or -, a number and a unit (minutes, hours, days, working days, weeks, months), then
            `at` and a time. A time of day does not go with minutes or hours.
            """,
        example="""
            wrong:  when: 2 days after acceptance, 10am
            right:  when: acceptance + 2 days at 10:00
            """,
    ),
    "weekday-mismatch": Explanation(
        title="A weekday and its date disagree",
        waivable=True,
        text="""
            One of the two is wrong, and people come on the wrong day. Look at a calendar and correct it. In
            templates, let a filter write dates: {{ facts.meeting.start | weekday_date }} is never wrong.
            """,
        example="""
            wrong:  Monday 2027-02-09
            right:  Tuesday 2027-02-09
            """,
    ),
    "unknown-milestone": Explanation(
        title="A milestone that the campaign does not have",
        text="""
            A moment counts from a name that does not stand under `milestones` in the same file. It is misspelt, or
            must be added; if its date is not known yet, write `NAME: unknown`.
            """,
    ),
    "unknown-channel": Explanation(
        title="A channel that is not open",
        text="""
            `through` names channels as config/settings.yaml does, under `channels`. A channel that is not there
            cannot carry anything.
            """,
    ),
    "unknown-audience": Explanation(
        title="An audience that does not exist",
        text="""
            `to` names audiences as config/settings.yaml does, under `audiences`. With a misspelt one, people you
            mean to write to would hear nothing.
            """,
    ),
    "no-audience": Explanation(
        title="Nobody to write to",
        text="""
            The announcement goes through a channel that writes to people one by one, but does not say to whom. Add
            `to:` with one or more audiences. Pages, feeds, networks and the newsletter need none.
            """,
        example="""
            wrong:  through: [email]
            right:  to: [internal-promoters]
                    through: [email]
            """,
    ),
    "missing-author": Explanation(
        title="Two approvals are asked, and nobody knows who edits",
        severity=Severity.WARNING,
        waivable=True,
        text="""
            Where the settings ask for two approvals, an author's own does not count. Whoever edits at the desk is
            known. Of files that are edited elsewhere nobody knows: without `author`, the person who wrote a text may
            be one of the two who approve it. Name who edits a campaign in its file, or once for all campaigns in
            config/settings.yaml; `[]` says there that they are edited at the desk alone.
            """,
        example="""
            author: [Pablo Rey, Marta Soler]      # everybody who edits this campaign

            approvals:                            # in config/settings.yaml, for all campaigns
              required: 2
              authors: [Pablo Rey]
            """,
    ),
    "too-few-approvers": Explanation(
        title="Too few people are left to approve it",
        text="""
            Where two approvals are asked, an author's own does not count. Of the approvers in config/settings.yaml
            fewer are left than approvals are required, so nothing of this campaign could ever go out.
            """,
    ),
    "public-before-promoters": Explanation(
        title="The public hears it before the promoters",
        waivable=True,
        text="""
            The people who made it possible, inside and outside the administration, should not read the news in the
            newspaper. A public announcement waits for the one to the promoters, or is due later.
            """,
        example="""
            right:  tell-the-public:
                      after: thank-the-promoters
            """,
    ),
    "unknown-announcement": Explanation(
        title="A gate that names no announcement",
        text="""
            `after` names announcements of the same file. With a misspelt one, this announcement would wait for ever.
            To wait for one of another campaign is not possible: let both count from dates.
            """,
    ),
    "audience-not-written-to": Explanation(
        title="An audience that nobody writes to",
        severity=Severity.WARNING,
        waivable=True,
        text="""
            `to` names people, but none of the channels in `through` writes to anybody: pages, feeds and networks are
            there for all, and the newsletter goes to its own subscribers. The people named would get nothing.
            """,
    ),
    "gate-opens-too-late": Explanation(
        title="A gate that opens when it is too late",
        text="""
            The announcement waits for another one that is due at or after its own `not_after`. It would be counted
            as missed. Move one of the two, or delete the gate.
            """,
    ),
    "circular-gate": Explanation(
        title="Announcements that wait for each other",
        text="""
            `after` makes an announcement wait until another is finished. Here the chain comes back to where it began,
            so none of them would ever go. Delete one `after`.
            """,
    ),
    "ends-before-it-begins": Explanation(
        title="Too late before it is due",
        text="""
            `not_after`, or the `until` of `every`, is at or before `when`, so the announcement would be counted as
            missed without ever being sent. Dates that were declared count, too. Let it end later, or delete the end.
            """,
    ),
    "date-gap": Explanation(
        title="A time that does not exist",
        waivable=True,
        text="""
            In the night when clocks go forward an hour is left out, and this time lies in it. The announcement goes
            out at the first moment after the gap. Write a time that exists, so that nobody has to know the rule.
            """,
    ),
    "date-fold": Explanation(
        title="A time that comes twice",
        severity=Severity.WARNING,
        waivable=True,
        text="""
            In the night when clocks go back an hour is repeated, and this time comes twice. The first of the two is
            meant. Write a time outside that hour if it matters.
            """,
    ),
    "repeated-name": Explanation(
        title="A name stands twice in a list",
        text="""
            Nobody would get a message twice for it, but one of the two was probably meant to be another. Delete or
            correct it.
            """,
    ),
    "unknown-language": Explanation(
        title="A language that the campaign does not have",
        text="""
            `languages` at the top says which languages the campaign speaks. An announcement may speak fewer, not
            others, and a fact that is given by language has exactly these.
            """,
    ),
    "language-without-pages": Explanation(
        title="A language that the website does not have",
        severity=Severity.WARNING,
        waivable=True,
        text="""
            The campaign speaks a language that config/settings.yaml does not list, so there are no pages in it, and
            posts in that language have nothing to link to. Add it there, or drop it here.
            """,
    ),
    "not-a-meeting": Explanation(
        title="An invitation to something that has no date",
        text="""
            `invite` and `only` name a fact that is a meeting: it has `at: MILESTONE`, from which the calendar entry
            takes its time. Add `at`, or name another fact.
            """,
        example="""
            right:  meeting:
                      at: kickoff
                      place: Town Hall
            """,
    ),
    "meeting-not-moved": Explanation(
        title="A new date is told that is the old one",
        waivable=True,
        text="""
            An announcement with `invite` and `only: {…: invited}` tells those who are invited that their meeting has
            changed. But it is still when and where they think it is: the message would say the old date as the new
            one, so it waits. Declare the new date of the meeting's milestone first, or change its place. To write to
            those who are invited without a change, leave out `invite`.
            """,
        example="""
            communique declare co-creation-kickoff kickoff "2027-02-16 10:00 to 12:00" --as "Inés Vidal"
            communique declare co-creation-kickoff moved 2027-02-01 --as "Inés Vidal"
            """,
    ),
    "missing-fact": Explanation(
        title="A fact is missing",
        text="""
            Something refers to a fact that does not stand under `facts`. Add it there once; every text can use it.
            If it does stand there, compare the spelling, letter by letter.
            """,
    ),
    "unknown-waiver": Explanation(
        title="A waiver for no check",
        text="""
            `waive` names the code of a check, as it stands in brackets in the problem. This is none, so nothing is
            waived.
            """,
    ),
    "not-waivable": Explanation(
        title="A check that cannot be waived",
        text="""
            Some problems make a campaign unreadable or would keep it from ever going out; a reason does not change
            that. Mend what is reported. Checks of content can be waived, with a reason that goes on record.
            """,
    ),
    "unknown-kind": Explanation(
        title="A channel of a kind that does not exist",
        text="""
            `kind` is the word for an adapter: email, newsletter, website, feed, x, mastodon, bluesky, telegram,
            handoff. The name of the channel is yours to choose; its kind is not.
            """,
    ),
}
