"""Chromium on the real processes."""
