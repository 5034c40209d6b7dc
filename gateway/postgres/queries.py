"""The SQL that the gateway says: calls of functions of schema chat, and the notification that it sends itself."""

CONFIGURE_ROOMS = "select chat.configure_rooms($1)"
OPEN_GATEWAY = "select chat.open_gateway()"
NOTICE_PROMOTION = "select chat.notice_promotion()"
RECLAIM_GATEWAY = "select chat.reclaim_gateway($1)"
RELEASE_GATEWAY = "select chat.release_gateway($1)"
GATEWAY_CHANNEL = "select chat.gateway_channel($1)"
PROBE = "select pg_notify($1, $2)"
RUN_CHORES = "select chat.run_chores()"
INTERFACE_VERSION = "select chat.interface_version()"
COMPLAIN_OF_QUEUE = "select chat.complain_of_queue()"
LIST_MEMBERS = "select member_id, name_key from chat.list_members($1)"
FEEDS_CHANNEL = "select chat.feeds_channel()"
LIST_FEEDS = """
select feed_id, name, msgtype, message_field, filter_field, channel, is_removed, column_names, column_types
from chat.list_feeds()
"""
RECORD_GREETING = "select chat.record_greeting($1)"
JOIN_ROOMS = """
select member_id, seq, welcome, denial from chat.join_rooms($1, $2, $3, $4, $5, $6, $7, $8) order by number
"""
DENY_CLOSED_ROOM = "select chat.deny_closed_room($1, $2)"
LEAVE_ROOMS = "select chat.leave_rooms($1, $2, $3)"
POST_COMMENTS = "select chat.post_comments($1, $2, $3)"
RECORD_REFUSAL = "select chat.record_refusal($1, $2, $3, $4, $5, $6, $7, $8, p_filters => $9)"
SET_ROOM_FILTERS = "select seq, refusal, guards from chat.set_room_filters($1, $2, $3, $4, $5)"
EXPLAIN_GUARD_ERROR = "chat.explain_guard_error($1, $2, $3, $4, $5)"
REFUSE_GUARDED = f"""
select chat.record_refusal('REJECTED_BADFILTER', e.reason, $6, $7, $8, null, $9, $10, e.place)
from {EXPLAIN_GUARD_ERROR} as e
"""
OPEN_HISTORY = "select after_seq, truncated from chat.open_history($1, $2, $3, $4, $5)"
ROOM_GROUP_AT = "select group_id, seq_offset from chat.room_group_at($1, $2)"
NEWEST_SEQ = "select chat.newest_seq($1)"
READ_ROOM_LOG = "select seq, feed_id, message, group_id, place from chat.read_room_log($1, $2, $3, $4)"
READ_FEED_ROWS = "select row_id, message from chat.read_feed_rows($1, $2)"
ANSWER_PREVIEW = """
select feed_id, guard, reason, reason_at, examined, matching, per_minute, row_ids, rows, warning
from chat.answer_preview($1, $2, $3, $4)
"""
EXPLAIN_GUARD = f"select reason, place from {EXPLAIN_GUARD_ERROR}"
ANSWER_VALUES = "select literal, count from chat.answer_values($1, $2, $3)"
ANSWER_EXPLANATION = """
select feed, row_id, "row", seq, items, "values" from chat.answer_explanation($1, $2, $3, $4)
"""
ANSWER_HISTORY = "select after_seq, up_to_seq, gone_seq from chat.answer_history($1, $2, $3, $4)"
ANSWER_FILTERS = "select feed, clause, set_by, set_at, state, reason from chat.answer_filters($1, $2)"
ANSWER_RATES = "select feed, rows from chat.answer_rates()"
