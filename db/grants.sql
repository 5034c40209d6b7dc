-- What each role may do; `edgechat migrate` runs it each time, with the roles' names for {bridge} and the like.
--
-- docs/roles.md shows what this forbids. Nobody but the owner may make or change anything in our schemas.

revoke execute on all functions in schema chat, room_filter, feed from public;

grant connect on database {database} to {bridge}, {gateway}, {inspector}, {operator};

grant usage on schema chat to {bridge}, {gateway}, {filters}, {inspector};

-- Its functions store feeds' rows; a feed that is added later brings its own grant (build_feed). Gateways only name its
-- tables, in the guards that they prepare and never run.
grant usage on schema feed to {bridge}, {gateway}, {inspector};

grant select on chat.feed, chat.feed_column, chat.server to {bridge};

grant execute on function
  chat.advance_position,
  chat.complain_of_queue,
  chat.describe_bridge_lock,
  chat.feeds_channel,
  chat.interface_version,
  chat.open_position,
  chat.reject_messages,
  chat.rewind_position,
  chat.try_bridge_lock
to {bridge};

grant execute on function
  chat.answer_explanation,
  chat.answer_filters,
  chat.answer_history,
  chat.answer_preview,
  chat.answer_rates,
  chat.answer_users,
  chat.answer_values,
  chat.claim_names,
  chat.complain_of_queue,
  chat.configure_rooms,
  chat.deny_closed_room,
  chat.disown_names,
  chat.drop_claims,
  chat.explain_guard_error,
  chat.room_group_at,
  chat.gateway_channel,
  chat.interface_version,
  chat.record_greeting,
  chat.join_rooms,
  chat.keep_bounded,
  chat.leave_rooms,
  chat.list_claims,
  chat.feeds_channel,
  chat.list_feeds,
  chat.list_figures,
  chat.list_lost_claims,
  chat.list_members,
  chat.list_present,
  chat.moderate,
  chat.newest_seq,
  chat.note_rooms_elsewhere,
  chat.notice_promotion,
  chat.open_gateway,
  chat.open_histories,
  -- What gateways of before call, which may still run.
  chat.post_comments,
  chat.post_held_comment,
  chat.read_feed_rows,
  chat.read_room_log,
  chat.reclaim_gateway,
  chat.record_refusal,
  chat.release_gateway,
  chat.release_names,
  chat.renew_claims,
  chat.run_chores,
  chat.set_room_filters,
  chat.tell_rooms,
  chat.tune_matching
to {gateway};

-- The inspector reads everything but what would let somebody take a member's place back.
grant usage on schema room_filter to {inspector};

grant select on all tables in schema chat, feed, room_filter to {inspector};

revoke select on chat.member from {inspector};

grant select (username, room_id, gateway_id, joined_at, member_id) on chat.member to {inspector};

revoke select on chat.departed_member, chat.name_claim from {inspector};

grant select (username, room_id, joined_at) on chat.departed_member to {inspector};

grant select (word, slot, name_key, username, room_id, gateway_id, claimed_at) on chat.name_claim to {inspector};

grant select on public.sport_event, public.execution, public.chat_event to {inspector};

alter default privileges in schema feed grant select on tables to {inspector};

alter default privileges in schema room_filter grant select on tables to {inspector};

grant execute on function
  chat.answer_rates,
  chat.complain_of_queue,
  chat.describe_bridge_lock,
  chat.describe_limits,
  chat.explain_delivery,
  chat.explain_filter,
  chat.interface_version,
  chat.list_departures,
  chat.list_limits,
  chat.list_slots,
  chat.measure_filters,
  chat.newest_seq,
  chat.preview_filter,
  chat.read_room_log,
  chat.room_timeline
to {inspector};

-- The operator reads what the inspector reads, by membership, and does what docs/psql.md has for people: feeds, rows
-- that are written by hand, comments, limits, and narrower rules for filters. To widen these is the owner's.
grant insert, update, delete on public.sport_event, public.execution, public.chat_event to {operator};

grant insert, update, delete, truncate on all tables in schema feed to {operator};

grant usage on all sequences in schema feed, public to {operator};

alter default privileges in schema feed grant insert, update, delete, truncate on tables to {operator};

alter default privileges in schema feed grant usage on sequences to {operator};

grant delete on
  chat.allowed_function, chat.allowed_node, chat.allowed_type, chat.allowed_word, chat.feed_reject
to {operator};

grant update on chat.setting to {operator};

grant execute on function
  chat.add_feed,
  chat.add_feed_column,
  chat.announce_room,
  chat.ban_member,
  chat.close_room,
  chat.drop_feed_column,
  chat.end_slow_mode,
  chat.give_up_slots,
  chat.hold_slots,
  chat.keep_bounded,
  chat.keep_feed,
  chat.kick_member,
  chat.lock_filter,
  chat.mute_member,
  chat.name_server,
  chat.open_room,
  chat.pause_feed,
  chat.post_comments,
  chat.remove_comment,
  chat.remove_feed,
  chat.rename_feed,
  chat.set_slow_mode,
  chat.unban_member,
  chat.unlock_filter,
  chat.unmute_member
to {operator};
