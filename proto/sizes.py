"""How large messages may be, so that each reaches a client in one frame that the client takes."""

MAX_SENT_BYTES = 1024 * 1024
"""Largest message to a client: WebSocket libraries close the connection (1009) at a larger one, by default."""
MAX_CONTENT_BYTES = MAX_SENT_BYTES - 512
"""Largest comment, and largest feed message. What is put around a comment takes up to 281 bytes: 259 for a name of 64
characters of four bytes each, and mtype, roomid, seq, and the comment's own size. Around a feed message it is less."""
