"""Explanations of what keeps a text from the media."""

from communique.explain.explanation import Explanation

PRESS_CODES = {
    "before-embargo": Explanation(
        title="Somebody would read it before its embargo",
        text="""
            `embargo:` says before when the media are not to publish an announcement. Until then it goes to nobody but
            audiences that the settings trust to keep it: newsrooms that have agreed. Pages, feeds, posts and the
            newsletter publish at once, so they wait for the embargo, in an announcement of their own.
            """,
        example="""
            config/settings.yaml:  media: {title: Press list, role: media, trusted_with_embargo: true}
            campaign:              embargo: acceptance + 1 working day at 10:00
            """,
    ),
    "embargo-without-date": Explanation(
        title="Nobody knows when the embargo ends",
        text="""
            The embargo counts from a milestone whose date is unknown. A release that does not say until when it is to
            be kept is not sent. Declare the date, or count from another milestone.
            """,
    ),
}
