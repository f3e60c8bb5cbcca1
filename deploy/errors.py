"""The one kind of error the command shows in a line."""


class StackError(Exception):
    """Something the person at the terminal can mend; the text says how."""
