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
    PREVIEW: _ClassVar[msgtype]
    VALUES: _ClassVar[msgtype]
    EXPLAIN: _ClassVar[msgtype]
    HISTORY: _ClassVar[msgtype]
    FILTERS: _ClassVar[msgtype]
    RATES: _ClassVar[msgtype]
    MODERATE: _ClassVar[msgtype]
    USERS: _ClassVar[msgtype]
ROOM_STATUS: msgtype
JOIN_REQ: msgtype
COMMENT: msgtype
FILTER: msgtype
EVENT: msgtype
EXECUTION: msgtype
FEED: msgtype
PREVIEW: msgtype
VALUES: msgtype
EXPLAIN: msgtype
HISTORY: msgtype
FILTERS: msgtype
RATES: msgtype
MODERATE: msgtype
USERS: msgtype

class roomstatus(_message.Message):
    __slots__ = ("roomid", "maxusers", "currusers", "numusers")
    ROOMID_FIELD_NUMBER: _ClassVar[int]
    MAXUSERS_FIELD_NUMBER: _ClassVar[int]
    CURRUSERS_FIELD_NUMBER: _ClassVar[int]
    NUMUSERS_FIELD_NUMBER: _ClassVar[int]
    roomid: int
    maxusers: int
    currusers: _containers.RepeatedScalarFieldContainer[str]
    numusers: int
    def __init__(self, roomid: _Optional[int] = ..., maxusers: _Optional[int] = ..., currusers: _Optional[_Iterable[str]] = ..., numusers: _Optional[int] = ...) -> None: ...

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

class feedrow(_message.Message):
    __slots__ = ("row_id", "row")
    ROW_ID_FIELD_NUMBER: _ClassVar[int]
    ROW_FIELD_NUMBER: _ClassVar[int]
    row_id: int
    row: str
    def __init__(self, row_id: _Optional[int] = ..., row: _Optional[str] = ...) -> None: ...

class previewresult(_message.Message):
    __slots__ = ("examined", "matching", "per_minute", "examples", "warning")
    EXAMINED_FIELD_NUMBER: _ClassVar[int]
    MATCHING_FIELD_NUMBER: _ClassVar[int]
    PER_MINUTE_FIELD_NUMBER: _ClassVar[int]
    EXAMPLES_FIELD_NUMBER: _ClassVar[int]
    WARNING_FIELD_NUMBER: _ClassVar[int]
    examined: int
    matching: int
    per_minute: float
    examples: _containers.RepeatedCompositeFieldContainer[feedrow]
    warning: str
    def __init__(self, examined: _Optional[int] = ..., matching: _Optional[int] = ..., per_minute: _Optional[float] = ..., examples: _Optional[_Iterable[_Union[feedrow, _Mapping]]] = ..., warning: _Optional[str] = ...) -> None: ...

class columnvalue(_message.Message):
    __slots__ = ("literal", "count")
    LITERAL_FIELD_NUMBER: _ClassVar[int]
    COUNT_FIELD_NUMBER: _ClassVar[int]
    literal: str
    count: int
    def __init__(self, literal: _Optional[str] = ..., count: _Optional[int] = ...) -> None: ...

