-- What bridge and gateway may do: call the functions that are theirs. The owner runs it after each `edgechat migrate`.
--
-- Until then a function that came with a migration may be called by both; nothing stops working.

revoke execute on all functions in schema chat, room_filter, feed from public;

grant usage on schema chat to edgechat_bridge, edgechat_gateway;

-- Its functions store feeds' rows; a feed that is added later brings its own grant (build_feed). Gateways only name its
-- tables, in the guards that they prepare and never run.
grant usage on schema feed to edgechat_bridge, edgechat_gateway;

grant execute on all functions in schema feed to edgechat_bridge;

grant select on chat.feed, chat.feed_column to edgechat_bridge;

grant execute on function
  chat.advance_position,
  chat.complain_of_queue,
  chat.describe_bridge_lock,
  chat.feeds_channel,
  chat.interface_version,
  chat.is_bridge_lock_taken,
  chat.open_position,
  chat.reject_messages,
  chat.rewind_position,
  chat.try_bridge_lock
to edgechat_bridge;

grant execute on function
  chat.answer_explanation,
  chat.answer_filters,
  chat.answer_history,
  chat.answer_preview,
  chat.answer_rates,
  chat.answer_values,
  chat.complain_of_queue,
  chat.configure_rooms,
  chat.deny_closed_room,
  chat.explain_guard_error,
  chat.room_group_at,
  chat.gateway_channel,
  chat.interface_version,
  chat.record_greeting,
  chat.join_rooms,
  chat.keep_bounded,
  chat.leave_rooms,
  chat.feeds_channel,
  chat.list_feeds,
  chat.list_members,
  chat.moderate,
  chat.newest_seq,
  chat.notice_promotion,
  chat.open_gateway,
  chat.open_history,
  chat.post_comments,
  chat.post_held_comment,
  chat.read_feed_rows,
  chat.read_room_log,
  chat.reclaim_gateway,
  chat.record_refusal,
  chat.release_gateway,
  chat.run_chores,
  chat.set_room_filters
to edgechat_gateway;
