"""What may go wrong, made to go wrong with real processes; beside each the proof that the test would see it."""
