"""The acts on the recorded site before its pages are opened: every kind of write, as people do it."""

from __future__ import annotations

import re
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from tests.lock.site import PASSWORD, PEOPLE, VISITOR, Site

ARTICLES = Path(__file__).parent / "articles"
LAMPS, FERRY, ARABIC = "/articles/lamps", "/articles/ferry", "/articles/arabic"
HOUR = timedelta(hours=1)


def tell(site: Site) -> None:
    """Do everything that the recorded pages, feeds, mails and answers show."""
    for chapter in (
        _begin,
        _settle,
        _talk,
        _revisit,
        _report,
        _decide,
        _rule,
        _check,
        _be_told,
        _leave_waiting,
    ):
        chapter(site)


def comment(
    site: Site, who: str, article: str, body: str, *, name: str = "", **fields: Any
) -> dict[str, Any]:
    """Post a comment, and remember its number by a name."""
    number = len(site.writes)
    sent = {"body": body, "submission_id": str(uuid5(NAMESPACE_URL, f"{number}")), **fields}
    answer: dict[str, Any] = site.post(who, f"{article}/comments", **sent)
    if name:
        site.ids[name] = answer["id"]
    return answer


def _begin(site: Site) -> None:
    """The site is made, people get accounts, and articles are published, two of them again."""
    site.run("db", "upgrade")
    for name, role in PEOPLE.items():
        if name != "nora":
            who = (name, "--email", f"{name}@example.org", "--role", role)
            site.run("user", "add", *who, "--password-stdin", typed=f"{PASSWORD}\n")
    shutil.copytree(ARTICLES, site.articles)
    everything = str(site.articles)
    site.run("check", everything)
    lamps = site.articles / "lamps.md"
    written = lamps.read_text()
    lamps.write_text(written.replace("slug: lamps", "slug: old-lamps"))
    site.run("publish", everything, "--as", "edith")
    site.publish("lamps", "slug: old-lamps", "slug: lamps")
    site.run("publish", everything)
    site.publish("ferry", "verdict: verified", "verdict: certain")
    site.publish("ferry", "verdict: certain", "verdict: verified")
    site.ids["lamps"] = site.find(VISITOR, LAMPS, r'data-live-stream="article:(\d+)"')


def _settle(site: Site) -> None:
    """People come, and make themselves at home."""
    site.post(VISITOR, "/register", form=True, username="nora", email="nora@example.org", password="short")
    site.post(VISITOR, "/register", username="", email="no address", password="")
    site.post(VISITOR, "/login", form=True, login="rita", password="not the password that she has")
    site.post(VISITOR, "/login", login="rita", password="not the password that she has")
    site.post(
        "newcomer", "/register", form=True, username="nora", email="nora@example.org", password=PASSWORD
    )
    site.post("rita", f"{LAMPS}/follow", follow="on")
    site.post("rita", "/fact-checks/both-towers-stay/follow", form=True, follow="on")
    site.post("tom", f"{FERRY}/follow", follow="on")
    site.post("tom", f"{FERRY}/follow", follow="off")
    site.post("rita", "/account/shortcuts", shortcuts="on")
    site.post("rita", "/account/shortcuts", form=True, shortcuts="off")
    paces: dict[str, Any] = dict.fromkeys(
        ("decision", "report", "reply", "mention", "verdict", "comment"), "at-once"
    )
    site.post("rita", "/account/mail", **paces)
    site.post("tom", "/account/mail", form=True, **{**paces, "comment": "daily"})
    site.post("tom", "/account/mail", **{**paces, "comment": "never ever"})


