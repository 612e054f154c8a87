"""Rules for the form of names and mail addresses.

Two are the same if their :func:`reader.text.letters.key` is.
"""

import re
import unicodedata

from email_validator import EmailNotValidError, validate_email

from reader.errors import Invalid
from reader.text import letters

MIN_LENGTH = 2
MAX_LENGTH = 40
MAX_EMAIL_LENGTH = 254
PUNCTUATION = frozenset("_-.")
# What Unicode recommends for names (UTS #39, "Single Script", with the scripts of UAX #31, table 5), as small as names
# need it: Python doesn't know the script of a letter, but what Unicode calls a letter begins with its script. Chinese,
# Japanese and Korean are each written with several.
_SCRIPT = re.compile(
    "(?P<East_Asian>CJK|IDEOGRAPHIC|BOPOMOFO|HIRAGANA|KATAKANA|HANGUL)|(?P<Arabic>ARABIC|EXTENDED ARABIC)"
    "|ARMENIAN|BENGALI|CYRILLIC|DEVANAGARI|ETHIOPIC|GEORGIAN|GREEK|GUJARATI|GURMUKHI|HEBREW|KANNADA|KHMER|LAO|LATIN"
    "|MALAYALAM|MYANMAR|ORIYA|SINHALA|TAMIL|TELUGU|THAANA|THAI|TIBETAN"
)
# The letters that living languages add to a to z, before their accents. Other Latin letters are those of phonetics and
# of old books, which pass for these: ɑ, ʀ, ɡ. So does ɩ, which UTS #39 allows.
_LATIN = frozenset("abcdefghijklmnopqrstuvwxyzæðøþßđħıłŋœŧɓɔɖɗǝəɛƒɣɨƙɲʋƴʒʉɍ")


def clean_name(text: str) -> str:
    """The name as it is shown. Invalid, beside the field ``username``, says what it may not be."""
    name = unicodedata.normalize("NFKC", text.strip())
    if not MIN_LENGTH <= len(name) <= MAX_LENGTH:
        raise Invalid(f"A name has {MIN_LENGTH} to {MAX_LENGTH} characters.", field="username")
    if not all(letter in PUNCTUATION or (letter.isalnum() and letters.is_visible(letter)) for letter in name):
        raise Invalid(
            "A name is made of letters and digits, and “-”, “_” or “.” between them.", field="username"
        )
    if not (name[0].isalnum() and name[-1].isalnum()):
        raise Invalid("A name begins and ends with a letter or a digit.", field="username")
    _refuse_look_alikes(name)
    return name


def _refuse_look_alikes(name: str) -> None:
    """Refuse letters that pass for others: alone, or mixed with those of another script."""
    native = [letter for letter in name if letter.isalpha() or not letter.isascii()]
    for letter in native:
        if _script(letter) is None:
            raise Invalid(
                f"“{letter}” can’t be part of a name: use letters of an everyday alphabet.", field="username"
            )
    zeros = {ord(letter) - unicodedata.decimal(letter) for letter in name if letter.isdecimal()}
    if len({_script(letter) for letter in native}) > 1 or len(zeros) > 1:
        raise Invalid("Letters of different alphabets don’t mix in one name.", field="username")


def _script(letter: str) -> str | None:
    """The script a letter belongs to; None if names aren't written with it."""
    found = _SCRIPT.match(unicodedata.name(letter, ""))
    if found is None:
        return None
    script = found.lastgroup or found[0]
    return None if script == "LATIN" and _base(letter) not in _LATIN else script


def _base(letter: str) -> str:
    """The letter without its accents, in lower case."""
    return unicodedata.normalize("NFD", letter)[0].lower()


def clean_email(text: str) -> str:
    """The address as mail is sent to it. Invalid, beside the field ``email``, where it can't be one.

    Only its form is checked: whether it takes mail, the network may not be able to say just now.
    """
    try:
        address = validate_email(text.strip(), check_deliverability=False).normalized
    except EmailNotValidError as error:
        raise Invalid(f"This can’t be an e-mail address: {error}", field="email") from error
    if len(letters.key(address)) > MAX_EMAIL_LENGTH:
        raise Invalid(f"An e-mail address has {MAX_EMAIL_LENGTH} characters at most.", field="email")
    return address
