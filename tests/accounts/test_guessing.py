"""Passwords that are refused for being guessed too soon, the reasons, and what is never refused."""

import unicodedata
from itertools import chain, zip_longest
from typing import Any

import pytest
from flask import Flask
from zxcvbn import matching
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from reader.accounts import guessing, passwords
from reader.accounts.guessing import Weakness, known_words, weakness
from reader.config import Settings
from reader.errors import Invalid
from reader.policy import Role

SITE = Settings(site_name="The Daily Check", base_url="https://news.harbour.example")
ADA = known_words("ada.lovelace", "countess@engines.example", SITE)
COMMONEST = 3000


def commonest(length: int) -> list[str]:
    """The words of all of zxcvbn's lists that have so many characters, the commonest of each list first."""
    by_rank = zip_longest(*(list(words) for words in FREQUENCY_LISTS.values()))
    fit = (word for word in chain.from_iterable(by_rank) if word and len(word) >= length)
    return list(dict.fromkeys(fit))


def test_the_commonest_passwords_of_enough_length_are_refused() -> None:
    tried = commonest(passwords.MIN_LENGTH)[:COMMONEST]
    assert len(tried) == COMMONEST
    assert [word for word in tried if weakness(word, ADA) is None] == []
    assert [word for word in tried if weakness(word.title(), ADA) is None] == []


def test_the_commonest_passwords_of_staffs_length_are_refused() -> None:
    tried = commonest(passwords.MIN_STAFF_LENGTH)
    assert len(tried) > 300
    assert [word for word in tried if weakness(word, ADA) is None] == []


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("1234567890", Weakness.COMMON),
        ("BasketBall", Weakness.COMMON),
        ("Password123!", Weakness.LIKE_COMMON),
        ("p@ssw0rd123", Weakness.LIKE_COMMON),
        ("changeme123", Weakness.LIKE_COMMON),
        ("Passwort-Passwort", Weakness.LIKE_COMMON),
        ("Summer2026!", Weakness.SEASON),
        ("Sommer2026!", Weakness.SEASON),
        ("Été2026été!", Weakness.SEASON),
        ("otono2027otono", Weakness.SEASON),
        ("ada.lovelace", Weakness.PERSON),
        ("AdaLovelace1815", Weakness.PERSON),
        ("L0v3l4c3-1815", Weakness.PERSON),
        ("ecalevol.ada", Weakness.PERSON),
        ("countess@engines.example", Weakness.PERSON),
        ("Countess2026!", Weakness.PERSON),
        ("TheDailyCheck1", Weakness.SITE),
        ("harbour-news-26", Weakness.SITE),
        ("moderator 2026", Weakness.SITE),
        ("editor.admin.staff", Weakness.SITE),
        ("ghjkl;'poiuy", Weakness.KEYS),
        ("aaaaaaaaaaaaaaa", Weakness.REPEAT),
        ("cdefghijklmnop", Weakness.SEQUENCE),
        ("14.07.1789.", Weakness.DATE),
        ("happymichael", Weakness.WORDS),
    ],
)
def test_what_is_guessed_soon_is_refused_with_the_reason(password: str, reason: Weakness) -> None:
    assert weakness(password, ADA) is reason


@pytest.mark.parametrize(
    ("username", "email", "password"),
    [
        ("Zoë", "z@example.org", "zoe-zoë-2026"),
        ("Борис", "b@example.org", "boris.Борис.1"),
        ("李小龍", "dragon.fist@example.org", "李小龍dragonfist"),
        ("Straße", "s@example.org", "strasse-2026"),
    ],
)
def test_a_name_counts_in_other_letters_too(username: str, email: str, password: str) -> None:
    assert weakness(password, known_words(username, email, SITE)) is Weakness.PERSON


