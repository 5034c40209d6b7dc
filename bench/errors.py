"""What can go wrong in a benchmark.

BenchError
├── CutOffError      the service cut off a client that was too slow: the load was more than the clients could take
├── ReceivedError    what a client got is wrong: another byte, a gap, a double, disorder, a closed connection
└── RefusedError     the service refused what a benchmark needs: a join, a filter
"""


class BenchError(Exception):
    """A benchmark cannot go on; the message is for a person."""


class ReceivedError(BenchError):
    """A client got something other than it should have."""


class RefusedError(BenchError):
    """The service refused a join or a filter."""


class CutOffError(BenchError):
    """A client was cut off because it did not read fast enough."""