def _talk(site: Site) -> None:
    """People discuss, and change and recommend what they wrote."""
    claim = site.find("rita", "/fact-checks/both-towers-stay", r'name="claim_id" value="(\d+)"')
    site.ids["claim"] = claim
    site.ids["rita"] = site.find("rita", "/about", r'data-live-stream="person:(\d+)"')
    site.ids["nora"] = site.find("nora", "/about", r'data-live-stream="person:(\d+)"')
    comment(site, "rita", LAMPS, "> Nobody puts out a lamp.\n\nWell *said*.", name="first", claim_id=claim)
    first = site.ids["first"]
    comment(site, "tom", LAMPS, "@rita said it: `nobody`.", name="answer", parent_id=first)
    comment(site, "edith", LAMPS, "We asked the keeper.", name="deeper", parent_id=site.ids["answer"])
    comment(site, "nora", LAMPS, "Read https://lamps.example/ about it.", name="held")
    comment(site, "tom", LAMPS, "You are all fools.", name="rude")
    comment(site, "tom", LAMPS, "I take this back.", name="deleted")
    comment(site, "bo", LAMPS, "Buy lamps from me.", name="spam")
    comment(site, "bo", FERRY, "Buy ferries from me.", name="more-spam")
    comment(site, "nora", FERRY, "Was the captain asleep?", name="question")
    comment(site, "rita", LAMPS, "I was there.", name="edited")
    for number in range(3):
        comment(site, "max", FERRY, f"Remark {number}.", parent_id=site.ids["question"])
    for number in range(6):
        comment(site, "nora", FERRY, f"Thought {number}.", parent_id=site.ids["question"])
    comment(site, "rita", LAMPS, "   ")
    comment(site, "rita", LAMPS, "No such comment.", parent_id=999)
    site.post(
        "rita",
        f"{LAMPS}/comments",
        form=True,
        body="x" * 5001,
        submission_id=str(uuid5(NAMESPACE_URL, "long")),
    )
    site.post(
        "rita",
        f"{LAMPS}/comments",
        body="**bold**",
        submission_id=str(uuid5(NAMESPACE_URL, "p")),
        preview="1",
    )
    sent: dict[str, Any] = {"body": "Sent twice.", "submission_id": str(uuid5(NAMESPACE_URL, "twice"))}
    site.post("edith", f"{LAMPS}/comments", form=True, **sent)
    site.post("edith", f"{LAMPS}/comments", **sent)
    site.post("edith", f"{LAMPS}/comments", **{**sent, "body": "Something else."})
    site.post("rita", f"/comments/{site.ids['edited']}/edit", body="I was *there*, @tom.", revision=1)
    site.post("rita", f"/comments/{site.ids['edited']}/edit", body="I was not there.", revision=1)
    site.post("tom", f"/comments/{site.ids['deleted']}/delete")
    for wanted in ("yes", "no", "yes"):
        site.post("tom", f"/comments/{first}/recommend", recommended=wanted)
    site.post("mona", f"/comments/{first}/recommend", form=True, recommended="yes")
    site.post("rita", f"/comments/{first}/recommend", recommended="yes")


def _revisit(site: Site) -> None:
    """People come back, and some don't want to read others."""
    site.post("rita", f"{LAMPS}/visit", up_to=site.ids["rude"])
    site.post("rita", "/people/bo/mute")
    site.post("rita", "/people/bo/unmute")
    site.post("rita", "/people/bo/mute", form=True)
    site.post("rita", "/people/nobody/mute")


def _report(site: Site) -> None:
    """Readers report comments, to moderators and to editors."""
    rude, answer, question = (f"/comments/{site.ids[name]}/report" for name in ("rude", "answer", "question"))
    site.post("rita", rude, reason="abusive", note="He means us.", revision=1)
    site.post("rita", rude, reason="abusive", note="He means us.", revision=1)
    site.post("bo", question, form=True, reason="off-topic", note="", revision=1)
    site.post("rita", answer, reason="facts", note="Nobody said that.", revision=1)
    site.post("tom", question, reason="facts", note="He was awake.", revision=1)
    site.post("tom", rude, reason="abusive", note="", revision=1)


