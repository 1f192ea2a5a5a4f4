"""Explanations of what is wrong with a list of people."""

from communique.explain.explanation import Explanation

PEOPLE_CODES = {
    "people-file": Explanation(
        title="The list is not a table we can read",
        text="""
            A list of people is a CSV file whose first row names its columns: address and name, and perhaps language
            and organisation. Commas, semicolons and tabs all do, and so do most names offices give the columns.
            """,
        example="""
            address,name,language
            ana.gil@example.org,Ana Gil,es
            """,
    ),
    "bad-address": Explanation(
        title="An address cannot be written to, or stands twice",
        text="""
            Each row has one e-mail address, and each address one row, however it is spelt. Who has none needs a postal
            address, and stands in one row, too. Nothing of the list is imported until it is mended, unless
            `--skip-bad-rows` says that the good rows are enough.
            """,
    ),
    "bad-postal-address": Explanation(
        title="A letter would not arrive at this address",
        text="""
            A postal address has a street (with the number) and a city, and the country where it is not your own. A
            postcode is held against the form that the country's postcodes have: spreadsheets take them for numbers and
            drop the zeros in front. Nothing of the list is imported until it is mended, unless `--skip-bad-rows` says
            that the good rows are enough.
            """,
    ),
    "bad-name": Explanation(
        title="A name is missing, or is none",
        text="""
            Mails greet people by their name, so a row needs one. A name of more than 200 characters, or with `=?` in
            it, is refused: mail programs would read the latter as a code.
            """,
    ),
    "bad-language": Explanation(
        title="A language we do not write in",
        text="""
            The language of a row is one of those in config/settings.yaml, by its code: es, en, ar. A row without one
            gets the first of them.
            """,
    ),
}
