"""What the product costs beside the least that would do: run `python -m tests.bench slots|http|commit`."""