def _decide(site: Site) -> None:
    """Moderators decide about comments, and are appealed against."""
    of = {
        name: f"/moderation/comments/{site.ids[name]}" for name in site.ids if isinstance(site.ids[name], int)
    }
    site.ids["removal"] = site.post(
        "mona", f"{of['rude']}/remove", reason="abusive", note="Not among us.", revision=1
    )["decision"]
    site.post("mona", f"{of['rude']}/remove", reason="abusive", note="Not among us.", revision=1)
    site.post("mona", f"{of['spam']}/remove", form=True, reason="other", note="", revision=1)
    site.ids["spam-removal"] = site.post("mona", f"{of['spam']}/remove", reason="spam", note="", revision=1)[
        "decision"
    ]
    site.post("mona", f"{of['held']}/approve", note="", revision=1)
    site.post("max", f"{of['deeper']}/approve", form=True, note="Seen.", revision=1)
    site.post("mona", f"{of['first']}/pin", revision=1)
    site.post("mona", f"{of['first']}/unpin", revision=1)
    site.post("max", f"{of['first']}/pin", form=True, revision=1)
    spam = site.ids["more-spam"]
    site.post("mona", "/moderation/decide", do="remove", pick=f"{spam}.1", reason="spam", note="Again.")
    site.ids["undone"] = site.find("mona", "/moderation/removed", r"/moderation/decisions/(\d+)/undo")
    site.post("mona", f"/moderation/decisions/{site.ids['undone']}/undo")
    site.post("mona", "/moderation/decide", form=True, do=f"remove:{spam}.1")
    site.post("mona", "/moderation/decide", form=True, do="approve")
    site.post("tom", f"/account/decisions/{site.ids['removal']}/appeal", text="I meant nobody here.")
    site.post("tom", f"/account/decisions/{site.ids['removal']}/appeal", text="I said it before.")
    site.ids["appeal"] = site.find("max", "/moderation/appeals", r"/moderation/appeals/(\d+)")
    site.post("mona", f"/moderation/appeals/{site.ids['appeal']}", outcome="upheld", answer="It was me.")
    site.post("max", f"/moderation/appeals/{site.ids['appeal']}", outcome="upheld", answer="You did.")
    site.post("mona", f"{of['rude']}/restore", note="Let us try again.", revision=1)
    site.ids["removal"] = site.post(
        "mona", f"{of['rude']}/remove", reason="harassment", note="Enough now.", revision=1
    )["decision"]
    site.post("tom", f"/account/decisions/{site.ids['removal']}/appeal", form=True, text="This is *unfair*.")
    site.ids["appeal"] = site.find("max", "/moderation/appeals", r"/moderation/appeals/(\d+)")


def _rule(site: Site) -> None:
    """Moderators act on people, discussions and words."""
    tom, nora, bo, max_ = (f"/moderation/people/{name}/measures" for name in ("tom", "nora", "bo", "max"))
    site.post("mona", tom, kind="note", reason="", words="Has been warned by voice.", lasts="")
    site.post("mona", tom, kind="warning", words="Be kind.", reason="abusive", lasts="")
    site.ids["warning"] = site.find("mona", "/moderation/people/tom", r"/moderation/measures/(\d+)/end")
    comment(site, "tom", FERRY, "I am warned.")
    site.ids["acknowledged"] = site.find("tom", FERRY, r"/account/warnings/(\d+)")
    site.post("tom", f"/account/warnings/{site.ids['acknowledged']}", next=FERRY)
    site.post("mona", nora, form=True, kind="premoderation", words="", reason="spam", lasts="7d")
    comment(site, "nora", FERRY, "Am I read first?", name="read-first")
    site.post("mona", nora, kind="suspension", words="", reason="spam", lasts="")
    site.post("mona", nora, kind="suspension", words="", reason="spam", lasts="24h")
    site.ids["suspension"] = site.find("mona", "/moderation/people/nora", r"/moderation/measures/(\d+)/end")
    comment(site, "nora", FERRY, "Am I suspended?")
    site.post("mona", f"/moderation/measures/{site.ids['suspension']}/end")
    site.post(
        "mona", bo, kind="ban", words="Only sells.", reason="advertising", lasts="", remove_comments="y"
    )
    site.ids["ban"] = site.find("mona", "/moderation/people/bo", r"/moderation/measures/(\d+)/end")
    site.post("mona", f"/moderation/measures/{site.ids['ban']}/comments")
    site.post("mona", max_, kind="note", reason="", words="Too friendly.", lasts="")
    banned = site.post("stranger", "/login", form=True, login="bo", password=PASSWORD)
    key = re.search(r"/decisions/([\w.-]+)", banned.text)
    assert key, banned.text
    site.ids["key"] = key[1].strip(".")
    keyed = f"/decisions/{site.ids['key']}"
    site.ids["ban-decision"] = site.find("stranger", keyed, rf"{re.escape(keyed)}/(\d+)")
    site.post("stranger", f"{keyed}/{site.ids['ban-decision']}/appeal", text="I sold little.")
    site.post("mona", "/moderation/articles/arabic", closed="y", why="Nobody reads it.", slow_seconds=0)
    site.post(
        "mona", "/moderation/articles/ferry", slow_seconds=60, closes_at="2026-03-20T12:00", why="Too quick."
    )
    site.post("mona", "/moderation/articles/ferry", form=True, slow_seconds=-1, why="")
    comment(site, "rita", ARABIC, "Is it closed?")
    words: dict[str, Any] = {"words": "swindle\ncheap lamps\n", "version": 0}
    site.post("mona", "/moderation/words/banned", form=True, act="try", **words)
    site.post("mona", "/moderation/words/banned", act="save", **words)
    site.post("mona", "/moderation/words/banned", act="save", **words)
    site.post("mona", "/moderation/words/suspect", form=True, act="save", words="lighthouse\n", version=0)
    comment(site, "tom", LAMPS, "It is a swindle.")
    comment(site, "tom", LAMPS, "The lighthouse is the next.", name="suspect")


