"""Articles, their revisions, authors and topics."""
