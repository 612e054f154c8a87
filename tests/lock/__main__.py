"""Record anew what the lock holds: ``python -m tests.lock``; then read ``git diff tests/lock/recorded``."""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.lock import parts
from tests.lock.recording import write
from tests.support.servers import start_postgres


def main() -> int:
    """Record all parts, and name the files that changed."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        found = {**parts.of_facts(folder, start_postgres(folder)), **parts.of_site(folder)}
    changed = [file for part, texts in found.items() for file in write(part, texts)]
    print(
        "\n".join([*changed, f"{len(changed)} files changed. Read them with: git diff tests/lock/recorded"])
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
