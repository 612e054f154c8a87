"""Names that pass for others: which letters may stand in one, and which stand together."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from reader.accounts import actions, passwords
from reader.accounts.names import clean_name
from reader.db.transactions import transaction
from reader.errors import Invalid
from tests.support.factories import a_person

PLAIN = st.text("abcxyzABCXYZ", min_size=2, max_size=12)
LETTERS = st.characters(categories=["L", "N"])
# Blocks of letters for phonetics, spacing modifiers and old books.
TECHNICAL = [*range(0x250, 0x300), *range(0x1D00, 0x1DC0), *range(0x2C60, 0x2C80), *range(0xA720, 0xA800)]
# Letters of such blocks that living languages write.
LIVING = "ɓɔɖɗəɛɣɨɲʉʋʒ"


def is_refused(name: str) -> bool:
    try:
        clean_name(name)
    except Invalid:
        return True
    return False


def test_letters_of_phonetics_and_old_books_are_refused() -> None:
    stable = [chr(code) for code in TECHNICAL if unicodedata.normalize("NFKC", chr(code)) == chr(code)]
    assert [letter for letter in stable if not is_refused(f"a{letter}a")] == list(LIVING)


@given(
    PLAIN, st.characters(min_codepoint=0x370, categories=["L", "N"]), st.integers(min_value=0, max_value=12)
)
def test_a_letter_of_another_script_is_refused_among_latin_ones(name: str, letter: str, at: int) -> None:
    inserted = unicodedata.normalize("NFKC", letter)
    assume(not any(part.isascii() or unicodedata.name(part, "").startswith("LATIN") for part in inserted))
    assert is_refused(name[:at] + letter + name[at:])


@given(st.text(LETTERS, min_size=2, max_size=6))
def test_a_name_that_may_be_may_still_be_as_it_is_stored(name: str) -> None:
    assume(not is_refused(name))
    assert clean_name(clean_name(name)) == clean_name(name)


EVERYDAY = "Œuvre STRAẞE Nguyễn Yıldız Ɗan Борис7 Ἀθηνᾶ 山ノ上さくら 張ㄓ 김민준 שרה_1 محمد٣ سارا۳ สมชาย"


@pytest.mark.parametrize("name", EVERYDAY.split())
def test_a_name_may_be_of_any_alphabet_in_everyday_use(name: str) -> None:
    assert clean_name(name) == name


@pytest.mark.parametrize(
    "name",
    [
        "\N{LATIN SMALL LETTER ALPHA}dmin",
        "\N{LATIN LETTER SMALL CAPITAL R}eader",
        "adm\N{LATIN SMALL LETTER IOTA}n",
        "a\N{LATIN LETTER DENTAL CLICK}ice",
        "\N{LATIN SMALL LETTER TONE SIX}ob",
        "a\N{CJK UNIFIED IDEOGRAPH-4E28}ice",
        "\N{LISU LETTER BA}\N{LISU LETTER O}\N{LISU LETTER BA}",
        "o\N{MODIFIER LETTER APOSTROPHE}brien",
        "bob\N{ARABIC-INDIC DIGIT FIVE}",
        "محمد3\N{ARABIC-INDIC DIGIT THREE}",
    ],
    ids=ascii,
)
def test_a_name_that_passes_for_another_is_refused(name: str) -> None:
    assert is_refused(name)


@pytest.mark.parametrize("letter", ["\N{LATIN SMALL LETTER ALPHA}", "\N{LISU LETTER BA}"])
def test_a_refusal_names_the_letter(letter: str) -> None:
    with pytest.raises(Invalid, match=f"“{letter}” can’t be part of a name"):
        clean_name(f"{letter}dmin")


@pytest.mark.usefixtures("app")
def test_a_name_from_before_the_rule_still_logs_in() -> None:
    person = a_person("ɑdmin")
    with transaction():
        person.password_hash = passwords.hashed("four words walk home")
    assert actions.authenticate("Ɑdmin", "four words walk home").username == "ɑdmin"
