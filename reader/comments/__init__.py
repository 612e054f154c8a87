"""The thread: comments, their revisions, the state of a thread."""
