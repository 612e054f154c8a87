"""Every kind of event, each with the line the README prints for it."""

from reader.enums import DescribedEnum


class Kind(DescribedEnum):
    """Kinds of events; ``says`` documents each."""

    says: str

    COMMENT_POSTED = "comment-posted", "A comment was published."
    COMMENT_HELD = "comment-held", "A comment waits for a moderator; only its author sees it."
    COMMENT_EDITED = "comment-edited", "Its author changed what a comment says."
    COMMENT_DELETED = "comment-deleted", "Its author deleted a comment; a tombstone stays."
    COMMENT_REMOVED = "comment-removed", "A moderator removed a comment; a tombstone stays."
    COMMENT_RESTORED = "comment-restored", "A moderator brought back a comment that was removed or held."
    COMMENT_RECOMMENDED = "comment-recommended", "Somebody recommended a comment, or took that back."
    THREAD_CHANGED = "thread-changed", "A moderator closed, opened, slowed or otherwise changed a discussion."
    MEASURE_TAKEN = "measure-taken", "Moderators did something to a person, or took it back."
    VERDICT_CHANGED = "verdict-changed", "An editor changed a claim's verdict, its reason or its sources."
    CLAIM_REVISED = "claim-revised", "What a claim says, who made it, or where it was made, changed."
    CORRECTION_WRITTEN = (
        "correction-written",
        "A correction of an article was written, by its file or by a verdict, or taken out of the file.",
    )
    ARTICLE_RETRACTED = "article-retracted", "An article was retracted, or its retraction taken back."
    ARTICLE_REVISED = "article-revised", "The article was published again with other content."
    COMMENT_PINNED = "comment-pinned", "Another comment, or none, is pinned to the top of a thread."
    REPORT_FILED = "report-filed", "A reader reported a comment; moderators see it."
    REPORT_DECIDED = "report-decided", "What became of a person's report."
    CASE_DECIDED = (
        "case-decided",
        "A moderator decided about a comment or an appeal; others see who and what.",
    )
    BELL_CHANGED = "bell-changed", "The person was notified of something, or has read what they were told."
    DECISION_TOLD = "decision-told", "A decision about oneself or something of one's own, with its reasons."
    APPEAL_FILED = "appeal-filed", "Somebody appealed against a decision about them; moderators see it."
    ACCESS_ENDED = "access-ended", "A session, or all of a person's, ended; their sockets are cut."
