"""Messages that are one text each."""

from typing import Any

from bridge.errors import FeedError, RejectError
from bridge.feed import Feed
from bridge.value import check_text


class TextDecoder:
    """Turns one feed's messages into tuples of one value."""

    def __init__(self, feed: Feed) -> None:
        """Raises FeedError if the feed has not exactly one column that the message fills."""
        if [column.type_name for column in feed.fields] != ["text"]:
            raise FeedError("a feed of text has one column of text that its messages fill")
        (self._column,) = feed.fields

    def decode(self, data: bytes) -> tuple[Any, ...]:
        """The message as it came, a line's end included; raises RejectError saying what is wrong with it."""
        try:
            text = data.decode()
        except UnicodeDecodeError:
            raise RejectError(f"{self._column.field_name} is not valid UTF-8") from None
        check_text(self._column, text)
        return (text,)