GOOD = [
    "four words walk home",
    "correct horse battery staple",
    "The tide is late, said Mrs Quill",
    "no capital letters and no digits",
    "Ada reads engines at the harbour by night",
    "wolken zählen am Dienstag",
    "drei müde Ziegen im Aufzug",
    "quatre chats sous la pluie",
    "l'été où les grues ont dansé",
    "cinco sillas azules y un pez",
    "três barcos dormem de pé",
    "sette scale, una lanterna",
    "vier fietsen in de gracht",
    "fem våta katter på taket",
    "hverdagen smaker av kardemomme",
    "kissa söi puolukat aamulla",
    "siedem mokrych parasoli",
    "čtyři klavíry ve výtahu",
    "négy hangya a zongorán",
    "dört kedi çatıda uyuyor",
    "bốn con mèo trên mái nhà",
    "empat kucing di atas atap",
    "paka wanne juu ya paa la bati",
    "четыре слова идут домой",
    "чотири парасолі під дощем",
    "τέσσερις γάτες στη στέγη",
    "չորս կատու տանիքի վրա",
    "ოთხი კატა სახურავზე",
    "ארבעה חתולים על הגג",
    "أربع قطط فوق السطح",
    "چهار گربه روی پشت بام",
    "चार बिल्लियाँ छत पर बैठी हैं",
    "বৃষ্টির দিনে গরম চা আর বই",
    "ஐந்து யானைகள் மழையில்",
    "నాలుగు పిల్లులు పైకప్పు మీద",
    "ಮಳೆಯಲ್ಲಿ ನಾಲ್ಕು ಕೊಡೆಗಳು",
    "แมวสี่ตัวบนหลังคาบ้าน",
    "አራት ድመቶች በጣሪያ ላይ",
    "下雨天喝热茶读旧书真舒服",
    "四隻貓在屋頂上聽雨聲",
    "屋根の上で四匹の猫が雨を聞く",
    "지붕 위에서 비를 듣는 고양이",
    "🦊🌧️📚🍵🪑🚪🌙⭐🎻🐢",
    "👩‍👩‍👧‍👦🏳️‍🌈👍🏽🇳🇴🦔🧭",
    "   spaces at both ends   ",
    "xK9#vQ2$mZ7!pL",
    "f8Jw-Tq3x_Rv6Nz",
    "9{([<1|7!4@$5+Zq",
]


def test_there_are_forty_good_ones() -> None:
    assert len(set(GOOD)) >= 40
    assert all(len(phrase) >= passwords.MIN_LENGTH for phrase in GOOD)


@pytest.mark.parametrize("phrase", GOOD)
def test_a_good_phrase_in_any_script_is_taken(phrase: str, app: Flask) -> None:
    passwords.check(phrase, Role.READER, username="ada.lovelace", email="countess@engines.example")


def test_a_thousand_characters_are_judged_by_the_first_72(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However long it is, zxcvbn gets the same of it."""
    judged: list[str] = []
    omnimatch = matching.omnimatch

    def watched(text: str, lists: Any) -> Any:
        judged.append(text)
        return omnimatch(text, lists)

    monkeypatch.setattr(matching, "omnimatch", watched)
    long = "".join(f"wörter {number} " for number in range(100))[: passwords.MAX_LENGTH]
    for password in (long[:72], long[:73], (long * 2)[: passwords.MAX_LENGTH]):
        passwords.check(password, Role.READER, username="ada", email="ada@example.org")
    assert judged == [long[:72]] * 3


@pytest.mark.parametrize("signs", ["4@8({[<3691!|70$5+%2", "{([<1|7!4@$5+", "0123456789"])
def test_few_characters_with_many_readings_are_judged(signs: str) -> None:
    seen = guessing._seen((signs * 72)[:72])
    assert guessing._ways(seen) * len(seen) ** 2 <= guessing.MAX_WORK
    assert len(seen) >= 12


def test_words_of_one_person_are_not_known_of_another() -> None:
    """They stand in no place that zxcvbn would keep for the next."""
    before = set(matching.RANKED_DICTIONARIES)
    password = "quillwort-1815"
    assert weakness(password, known_words("quillwort", "q@example.org", SITE)) is Weakness.PERSON
    assert weakness(password, ADA) is None
    assert set(matching.RANKED_DICTIONARIES) == before


def test_the_reason_stands_beside_the_field_and_says_what_helps(app: Flask) -> None:
    with pytest.raises(Invalid) as refusal:
        passwords.check("Sommer2026!", Role.READER, username="ada", email="ada@example.org", field="new")
    assert refusal.value.field == "new"
    assert refusal.value.reason.startswith("A season and a year are tried early.")
    assert "words" in refusal.value.reason


@pytest.mark.parametrize(
    ("password", "role", "says"),
    [
        ("x" * 9, Role.READER, "at least 10"),
        ("\N{ARABIC LIGATURE SALLALLAHOU ALAYHE WASALLAM}" * 9, Role.READER, "at least 10"),
        *(("kx9-vq2 mz7 pl", role, "at least 15") for role in Role if role != Role.READER),
        ("four words walk home" * 51, Role.READER, "1,000 characters at most"),
    ],
)
def test_every_code_point_counts_as_typed(password: str, role: Role, says: str, app: Flask) -> None:
    with pytest.raises(Invalid, match=says):
        passwords.check(password, role, username="ada", email="ada@example.org")


def test_marks_that_make_one_letter_count_each(app: Flask) -> None:
    phrase = unicodedata.normalize("NFD", "für ältere Öfen")
    assert len(phrase) > len(unicodedata.normalize("NFC", phrase))
    passwords.check_length(phrase[:15], Role.EDITOR)
