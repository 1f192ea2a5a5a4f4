"""Explanations of what is wrong with texts that are read aloud."""

from communique.explain.explanation import Explanation
from communique.problems import Severity

SPEECH_CODES = {
    "unspoken": Explanation(
        title="Something in a script cannot be read aloud",
        text="""
            Whoever reads a script on the radio reads words. Numbers, dates, times, web and mail addresses and telephone
            numbers are put into words of the language by themselves. What is left has digits or signs that can be read
            in several ways: a date with slashes, a number with letters. Nobody who listens can click, either.
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
    "shot-without-columns": Explanation(
        title="A shot of a television script has not two columns",
        text="""
            In tv-30.txt each paragraph is a shot: what is seen, one `|`, what is heard. An empty line parts it from the
            next. Words in [brackets] stand on the screen; [[name, office]] say who is seen. Where nothing is said, the
            `|` still stands, with nothing behind it.
            """,
        example="""
            wrong:  The harbour in the morning. Good news for our city.
            right:  The harbour in the morning. | Good news for our city.
            """,
    ),
    "super-too-short": Explanation(
        title="Words on the screen are gone before they are read",
        text="""
            What stands on a television screen needs 0.2 seconds a word, and two seconds more to be noticed, or three if
            there are ten words or more: that is how long British television has to hold it. Here the shot is shorter,
            by the pace at which its words are read. Everything that stands there at once counts together.
            """,
    ),
    "outside-the-safe-area": Explanation(
        title="Words for the screen lie too near its edge",
        text="""
            Some screens and some networks cut the edge of a picture off. Words and what lies under them keep 5 % of the
            width and of the height from each side (EBU R 95: 96 and 54 pixels of 1920 × 1080). Change the drawing:
            templates/layouts/cards/tv-super.svg and tv-lower-third.svg.
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
