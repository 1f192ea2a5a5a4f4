"""Which language a paragraph is in, told by the small words that no other of these languages has.

Made to be silent rather than wrong: whoever wrote a name, a title or a short quotation in another language meant it.
"""

import regex

#: Only what none of the others uses; `para` and `que` are in two of them, and tell nothing.
_WORDS = {
    "en": "the and of is are with for this that you we our your from will be have which was they their by it what",
    "es": "el los las del y una con más usted ustedes muy también pero hay puede esta este sus lo nuestro nuestra sin",
    "fr": "le les des du et est une pour dans avec vous nous sur au aux votre cette qui où sont pas par notre ou",
    "pt": "o os do da dos das em um uma com não ao na mais você são pelo pela também à às seu sua isto como foi",
    "uk": "і й та в у на що не з до для це як ви ми або ваш наш про від є за але",
    "ar": "في من على إلى عن أن هذا هذه التي الذي مع كل ما أو لا",
}
_TOLD_BY = {language: frozenset(words.split()) for language, words in _WORDS.items()}
#: Names of places have small words of their language within: `Rennes-sur-Lune`.
_JOINED = regex.compile(r"[^\W\d_]+(?:-[^\W\d_]+)+")
_WORD = regex.compile(r"\p{L}[\p{L}\p{M}]*")
_FEWEST_WORDS = 8
_FEWEST_TOLD, _FEWEST_KINDS, _FOR_ONE_OF_OURS = 3, 2, 4


def are_known_in(language: str) -> bool:
    """Whether the words of a language are known that checks go by: small ones, what grows, what stands twice."""
    return language.partition("-")[0] in _TOLD_BY


def language_of(paragraph: str, expected: str, fewest: int = _FEWEST_WORDS) -> str:
    """The language that a paragraph is in, if it is surely another than the one expected; else nothing.

    Args:
        paragraph: plain text; what has too few words tells nothing.
        expected: the language's tag. Of one whose small words are not known, nothing is said.
        fewest: words that tell something; a headline has fewer.
    """
    own = expected.partition("-")[0]
    words = [word.casefold() for word in _WORD.findall(_JOINED.sub(" · ", paragraph))]
    if own not in _TOLD_BY or len(words) < fewest:
        return ""
    told = {language: [word for word in words if word in known] for language, known in _TOLD_BY.items()}
    likely = max(told, key=lambda language: len(told[language]))
    is_sure = len(told[likely]) >= _FEWEST_TOLD and len(set(told[likely])) >= _FEWEST_KINDS
    theirs = _TOLD_BY[likely]
    # A name within it, such as “City of Littleton”, may have one of ours.
    ours = sum(word not in theirs for word in told[own])
    return likely if is_sure and likely != own and ours * _FOR_ONE_OF_OURS <= len(told[likely]) else ""
