"""Time of the word lists: 5,000 entries on a comment of 5,000 characters. Run: python -m tests.bench.screening"""

from __future__ import annotations

import time
from random import Random

from reader.comments.screening.word_lists import WordList, comparable

ENTRIES, CHARACTERS, ROUNDS = 5000, 5000, 50
LETTERS = "abcdefghijklmnopqrstuvwxyzéüñ"


def word(random: Random) -> str:
    """A word of two to ten letters."""
    return "".join(random.choices(LETTERS, k=random.randint(2, 10)))


def main() -> None:
    """Print the slowest and the middle of many searches, none of which has folded its words before."""
    random = Random(1)
    entries = [" ".join(word(random) for _ in range(random.choice((1, 1, 1, 2, 3)))) for _ in range(ENTRIES)]
    words = WordList(entries)
    took = []
    for _ in range(ROUNDS):
        text = ""
        while len(text) < CHARACTERS:
            text += f"{word(random)} "
        comparable.cache_clear()
        begun = time.process_time()
        hits = len(list(words.find(text[:CHARACTERS])))
        took.append(time.process_time() - begun)
    took.sort()
    print(
        f"{len(words):,} entries, {CHARACTERS:,} characters, {hits} hits in the last:"
        f" {took[len(took) // 2] * 1000:.2f} ms of a processor in the middle, {took[-1] * 1000:.2f} at most"
    )


if __name__ == "__main__":
    main()
