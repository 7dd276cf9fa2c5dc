"""Letters: what we write to whom, when it is due, and what became of it."""
