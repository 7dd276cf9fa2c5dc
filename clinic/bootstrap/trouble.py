"""The one exception of the commands that run before Django: its text is the sentence that is printed."""


class Trouble(Exception):
    """Something the reader can mend, said in one plain sentence."""
