"""What happens before Django exists."""
