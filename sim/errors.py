"""The errors this package raises on purpose."""


class PostloanError(Exception):
    """Base of every error raised on purpose."""


class InputError(PostloanError):
    """The user's input is wrong (exit status 2); one message line or more.

    `zh` is the message for who asked for Chinese; a message that has none is shown as it is.
    """

    def __init__(self, *messages: str, zh: str = "") -> None:
        super().__init__(*messages)
        self.messages: tuple[str, ...] = messages
        self.zh = zh

    def __str__(self) -> str:
        return "\n".join(self.messages)


class LedgerError(PostloanError):
    """The books do not close."""


class StoreError(PostloanError):
    """A results store cannot be written; what it holds is intact."""


class ClusterError(PostloanError):
    """The workers of a cluster cannot do the work; a store keeps what they have done."""
