"""Explanations of what is wrong with texts that are read aloud."""

from communique.explain.explanation import Explanation
from communique.problems import Severity

SPEECH_CODES = {
    "unspoken": Explanation(
        title="Something in a script cannot be read aloud",
        text="""
            Whoever reads a script on the radio reads words. Numbers, dates, times, web and mail addresses and telephone
            numbers are put into words of the language by themselves. What is left has digits or signs that can be read
            in several ways: a date with slashes, a number with letters.
            """,
        example="""
            wrong:  The office is open 24/7.
            right:  The office is open day and night.
            """,
    ),
    "address-too-long-to-say": Explanation(
        title="Nobody who listens can keep this address in mind",
        text="""
            On the radio an address is heard once. One of more than six words and numbers is lost before it is written
            down. Say the website's own address, or a telephone number.
            """,
        severity=Severity.WARNING,
        example="""
            wrong:  Find out more at {{ pages.process }}agenda/second-workshop/.
            right:  Find out more at {{ pages.home }}.
            """,
    ),
    "spot-too-short": Explanation(
        title="A script leaves much of its time empty",
        text="""
            A script fills its seconds by less than three quarters, at the speed at which the language is read
            (`speaking: words_per_minute` in the settings). The station has to fill the rest. Say more, or name the file
            after the time it takes: radio-20.txt.
            """,
        severity=Severity.WARNING,
    ),
}
