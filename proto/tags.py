"""The tags of a chatmessage's fields, for code that reads or writes messages by hand where a library would cost more.

A tag is the number of a field and the form of its value (https://protobuf.dev/programming-guides/encoding/#structure).
Those here take one byte each.
"""

from proto.chatmessage_pb2 import chatmessage


def number_tag(field: int) -> int:
    """The tag of a field that holds a whole number."""
    return field << 3


def bytes_tag(field: int) -> int:
    """The tag of a field that holds a text or another message, whose size comes next."""
    return field << 3 | 2


MTYPE = number_tag(chatmessage.MTYPE_FIELD_NUMBER)
COMMENT = bytes_tag(chatmessage.COMMENT_FIELD_NUMBER)
EVENTMSG = bytes_tag(chatmessage.EVENTMSG_FIELD_NUMBER)
EXECMSG = bytes_tag(chatmessage.EXECMSG_FIELD_NUMBER)
SEQ = number_tag(chatmessage.SEQ_FIELD_NUMBER)
