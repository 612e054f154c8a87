"""All parts of the recording, made anew."""

from __future__ import annotations

import re
from pathlib import Path

from tests.lock import facts, inside, live, pages, story
from tests.lock.recording import Recording
from tests.lock.site import SECRET, Site
from tests.support.servers import Postgres

_BOUNDARY = re.compile(r"={15}\d+==")


def of_facts(folder: Path, postgres: Postgres) -> dict[str, Recording]:
    """Return what needs no seeded site, by the name of each part."""
    settings = {"READER_INSTANCE": str(folder / "facts"), "READER_SECRET_KEY": SECRET}
    facts.migrate(settings)
    name = postgres.create()
    facts.migrate({**settings, "READER_DATABASE_URL": postgres.database(name)})
    schemas = {
        "schema/sqlite.sql": facts.sqlite_schema(folder / "facts" / "reader.sqlite3"),
        "schema/postgresql.txt": facts.postgres_schema(postgres.database(name)),
    }
    postgres.drop(name)
    app = inside.application(settings)
    texts = {
        "routes.txt": facts.routes(app),
        "commands.txt": facts.commands(),
        "settings.txt": facts.settings(),
    }
    return {"schema": schemas, **{file: {file: text} for file, text in texts.items()}}


def of_site(folder: Path) -> dict[str, Recording]:
    """Return what a seeded site does and says, by the name of each part. AssertionError where an address is missing."""
    site = Site(folder / "site")
    with inside.frozen(site.now):
        story.tell(site)
        served, used = site.copy(folder / "served"), site.copy(folder / "used")
        with live.served(served.settings, folder, site.at) as ready:
            unsent, unopened = site.rules("POST") - site.written, pages.unopened(site)
            assert not unsent, f"have tests/lock/story.py send something to {unsent}"
            assert not unopened, f"have tests/lock/pages.py open {unopened}"
            opened = pages.pages(site)
            story.run_commands(used)
            messages = live.messages(ready(), served)
        for each in (site, served, used):
            inside.close(each.app)
    return {
        "pages": {file: text for file, text in opened.items() if file.startswith("pages/")},
        "feeds": {file: text for file, text in opened.items() if file.startswith("feeds/")},
        "mails": _files("mails", site.instance / "outbox"),
        "export": _files("export", used.folder / "export"),
        "outputs.txt": {"outputs.txt": "\n".join([*site.outputs, *used.outputs])},
        "writes.txt": {"writes.txt": "\n".join(site.writes)},
        "live.txt": {"live.txt": messages},
    }


def _files(name: str, folder: Path) -> dict[str, str]:
    files = (each for each in sorted(folder.rglob("*")) if each.is_file())
    return {
        f"{name}/{each.relative_to(folder).as_posix()}": _BOUNDARY.sub(
            "(boundary)", each.read_bytes().decode()
        )
        for each in files
    }
