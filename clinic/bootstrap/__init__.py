"""What `demo` and `verify` do around Django: set up, start, watch, stop; standard library only."""
