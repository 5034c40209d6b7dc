"""What can go wrong while the stack is started, watched or asked about.

StackError                the message is one line: what is wrong and what to do
├── AlreadyRunningError   another `edgechat up` holds this data directory
├── HomeError             the data directory cannot be made, written or opened
├── MissingServerError    a server's program is not installed
├── PortTakenError        another process listens where a server or the gateway should
└── ServerStartError      a server or part ended, or was not ready in time, when it was started
"""


class StackError(Exception):
    """The stack cannot do what was asked; the message is for the person at the terminal."""


class AlreadyRunningError(StackError):
    """Another `edgechat up` holds this data directory."""


class HomeError(StackError):
    """The data directory cannot be made or written, or the server's user cannot enter it."""


class MissingServerError(StackError):
    """The program of an embedded server is not installed."""


class PortTakenError(StackError):
    """The address where a server or the gateway should listen is in use."""


class ServerStartError(StackError):
    """A server or part ended, or was not ready in time, when it was started."""
