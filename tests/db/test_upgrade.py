"""A database that an earlier version filled: what rooms got is there after the upgrade, under the same sequences."""

import yoyo

import db.apply
from harness.statement import query

BEFORE = "0011.log-without-foreign-keys"
# Rooms as the functions of that version left them: room 0 said and got things in turn, and lost 6 and 7 to an
# operator's hand; room 1 has a suspended filter and got nothing since its log was cut at 11; room 2 is cold.
FILL = """
insert into chat.room (room_id, max_users, last_seq, log_from, live_until)
values (0, 4, 11, 1, 'infinity'), (1, 4, 11, 12, 'infinity'), (2, 4, 2, 1, now() - interval '1 day');
insert into chat.filter (feed_id, canonical) values (1, '(sport = 3)');
insert into chat.room_filter (room_id, feed_id, filter_id, clause, state, from_seq)
select r.room_id, f.feed_id, f.filter_id, 'NONE', 'in force', 0
from chat.room as r, chat.filter as f
where f.canonical = 'true' and not (r.room_id = 1 and f.feed_id = 1);
insert into chat.room_filter (room_id, feed_id, filter_id, clause, state, from_seq, reason)
select 1, 1, f.filter_id, 'sport = 3', 'suspended', 0, 'too slow'
from chat.filter as f
where f.canonical = '(sport = 3)';
insert into chat.sport_event (sport, match_title, data_event, message)
select 3, 'A vs B', n::text, n::text::bytea from generate_series(1, 20) as n;
insert into chat.execution (symbol, market, price, quantity, execution_epoch, state_symbol, message)
select 'a', 'GOLF', 1, 1, n, 'PA', n::text::bytea from generate_series(1, 5) as n;
insert into chat.chat_event (msgtype, username, roomid, commentxt, message)
select 3, 'adam', 0, 'said ' || n, ('said ' || n)::bytea from generate_series(1, 5) as n;
insert into chat.room_log (room_id, first_seq, last_seq, feed_id, row_ids) values
  (0, 1, 2, null, '{[1,3)}'),
  (0, 3, 5, 1, '{[1,3),[4,5)}'),
  (0, 8, 8, null, '{[3,4)}'),
  (0, 9, 10, 2, '{[2,4)}'),
  (0, 11, 11, null, '{[4,5)}'),
  (1, 11, 11, 1, '{[20,21)}'),
  (2, 1, 2, null, '{[4,6)}');
"""
READ = "select seq, coalesce(feed_id, 0), encode(message, 'escape') from chat.read_room_log(%s, %s, 100, 100)"


def test_logs_of_rooms_become_logs_of_groups(empty_database: str) -> None:
    """Rooms' logs become logs of groups of rooms; the next messages follow, and a hole stays one."""
    earlier = yoyo.read_migrations(str(db.apply.MIGRATIONS)).filter(lambda migration: migration.id <= BEFORE)
    with yoyo.get_backend(empty_database) as backend:
        backend.apply_migrations_only(earlier)
    query(empty_database, FILL)
    db.apply.migrate(empty_database)

    first = [(1, 0, "said 1"), (2, 0, "said 2"), (3, 1, "1"), (4, 1, "2"), (5, 1, "4")]
    rest = [(8, 0, "said 3"), (9, 2, "2"), (10, 2, "3"), (11, 0, "said 4")]
    assert query(empty_database, READ, 0, 0) == first + rest
    assert query(empty_database, READ, 0, 3) == first[3:] + rest
    assert query(empty_database, READ, 1, 0) == [(11, 1, "20")]
    assert query(empty_database, "select chat.find_delivery(0, 1, 4), chat.find_delivery(0, 2, 3)") == [(5, 10)]
    assert query(empty_database, "select chat.find_delivery(0, 1, 3), chat.find_delivery(1, 1, 20)") == [(None, 11)]
    assert query(empty_database, "select chat.first_kept_seq(1, 5, 12)") == [(11,)]

    query(empty_database, "select chat.join_rooms(0, '{}', '{}'), chat.configure_rooms('{4,4,4}')")
    query(empty_database, "insert into chat.gateway default values")
    query(empty_database, "select chat.join_rooms(1, '{eve,zoe,kim}', '{0,1,2}')")
    (told,) = query(empty_database, "select after_seq, truncated is null from chat.open_history('kim', 2, 3, 1, 0)")
    assert told == (2, False), "the room was cold: what came meanwhile is gone"
    query(empty_database, "select feed.store_sport_event('{null}', array['new'::bytea], '{3}', '{x}', '{y}')")
    assert query(empty_database, READ, 0, 11)[1:] == [(13, 1, "new")]
    assert query(empty_database, "select chat.newest_seq(0), chat.newest_seq(1)") == [(13, 12)]
    assert query(empty_database, "select state from chat.room_filters where room = 1 order by feed") == [
        ("in force",),
        ("suspended",),
    ]


def test_what_nothing_read_goes_and_the_rest_is_kept(empty_database: str) -> None:
    """A sixth edge case, which no clause was tried on, and the setting that nothing read go; the rest is kept."""
    earlier = yoyo.read_migrations(str(db.apply.MIGRATIONS)).filter(lambda migration: migration.id < "0015")
    with yoyo.get_backend(empty_database) as backend:
        backend.apply_migrations_only(earlier)
    query(empty_database, "insert into chat.probe_value values ('text', 6, 'mine')")
    query(empty_database, "update chat.probe_value set value = 'mine' where type_name = 'text' and number = 5")
    query(empty_database, "update chat.setting set max_comment_bytes = 10, max_name_chars = 10")
    query(empty_database, "insert into chat.feed_position (stream, epoch, last_seq) values ('feeds', 'now', 7)")
    db.apply.migrate(empty_database)

    texts = "select number, value from chat.probe_value where type_name = 'text' and number > 4"
    assert query(empty_database, texts) == [(5, "mine")]
    assert query(empty_database, "select max_name_chars from chat.setting") == [(10,)]
    assert query(empty_database, "select last_seq, last_time from chat.open_position('feeds', 'now')") == [(7, None)]
