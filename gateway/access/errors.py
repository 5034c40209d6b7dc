"""What goes wrong with keys and with tokens. No text of these shows a key or a token, or a part of one."""


class KeysError(Exception):
    """Keys cannot be read; the message is for the operator."""


class TokenError(Exception):
    """A token does not let in; the message is for whoever sent it, and says nothing that helps to make one."""
