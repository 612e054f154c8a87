"""Time to judge passwords, by their length and by what they are made of. Run: python -m tests.bench.passwords"""

from __future__ import annotations

import time
from collections.abc import Mapping
from random import Random
from string import digits, printable

from reader.accounts.guessing import SEEN, known_words, weakness
from reader.accounts.passwords import MAX_LENGTH, hashed
from reader.config import Settings

ROUNDS = 50
WORDS = "four words walk home and sit down to read what the harbour master wrote about the tide "
# What zxcvbn takes for letters in several ways.
SIGNS = "4@8({[<3691!|70$5+%2"


def texts(random: Random) -> Mapping[str, str]:
    """The passwords to judge, by what they are."""
    long = (WORDS * 12)[:MAX_LENGTH]
    return {
        "four words": WORDS[:20],
        f"{SEEN} characters of words": long[:SEEN],
        f"{MAX_LENGTH:,} characters of words": long,
        "a manager's 20 characters": "".join(random.choices(printable[:94], k=20)),
        "a manager's 72 characters": "".join(random.choices(printable[:94], k=SEEN)),
        "digits": "".join(random.choices(digits, k=SEEN)),
        "signs with many readings": "".join(random.choices(SIGNS, k=SEEN)),
        "one word again and again": "password" * 9,
    }


def main() -> None:
    """Print the middle and the slowest of many rounds, beside a hash."""
    known = known_words("ada.lovelace", "ada@example.org", Settings())
    begun = time.process_time()
    weakness("a first one", known)
    print(f"{'the first one, which loads the lists':36} {(time.process_time() - begun) * 1000:8.1f} ms")
    for name, text in texts(Random(1)).items():
        took = []
        for _ in range(ROUNDS):
            begun = time.process_time()
            weakness(text, known)
            took.append(time.process_time() - begun)
        took.sort()
        print(
            f"{name:36} {took[len(took) // 2] * 1000:8.1f} ms of a processor, {took[-1] * 1000:.1f} at most"
        )
    begun = time.process_time()
    hashed(WORDS)
    print(f"{'for comparison, one hash':36} {(time.process_time() - begun) * 1000:8.1f} ms")


if __name__ == "__main__":
    main()
