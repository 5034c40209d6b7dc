"""Members of a running database have keys after the migration that compares names."""

import yoyo

import db.apply
from harness.statement import query

BEFORE = "0012"
FILL = """
insert into chat.room (room_id, max_users) values (0, 9);
insert into chat.gateway default values;
insert into chat.member (username, room_id, gateway_id, joined_at)
select u.name, 0, 1, now() + u.place * interval '1 second'
from unnest(array['Adam', 'adam', ' ａｄａｍ', 'Zoë']) with ordinality as u(name, place)
"""


def test_members_get_keys_and_the_eldest_keeps_the_name(empty_database: str) -> None:
    """Those who have one name now stay members; the name is taken until the eldest leaves."""
    earlier = yoyo.read_migrations(str(db.apply.MIGRATIONS)).filter(lambda migration: migration.id < BEFORE)
    with yoyo.get_backend(empty_database) as backend:
        backend.apply_migrations_only(earlier)
    query(empty_database, FILL)
    db.apply.migrate(empty_database)
    members = query(empty_database, "select username, name_key from chat.member order by joined_at")
    assert [name for name, _ in members] == ["Adam", "adam", " ａｄａｍ", "Zoë"]
    assert (members[0][1], members[3][1]) == ("adam", "zoë")
    assert all(key.startswith("adam ") and key.endswith(" ") for _, key in members[1:3])
    taken = "select userstatus from chat.find_denial(%s, 0)"
    query(empty_database, "update chat.room set is_open = true")
    assert query(empty_database, taken, "ADAM") == [("DENIED_NAMETAKEN",)]
    assert query(empty_database, taken, "zoë") == [("DENIED_NAMETAKEN",)]
    assert query(empty_database, taken, "eve") == [(None,)]
