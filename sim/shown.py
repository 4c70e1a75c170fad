"""Text as messages show it: on one line, shortened."""

LONGEST_VALUE = 60  # characters of a value that a message shows


def visible(text: str) -> str:
    """The text with control characters escaped."""
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in text)


def shortened(text: str, longest: int = LONGEST_VALUE) -> str:
    """The beginning of a text, as much of it as a message shows."""
    return text if len(text) <= longest else text[: longest - 1] + "…"


def shown(text: str, longest: int = LONGEST_VALUE) -> str:
    """A value as messages show it."""
    return shortened(visible(text), longest)
