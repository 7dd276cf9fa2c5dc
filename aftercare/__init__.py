"""After the session: its record, the letters that follow, and the check-in."""
