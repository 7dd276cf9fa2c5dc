"""The pages that need every floor."""
