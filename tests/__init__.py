"""Tests: one folder per folder of the product, and the whole of it in browser/ and faults/."""
