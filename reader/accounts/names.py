"""Rules for the form of names and mail addresses.

Two are the same if their :func:`reader.text.letters.key` is.
"""

import unicodedata

from email_validator import EmailNotValidError, validate_email

from reader.errors import Invalid
from reader.text import letters

MIN_LENGTH = 2
MAX_LENGTH = 40
MAX_EMAIL_LENGTH = 254
PUNCTUATION = frozenset("_-.")
# Alphabets whose letters look alike: mixed in one name, they pass for somebody else's.
LOOK_ALIKE = frozenset({"LATIN", "GREEK", "CYRILLIC", "ARMENIAN", "CHEROKEE"})


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
    if len({_alphabet(letter) for letter in name} & LOOK_ALIKE) > 1:
        raise Invalid("Letters of different alphabets don’t mix in one name.", field="username")
    return name


def _alphabet(letter: str) -> str:
    return unicodedata.name(letter, "").partition(" ")[0]


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