class explaineditem(_message.Message):
    __slots__ = ("item", "value")
    ITEM_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    item: str
    value: str
    def __init__(self, item: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...

class pastfilter(_message.Message):
    __slots__ = ("feed", "clause", "set_by", "set_at", "state", "reason")
    FEED_FIELD_NUMBER: _ClassVar[int]
    CLAUSE_FIELD_NUMBER: _ClassVar[int]
    SET_BY_FIELD_NUMBER: _ClassVar[int]
    SET_AT_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    feed: str
    clause: str
    set_by: str
    set_at: int
    state: str
    reason: str
    def __init__(self, feed: _Optional[str] = ..., clause: _Optional[str] = ..., set_by: _Optional[str] = ..., set_at: _Optional[int] = ..., state: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class feedrate(_message.Message):
    __slots__ = ("feed", "rows")
    FEED_FIELD_NUMBER: _ClassVar[int]
    ROWS_FIELD_NUMBER: _ClassVar[int]
    feed: str
    rows: int
    def __init__(self, feed: _Optional[str] = ..., rows: _Optional[int] = ...) -> None: ...

class chatmessage(_message.Message):
    __slots__ = ("mtype", "userstatus", "numrooms", "rooms", "user", "roomid", "comment", "sport_filter", "execution_filter", "eventmsg", "execmsg", "seq", "reason", "resume_after", "history", "resume_token", "feed", "row", "rowbytes", "filters", "feeds", "reason_at", "request", "clause", "preview", "column", "prefix", "values", "row_id", "explanation", "before", "messages", "past_filters", "rates", "auth_token", "action", "seconds", "removed_seq", "auth_required")
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
    REQUEST_FIELD_NUMBER: _ClassVar[int]
    CLAUSE_FIELD_NUMBER: _ClassVar[int]
    PREVIEW_FIELD_NUMBER: _ClassVar[int]
    COLUMN_FIELD_NUMBER: _ClassVar[int]
    PREFIX_FIELD_NUMBER: _ClassVar[int]
    VALUES_FIELD_NUMBER: _ClassVar[int]
    ROW_ID_FIELD_NUMBER: _ClassVar[int]
    EXPLANATION_FIELD_NUMBER: _ClassVar[int]
    BEFORE_FIELD_NUMBER: _ClassVar[int]
    MESSAGES_FIELD_NUMBER: _ClassVar[int]
    PAST_FILTERS_FIELD_NUMBER: _ClassVar[int]
    RATES_FIELD_NUMBER: _ClassVar[int]
    AUTH_TOKEN_FIELD_NUMBER: _ClassVar[int]
    ACTION_FIELD_NUMBER: _ClassVar[int]
    SECONDS_FIELD_NUMBER: _ClassVar[int]
    REMOVED_SEQ_FIELD_NUMBER: _ClassVar[int]
    AUTH_REQUIRED_FIELD_NUMBER: _ClassVar[int]
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
    request: int
    clause: str
    preview: previewresult
    column: str
    prefix: str
    values: _containers.RepeatedCompositeFieldContainer[columnvalue]
    row_id: int
    explanation: _containers.RepeatedCompositeFieldContainer[explaineditem]
    before: int
    messages: _containers.RepeatedCompositeFieldContainer[chatmessage]
    past_filters: _containers.RepeatedCompositeFieldContainer[pastfilter]
    rates: _containers.RepeatedCompositeFieldContainer[feedrate]
    auth_token: str
    action: str
    seconds: int
    removed_seq: int
    auth_required: bool
    def __init__(self, mtype: _Optional[_Union[msgtype, str]] = ..., userstatus: _Optional[str] = ..., numrooms: _Optional[int] = ..., rooms: _Optional[_Iterable[_Union[roomstatus, _Mapping]]] = ..., user: _Optional[str] = ..., roomid: _Optional[int] = ..., comment: _Optional[str] = ..., sport_filter: _Optional[str] = ..., execution_filter: _Optional[str] = ..., eventmsg: _Optional[_Union[_event_pb2.event, _Mapping]] = ..., execmsg: _Optional[_Union[_execution_pb2.execution, _Mapping]] = ..., seq: _Optional[int] = ..., reason: _Optional[str] = ..., resume_after: _Optional[int] = ..., history: _Optional[int] = ..., resume_token: _Optional[str] = ..., feed: _Optional[str] = ..., row: _Optional[str] = ..., rowbytes: _Optional[bytes] = ..., filters: _Optional[_Iterable[_Union[feedfilter, _Mapping]]] = ..., feeds: _Optional[_Iterable[_Union[feedinfo, _Mapping]]] = ..., reason_at: _Optional[int] = ..., request: _Optional[int] = ..., clause: _Optional[str] = ..., preview: _Optional[_Union[previewresult, _Mapping]] = ..., column: _Optional[str] = ..., prefix: _Optional[str] = ..., values: _Optional[_Iterable[_Union[columnvalue, _Mapping]]] = ..., row_id: _Optional[int] = ..., explanation: _Optional[_Iterable[_Union[explaineditem, _Mapping]]] = ..., before: _Optional[int] = ..., messages: _Optional[_Iterable[_Union[chatmessage, _Mapping]]] = ..., past_filters: _Optional[_Iterable[_Union[pastfilter, _Mapping]]] = ..., rates: _Optional[_Iterable[_Union[feedrate, _Mapping]]] = ..., auth_token: _Optional[str] = ..., action: _Optional[str] = ..., seconds: _Optional[int] = ..., removed_seq: _Optional[int] = ..., auth_required: _Optional[bool] = ...) -> None: ...
