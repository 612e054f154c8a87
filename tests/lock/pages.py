"""One page of each kind, feeds and whatever else can be opened, as those see it who may."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator

from werkzeug.test import TestResponse

from tests.lock.site import MAIN, PEOPLE, VISITOR, Site, told

# What is opened, with ``ids`` of the site's story. Each is opened by a visitor, and then by these.
PUBLIC = """
/ /about /about/method /about/moderation /about/moderation/report.csv /archive /articles/lamps
/articles/lamps?sort=oldest /articles/lamps?sort=recommended /articles/lamps?claim=both-towers-stay /articles/ferry
/articles/arabic /articles/whale /articles/tomorrow /articles/old-lamps /articles/lamps/comments
/articles/lamps/comments?q=lamp /articles/lamps/comments?q=nowhere /articles/lamps/feed.xml /authors/bo-lind
/topics/harbours /topics/none /comments/{first} /comments/{question}/replies /comments/{question}/replies?after=5
/comments/{first}/actions /comments/{rude}/actions /comments/{deleted}/actions /corrections /corrections/feed.xml
/fact-checks /fact-checks?verdict=false /fact-checks?topic=harbours&source=coast-guard /fact-checks/both-towers-stay
/fact-checks/oldest-lamp /fact-checks/keeper-left /fact-checks/ferry-alone /fact-checks/none /fact-checks/feed.xml
/feed.json /feed.xml /sources /sources?from=t /sources/town-of-sandvik /moderation/log /moderation/log?action=remove
/people/rita /people/nora /people/bo /people/nobody /login /login?next=/account/ /register /livez /readyz /metrics
/robots.txt /.well-known/security.txt /sitemap.xml /sitemap-pages-1.xml /sitemap-articles-1.xml /sitemap-claims-1.xml
/sitemap-sources-1.xml /news-sitemap.xml /decisions/{key} /decisions/{key}/{ban-decision} /decisions/none
/unsubscribe/{unsubscribe} /unsubscribe/none
/live/article:{lamps}/events?after=0 /live/article:{lamps}/events?after=99 /live/article:{lamps}/events?after=x
/live/claim:{claim}/events?after=0 /live/verdicts/events?after=0 /live/person:1/events?after=0
/live/front/events?after=0 /nowhere /static/none/css/none.css
"""
PERSONAL = {
    "rita": """
        /account/ /account/decisions /account/mail /account/mail?saved=1 /account/notifications /account/reports
        /account/muted.css /articles/lamps /articles/ferry /articles/arabic /articles/lamps/visit.svg?up_to=3
        /comments/{latest}/actions /comments/{latest}/edit /comments/{latest}/delete /comments/{edited}/edit
        /comments/{answer}/reply /comments/{rude}/reply /comments/{answer}/report /comments/{rude}/report
        /comments/{edited}/revisions /comments/names?q=t /comments/{first} /fact-checks/both-towers-stay /people/bo
        /live/person:{rita}/events?after=0 /moderation/ /fact-checks/both-towers-stay/verdict
    """,
    "tom": """
        /account/notifications /account/decisions /account/decisions/{removal} /comments/{rude}/statement
        /account/measures/{warning} /articles/lamps /comments/{rude}/actions
    """,
    "nora": "/account/decisions /articles/ferry /comments/{waiting}/actions /comments/{waiting}",
    "mona": """
        /account/ /moderation/ /moderation/reported /moderation/held /moderation/unreviewed /moderation/appeals
        /moderation/removed /moderation/reported?reason=abusive&author=tom /moderation/appeals/{appeal}
        /moderation/articles/lamps /moderation/articles/ferry /moderation/cards?id=comment-{waiting}&id=comment-{rude}
        /moderation/comments/{answer}/approve /moderation/comments/{answer}/remove /moderation/comments/{rude}/restore
        /moderation/comments/{answer}/pin /moderation/comments/{first}/unpin /moderation/people/tom
        /moderation/people/nora /moderation/people/max /moderation/words /moderation/words/banned
        /moderation/words/suspect /moderation/words/none /comments/{edited}/revisions /live/moderation/events?after=0
        /desk/reports
    """,
    "max": "/moderation/appeals /moderation/appeals/{appeal}",
    "edith": """
        /desk/reports /desk/reports?answered=yes /fact-checks/both-towers-stay /fact-checks/keeper-left
        /fact-checks/both-towers-stay/verdict /fact-checks/both-towers-stay/text
    """,
}
# Who opens public pages, too, where they see something else there than a visitor does.
CURIOUS = "mona"
# The icons stand in every page, and are recorded once.
_ICONS = re.compile(r"<div hidden><svg>.*?</svg></div>", re.DOTALL)
_SAMPLE = re.compile(r"^(\w+)(\{.*\})? \S+$")
_REFERENCE = re.compile(r'(number <code>|"reference": ")[0-9a-f]{8}')
_EXTENSIONS = {
    "text/html": "html",
    "application/json": "json",
    "application/problem+json": "json",
    "application/feed+json": "json",
    "text/css": "css",
    "text/csv": "csv",
    "text/plain": "txt",
    "image/svg+xml": "svg",
}


def addresses() -> Iterator[tuple[str, str]]:
    """Yield each address with who opens it; names stand in place of ``ids``."""
    for address in PUBLIC.split():
        yield VISITOR, address
        yield CURIOUS, address
    personal = [(who, address) for who, some in PERSONAL.items() for address in some.split()]
    known = set(PUBLIC.split())
    for address in dict.fromkeys(address for _who, address in personal if address not in known):
        yield VISITOR, address
    yield from personal


def unopened(site: Site) -> set[str]:
    """Return the rules that take GET and that nothing here opens."""
    opened = {site.rule(address.format(**site.ids)) for _who, address in addresses() if address != "/nowhere"}
    return site.rules("GET") - opened - {site.rule(_static(site))}


def pages(site: Site) -> dict[str, str]:
    """Return everything that can be opened: pages, feeds, and in one file who is led where."""
    found: dict[str, str] = {}
    led: list[str] = []
    seen: dict[str, str] = {}
    icons = _ICONS.search(site.get(VISITOR, "/").text)
    assert icons
    found["pages/icons.svg"] = icons[0].replace("<symbol", "\n<symbol") + "\n"
    for who, address in addresses():
        answer = site.get(who, address.format(**site.ids))
        if answer.location:
            led.append(f"{who} {address}: {answer.status_code} {answer.location}")
            continue
        content = _content(answer, address)
        if who == VISITOR:
            seen[address] = content
        elif who == CURIOUS and seen.get(address) == content:
            continue
        text = told(answer).replace(icons[0], "(icons)")
        found[f"{_folder(answer)}/{_name(who, address, answer)}"] = _plain(text, address)
    found["pages/led.txt"] = "\n".join([*sorted(led), ""])
    found["pages/static.txt"] = told(site.get(VISITOR, _static(site))).partition("\n\n")[0] + "\n"
    return found | _errors(site)


def _errors(site: Site) -> dict[str, str]:
    """Return the answers to requests that can’t be served; this breaks the site."""
    found = {
        "pages/errors/method.html": site.client(VISITOR).delete("/about", base_url="https://news.example"),
        "pages/errors/token.html": site.client("rita").post(
            "/account/shortcuts", base_url="https://news.example"
        ),
        "pages/errors/host.html": site.client(VISITOR).get("/about", base_url="https://other.example"),
        "pages/errors/large.html": site.client(VISITOR).post(
            "/login", base_url="https://news.example", data={"login": "x" * 300_000}
        ),
        "pages/errors/nowhere.json": site.get(VISITOR, "/nowhere", Accept="application/json"),
    }
    broken = {
        "fault": ("UPDATE claims SET verdict = 'nonsense'", "/fact-checks?source=sandvik-gazette"),
        "away": ("ALTER TABLE bylines RENAME TO lost", "/authors/ida-brandt"),
    }
    for name, (statement, address) in broken.items():
        database = sqlite3.connect(site.instance / "reader.sqlite3")
        database.execute(statement)
        database.commit()
        database.close()
        found[f"pages/errors/{name}.html"] = site.get(VISITOR, address)
        found[f"pages/errors/{name}.json"] = site.get(VISITOR, address, Accept="application/json")
    return {
        name: _REFERENCE.sub(r"\1(reference)", _ICONS.sub("(icons)", told(answer)))
        for name, answer in found.items()
    }


def _static(site: Site) -> str:
    found = re.search(r'"(/static/[^"]+\.css)"', site.get(VISITOR, "/").text)
    assert found
    return found[1]


def _content(answer: TestResponse, address: str) -> str:
    """Return the page without what stands around it on every page."""
    found = re.search(MAIN, answer.text, re.DOTALL)
    return re.sub(r' value="[^"]+"', "", found[0]) if found else _plain(answer.text, address)


def _plain(text: str, address: str) -> str:
    """The text; of the metrics only their names and labels, as each run has other values."""
    if address != "/metrics":
        return text
    lines = (_SAMPLE.sub(r"\1\2", line) for line in text.splitlines())
    return "\n".join(dict.fromkeys(re.sub(r'="[^"]*"', "", line) for line in lines)) + "\n"


def _folder(answer: TestResponse) -> str:
    return "pages" if answer.mimetype == "text/html" else "feeds"


def _name(who: str, address: str, answer: TestResponse) -> str:
    extension = _EXTENSIONS.get(str(answer.mimetype), "xml")
    path = re.sub(r"[{}]", "", address.strip("/").removesuffix(f".{extension}"))
    path = re.sub(r"[^\w.=-]+", "_", path) or "front"
    return (
        f"{PEOPLE.get(who, who)}/{path}.{who}.{extension}" if who in PEOPLE else f"{who}/{path}.{extension}"
    )
