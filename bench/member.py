"""One user's connection, as cheap as Python allows: a bare socket whose bytes are compared with what they should be."""

import json
import socket
import struct
from collections.abc import Mapping

from google.protobuf import json_format

from bench.errors import ReceivedError, RefusedError
from bench.reference import Reference, frame_bounds, split, take_control
from bench.tape import Tape
from clientsim.frames import BINARY, CLOSE, PING, TEXT, FrameReader
from clientsim.handshake import Handshake
from proto import tags
from proto.chatmessage_pb2 import COMMENT, FILTER, JOIN_REQ, chatmessage, feedfilter
from proto.subprotocol import JSON_SUBPROTOCOL, SUBPROTOCOL

DRAIN_SECONDS = 30.0
_READ_BYTES = 65536
_PONG = 0x8A


class Member:
    """Joins a room and decodes what arrives, until `watch` or `record`: then bytes are compared, or checked later."""

    subprotocol = SUBPROTOCOL
    __slots__ = (
        "_rest",
        "filter_seq",
        "handshake",
        "is_in",
        "mark",
        "name",
        "offset",
        "reader",
        "reference",
        "room",
        "seq",
        "socket",
        "tape",
    )

    def __init__(self, port: int, name: str, room: int) -> None:
        """Connect and ask for the upgrade; raises OSError."""
        self.name = name
        self.room = room
        # Of the last message that was decoded, and of the FILTERAPPLIED after the last set_filters().
        self.seq = 0
        self.filter_seq = 0
        self.is_in = False
        # From watch() on: what all members get, how many bytes of it have arrived, how many of its marks were passed.
        self.reference: Reference | None = None
        self.offset = 0
        self.mark = 0
        # From record() on: what has arrived and was not checked yet.
        self.tape: Tape | None = None
        self.handshake = Handshake(f"127.0.0.1:{port}", self.subprotocol)
        self.reader = FrameReader()
        # The beginning of a frame, when it is compared with the reference.
        self._rest = b""
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.sendall(self.handshake.request)
        self.socket.setblocking(False)

    def read(self) -> bytes:
        """What has arrived; raises ReceivedError if the connection has ended."""
        try:
            chunk = self.socket.recv(_READ_BYTES)
        except BlockingIOError:
            return b""
        if not chunk:
            raise ReceivedError(f"{self.name} lost the connection")
        return chunk

    def take(self, chunk: bytes) -> None:
        """Check what has arrived; raises ReceivedError or, before `watch`, HandshakeError or RefusedError."""
        reference = self.reference
        if reference is None:
            self._take_frames(chunk)
        elif not self._rest and reference.matches(self.offset, chunk):
            self.offset += len(chunk)
        else:
            self._take_new(reference, self._rest + chunk)

    def watch(self, reference: Reference) -> None:
        """From here on, compare what arrives with a reference, which starts where this member is."""
        self.reference, self.tape = reference, None

    def record(self, tape: Tape) -> None:
        """From here on, record what arrives, to be checked later."""
        self.reference, self.tape = None, tape

    def check_tape(self) -> bytes:
        """Check what was recorded, answer pings, return latencies (native 64-bit nanoseconds). Raises ReceivedError."""
        assert self.tape is not None
        latencies, pings = self.tape.check()
        self._answer(pings)
        return latencies

    def set_filters(self, clauses: Mapping[str, str]) -> None:
        """Ask for filters, by the feeds' names; `filter_seq` is set when they are in force."""
        filters = [feedfilter(feed=feed, clause=clause) for feed, clause in clauses.items()]
        self._send(chatmessage(mtype=FILTER, filters=filters).SerializeToString())

    def comment(self, text: bytes) -> None:
        """Send a comment; `text` is ASCII and shorter than 124 bytes."""
        self._send(b"%c%c%c%c%b" % (tags.MTYPE, COMMENT, tags.COMMENT, len(text), text))

    def drain(self) -> int:
        """Read on to the close of a connection that the service has closed; returns its code. Raises ReceivedError."""
        assert self.reference is not None
        self.socket.settimeout(DRAIN_SECONDS)
        data = b""
        while chunk := self.socket.recv(_READ_BYTES):
            data += chunk
            place, end = 0, len(data)
            while (bounds := frame_bounds(data, place, end))[1] <= end:
                start, stop = bounds
                if data[place] == 0x80 | CLOSE:
                    return int.from_bytes(data[start : start + 2], "big")
                if data[place] != 0x80 | PING:
                    if not self.reference.matches(self.offset, data[place:stop]):
                        raise ReceivedError(f"{self.name} got other bytes than the others: {data[place:stop]!r}")
                    self.offset += stop - place
                place = stop
            data = data[place:]
        raise ReceivedError(f"{self.name} lost the connection without a close")

    def close(self) -> None:
        """Drop the connection."""
        self.socket.close()

    def _take_new(self, reference: Reference, chunk: bytes) -> None:
        """Bytes that no member got before, or a ping."""
        self._rest = b""
        while chunk:
            known = reference.common(self.offset, chunk)
            self.offset += known
            chunk = chunk[known:]
            if self.offset == reference.end:
                frames, self._rest, pings = split(chunk)
                reference.extend(frames)
                self.offset += len(frames)
                self._answer(pings)
                return
            if chunk:
                if chunk[0] not in (0x80 | PING, 0x80 | CLOSE):
                    raise ReceivedError(f"{self.name} got other bytes than the others in the room: {chunk[:60]!r}")
                size = 2 + chunk[1] if len(chunk) > 1 else 2
                if len(chunk) < size:
                    self._rest = chunk
                    return
                self._answer([take_control(chunk[0], chunk[2:size])])
                chunk = chunk[size:]

    def _take_frames(self, chunk: bytes) -> None:
        if not self.handshake.is_done:
            chunk = self.handshake.take(chunk)
        for opcode, content in self.reader.take(chunk):
            if opcode == PING:
                self._answer([content])
            elif opcode == TEXT:
                fields = json.loads(content)
                seq, status, user = int(fields.get("seq", 0)), fields.get("userstatus", ""), fields.get("user", "")
                self._take_message(seq, status, user, fields.get("reason", ""))
            else:
                message = chatmessage.FromString(content)
                self._take_message(message.seq, message.userstatus, message.user, message.reason)

    def _take_message(self, seq: int, status: str, user: str, reason: str) -> None:
        self.seq = seq or self.seq
        if status == "PENDING":
            self._send(chatmessage(mtype=JOIN_REQ, user=self.name, roomid=self.room).SerializeToString())
        elif status == "USERJOINED" and user == self.name:
            self.is_in = True
        elif status == "FILTERAPPLIED":
            self.filter_seq = seq
        elif status.startswith(("DENIED", "REJECTED")):
            raise RefusedError(f"{self.name}: {status} {reason}")

    def _answer(self, pings: list[bytes]) -> None:
        for content in pings:
            self.socket.send(struct.pack("!BBI", _PONG, 0x80 | len(content), 0) + content)

    def _send(self, message: bytes) -> None:
        self._send_frame(BINARY, message)

    def _send_frame(self, kind: int, content: bytes) -> None:
        """Send a masked frame; the mask is zero, which leaves the content as it is."""
        size = struct.pack("!B", 0x80 | len(content)) if len(content) < 126 else struct.pack("!BH", 0xFE, len(content))
        self.socket.send(bytes((0x80 | kind,)) + size + b"\0\0\0\0" + content)


class JsonMember(Member):
    """One who speaks JSON."""

    subprotocol = JSON_SUBPROTOCOL
    __slots__ = ()

    def _send(self, message: bytes) -> None:
        self._send_frame(TEXT, json_format.MessageToJson(chatmessage.FromString(message)).encode())
