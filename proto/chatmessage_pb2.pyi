from proto import event_pb2 as _event_pb2
from proto import execution_pb2 as _execution_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class msgtype(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ROOM_STATUS: _ClassVar[msgtype]
    JOIN_REQ: _ClassVar[msgtype]
    COMMENT: _ClassVar[msgtype]
    FILTER: _ClassVar[msgtype]
    EVENT: _ClassVar[msgtype]
    EXECUTION: _ClassVar[msgtype]
    FEED: _ClassVar[msgtype]
ROOM_STATUS: msgtype
JOIN_REQ: msgtype
COMMENT: msgtype
FILTER: msgtype
EVENT: msgtype
EXECUTION: msgtype
FEED: msgtype

class roomstatus(_message.Message):
    __slots__ = ("roomid", "maxusers", "currusers")
    ROOMID_FIELD_NUMBER: _ClassVar[int]
    MAXUSERS_FIELD_NUMBER: _ClassVar[int]
    CURRUSERS_FIELD_NUMBER: _ClassVar[int]
    roomid: int
    maxusers: int
    currusers: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, roomid: _Optional[int] = ..., maxusers: _Optional[int] = ..., currusers: _Optional[_Iterable[str]] = ...) -> None: ...

class feedfilter(_message.Message):
    __slots__ = ("feed", "clause")
    FEED_FIELD_NUMBER: _ClassVar[int]
    CLAUSE_FIELD_NUMBER: _ClassVar[int]
    feed: str
    clause: str
    def __init__(self, feed: _Optional[str] = ..., clause: _Optional[str] = ...) -> None: ...

class columninfo(_message.Message):
    __slots__ = ("name", "type")
    NAME_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    name: str
    type: str
    def __init__(self, name: _Optional[str] = ..., type: _Optional[str] = ...) -> None: ...

class feedinfo(_message.Message):
    __slots__ = ("name", "columns")
    NAME_FIELD_NUMBER: _ClassVar[int]
    COLUMNS_FIELD_NUMBER: _ClassVar[int]
    name: str
    columns: _containers.RepeatedCompositeFieldContainer[columninfo]
    def __init__(self, name: _Optional[str] = ..., columns: _Optional[_Iterable[_Union[columninfo, _Mapping]]] = ...) -> None: ...

class chatmessage(_message.Message):
    __slots__ = ("mtype", "userstatus", "numrooms", "rooms", "user", "roomid", "comment", "sport_filter", "execution_filter", "eventmsg", "execmsg", "seq", "reason", "resume_after", "history", "resume_token", "feed", "row", "rowbytes", "filters", "feeds", "reason_at")
    MTYPE_FIELD_NUMBER: _ClassVar[int]
    USERSTATUS_FIELD_NUMBER: _ClassVar[int]
    NUMROOMS_FIELD_NUMBER: _ClassVar[int]
    ROOMS_FIELD_NUMBER: _ClassVar[int]
    USER_FIELD_NUMBER: _ClassVar[int]
    ROOMID_FIELD_NUMBER: _ClassVar[int]
    COMMENT_FIELD_NUMBER: _ClassVar[int]
    SPORT_FILTER_FIELD_NUMBER: _ClassVar[int]
    EXECUTION_FILTER_FIELD_NUMBER: _ClassVar[int]
    EVENTMSG_FIELD_NUMBER: _ClassVar[int]
    EXECMSG_FIELD_NUMBER: _ClassVar[int]
    SEQ_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    RESUME_AFTER_FIELD_NUMBER: _ClassVar[int]
    HISTORY_FIELD_NUMBER: _ClassVar[int]
    RESUME_TOKEN_FIELD_NUMBER: _ClassVar[int]
    FEED_FIELD_NUMBER: _ClassVar[int]
    ROW_FIELD_NUMBER: _ClassVar[int]
    ROWBYTES_FIELD_NUMBER: _ClassVar[int]
    FILTERS_FIELD_NUMBER: _ClassVar[int]
    FEEDS_FIELD_NUMBER: _ClassVar[int]
    REASON_AT_FIELD_NUMBER: _ClassVar[int]
    mtype: msgtype
    userstatus: str
    numrooms: int
    rooms: _containers.RepeatedCompositeFieldContainer[roomstatus]
    user: str
    roomid: int
    comment: str
    sport_filter: str
    execution_filter: str
    eventmsg: _event_pb2.event
    execmsg: _execution_pb2.execution
    seq: int
    reason: str
    resume_after: int
    history: int
    resume_token: str
    feed: str
    row: str
    rowbytes: bytes
    filters: _containers.RepeatedCompositeFieldContainer[feedfilter]
    feeds: _containers.RepeatedCompositeFieldContainer[feedinfo]
    reason_at: int
    def __init__(self, mtype: _Optional[_Union[msgtype, str]] = ..., userstatus: _Optional[str] = ..., numrooms: _Optional[int] = ..., rooms: _Optional[_Iterable[_Union[roomstatus, _Mapping]]] = ..., user: _Optional[str] = ..., roomid: _Optional[int] = ..., comment: _Optional[str] = ..., sport_filter: _Optional[str] = ..., execution_filter: _Optional[str] = ..., eventmsg: _Optional[_Union[_event_pb2.event, _Mapping]] = ..., execmsg: _Optional[_Union[_execution_pb2.execution, _Mapping]] = ..., seq: _Optional[int] = ..., reason: _Optional[str] = ..., resume_after: _Optional[int] = ..., history: _Optional[int] = ..., resume_token: _Optional[str] = ..., feed: _Optional[str] = ..., row: _Optional[str] = ..., rowbytes: _Optional[bytes] = ..., filters: _Optional[_Iterable[_Union[feedfilter, _Mapping]]] = ..., feeds: _Optional[_Iterable[_Union[feedinfo, _Mapping]]] = ..., reason_at: _Optional[int] = ...) -> None: ...
