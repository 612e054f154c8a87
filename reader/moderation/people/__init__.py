"""What moderators do to people: notes, warnings, suspensions, bans."""
