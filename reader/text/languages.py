"""Languages and the direction of their scripts."""

import unicodedata

from markupsafe import Markup

# Languages written from right to left, by their first subtag, and the scripts that say so themselves (BCP 47).
RTL_LANGUAGES = frozenset(
    {
        "ar", "arc", "ckb", "dv", "fa", "he", "iw", "ks", "lrc", "mzn", "nqo", "pnb", "ps", "sd",
        "syr", "ug", "ur", "yi",
    }
)  # fmt: skip
RTL_SCRIPTS = frozenset({"adlm", "arab", "hebr", "mand", "mend", "nkoo", "rohg", "samr", "syrc", "thaa"})
# The language of the interface.
INTERFACE = "en"
_RTL_LETTERS = frozenset({"R", "AL"})
# The first begins a stretch in its own direction, the second ends it (Unicode, UAX 9).
ISOLATES = _FIRST_STRONG_ISOLATE, _POP_ISOLATE = "\u2068", "\u2069"


def direction(lang: str) -> str:
    """The value of ``dir`` for a text in this language: a named script decides, else the language's usual one."""
    first, *others = lang.lower().split("-")
    script = next((each for each in others if len(each) == 4 and each.isalpha()), None)
    if script is not None:
        return "rtl" if script in RTL_SCRIPTS else "ltr"
    return "rtl" if first in RTL_LANGUAGES else "ltr"


def attributes(lang: str) -> Markup:
    """``lang`` and ``dir`` for an element in this language; nothing for the language of the interface."""
    if lang == INTERFACE:
        return Markup()
    return Markup(' lang="{}" dir="{}"').format(lang, direction(lang))


def bdi(text: object) -> Markup:
    """A name or a title inside a sentence of the interface, which must not turn the words around it."""
    return Markup("<bdi>{}</bdi>").format(text)


def isolated(text: str) -> str:
    """The same for plain text, such as a mail: between invisible marks where it has letters from right to left."""
    if not any(unicodedata.bidirectional(letter) in _RTL_LETTERS for letter in text):
        return text
    return f"{_FIRST_STRONG_ISOLATE}{text}{_POP_ISOLATE}"
