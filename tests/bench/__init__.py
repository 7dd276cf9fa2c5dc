"""What the product costs beside the least that would do: run `python -m tests.bench WHAT`, as its help names them."""
