"""The session at a terminal that the manual shows: from an empty folder to eleven accounts, posts and a schedule."""