def _check(site: Site) -> None:
    """Editors decide claims, and answer readers."""
    waiting = re.findall(r"/desk/reports/(\d+)/answer", site.get("edith", "/desk/reports").text)
    first = min(waiting, key=int)
    site.post("edith", f"/desk/reports/{first}/seen")
    site.post("edith", f"/desk/reports/{first}/answer", form=True, answer="")
    site.post("edith", f"/desk/reports/{first}/answer", answer="She did say it, to us.")
    oldest = "/fact-checks/oldest-lamp"
    sources = re.findall(r'name="sources"[^>]* value="(\d+)" checked', site.get("edith", oldest).text)
    ruling: dict[str, Any] = {
        "verdict": "false",
        "why": "An older lamp burns in the south.",
        "sources": sources,
        "version": 1,
    }
    site.post("edith", f"{oldest}/verdict", **{**ruling, "why": ""})
    site.post("edith", f"{oldest}/verdict", form=True, **{**ruling, "verdict": "wrong"})
    site.post("edith", f"{oldest}/verdict", **ruling)
    site.post("edith", f"{oldest}/verdict", **ruling)
    towers = "/fact-checks/both-towers-stay"
    new: dict[str, Any] = {
        "source_publisher": "Coast Guard",
        "source_title": "Chart 7",
        "source_kind": "primary",
    }
    why = "The chart shows it, too."
    sources = re.findall(r'name="sources"[^>]* value="(\d+)" checked', site.get("edith", towers).text)
    site.post(
        "edith",
        f"{towers}/verdict",
        form=True,
        verdict="mostly-true",
        why=why,
        sources=sources,
        version=1,
        **new,
    )
    keeper: dict[str, Any] = {"text": "The keeper has left the tower.", "about": "fact", "version": 1}
    site.post("edith", "/fact-checks/keeper-left/text", **keeper)
    site.post("edith", "/fact-checks/keeper-left/text", reason="It was too short.", **keeper)
    site.post("edith", "/fact-checks/keeper-left/text", form=True, reason="Again.", **keeper)


def _be_told(site: Site) -> None:
    """The job queue has told people and sent mail, and some have read it."""
    site.tell()
    newest = site.find("rita", "/account/notifications", r'name="through" value="(\d+)"')
    site.post("rita", "/account/notifications/read", through=newest, only=newest)
    site.post("tom", "/account/notifications/read", form=True, through=newest)
    site.tell(after=21 * HOUR)
    mails = [each.read_text() for each in sorted((site.instance / "outbox").glob("*.eml"))]
    token = next(
        found for mail in mails if "mona" not in mail for found in re.findall(r"/unsubscribe/([\w.-]+)", mail)
    )
    site.ids["unsubscribe"] = token
    site.post(VISITOR, f"/unsubscribe/{token}", form=True)


def _leave_waiting(site: Site) -> None:
    """Something waits in each queue, and somebody leaves."""
    comment(site, "nora", LAMPS, "I wait to be read.", name="waiting")
    comment(site, "rita", LAMPS, "This can still be changed.", name="latest")
    site.post("tom", f"/comments/{site.ids['latest']}/report", reason="offensive", note="No.", revision=1)
    other = "rita elsewhere"
    site.post(other, "/login", form=True, login="rita", password=PASSWORD, remember="y")
    sessions = re.findall(r"/account/sessions/(\d+)/end", site.get("rita", "/account/").text)
    site.post("rita", f"/account/sessions/{max(sessions, key=int)}/end")
    site.post("rita", "/account/sessions/end-others")
    site.post("ada", "/account/password", current="wrong", password=f"{PASSWORD} now")
    site.post("ada", "/account/password", form=True, current=PASSWORD, password=f"{PASSWORD} now")
    site.post("ada", "/logout", form=True)
    site.tell()


def run_commands(site: Site) -> None:
    """Run what operators run on a site that has been in use."""
    for command in ("user list", "log check", "db check", "render"):
        site.run(*command.split())
    site.run("user", "role", "tom", "moderator")
    site.run("user", "role", "nobody", "moderator")
    site.run("export", str(site.folder / "export"))
    site.run("backup", str(site.folder / "backup"))
    page = site.folder / "page.txt"
    page.write_text("A title\n\nA paragraph.\n\nFact check\nIt is so.\nverified · Coast Guard\n")
    site.run("convert", str(page))
