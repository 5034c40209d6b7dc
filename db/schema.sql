-- What the migrations come to, written by `make schema` and compared by a test; nothing is made from it.

CREATE COLLATION chat.code_points (provider = builtin, locale = 'C.UTF-8');

COMMENT ON COLLATION chat.code_points IS 'How filters compare texts: by code points, with Unicode''s capitals and small letters, in every database alike';


SET default_tablespace = '';

SET default_table_access_method = heap;

CREATE TABLE chat.signature (
    signature_id integer NOT NULL,
    feed_id smallint NOT NULL,
    template text NOT NULL,
    template_hash text NOT NULL,
    slots text[] NOT NULL,
    version smallint NOT NULL,
    tree jsonb NOT NULL,
    anchors smallint[],
    is_mappable boolean NOT NULL,
    form text DEFAULT 'direct'::text NOT NULL,
    adding text,
    filters integer DEFAULT 0 NOT NULL,
    tried_with integer DEFAULT 0 NOT NULL,
    tried_at timestamp with time zone,
    microseconds jsonb,
    reason text,
    CONSTRAINT signature_form_check CHECK ((form = ANY (ARRAY['direct'::text, 'pairs'::text, 'bitmaps'::text])))
);

COMMENT ON TABLE chat.signature IS 'What filters have in common that differ in constants only, and how they are evaluated';

COMMENT ON COLUMN chat.signature.template IS 'The canonical condition with $1:type and so on for the constants';

COMMENT ON COLUMN chat.signature.slots IS 'The types of the constants';

COMMENT ON COLUMN chat.signature.version IS 'matching_version() when it was made';

COMMENT ON COLUMN chat.signature.tree IS 'What parse_template makes of it';

COMMENT ON COLUMN chat.signature.anchors IS 'Slots by which the filters that may pass a row are found by index; null if some need not be met';

COMMENT ON COLUMN chat.signature.is_mappable IS 'Whether bits of comparisons, each made once for all filters, give those of the filters';

COMMENT ON COLUMN chat.signature.form IS 'direct: each filter in the router; pairs: filters joined to rows by index; bitmaps: bits of comparisons joined';

COMMENT ON COLUMN chat.signature.adding IS 'The statement that adds a filter to its table, for format()';

COMMENT ON COLUMN chat.signature.filters IS 'How many are routed';

COMMENT ON COLUMN chat.signature.tried_with IS 'How many filters it had when the forms were last compared';

COMMENT ON COLUMN chat.signature.microseconds IS 'What each form took then for all its filters and one row, in batches of 10 and of 1,000';

COMMENT ON COLUMN chat.signature.reason IS 'Why it stays direct whatever its number of filters, if something raised';

CREATE TABLE chat.partition (
    partition_id integer NOT NULL,
    table_name regclass NOT NULL,
    part regclass NOT NULL,
    from_key bigint,
    until_key bigint,
    width bigint,
    began_at timestamp with time zone,
    filled_at timestamp with time zone,
    rows_then bigint,
    detached_at timestamp with time zone
);

COMMENT ON TABLE chat.partition IS 'The partitions. Those of a table leave no key out: the lowest takes all below, the highest all above';

COMMENT ON COLUMN chat.partition.width IS 'How many keys it was given; null while it takes all above';

COMMENT ON COLUMN chat.partition.began_at IS 'When its first row was seen; null while it is empty';

COMMENT ON COLUMN chat.partition.filled_at IS 'When it was seen to get no more rows: its age counts from then';

COMMENT ON COLUMN chat.partition.rows_then IS 'How many rows were inserted into it by then: what somebody loads later has it count as young again';

COMMENT ON COLUMN chat.partition.detached_at IS 'Nobody finds its rows any more, and it is to be dropped';

CREATE TABLE chat.feed (
    feed_id smallint NOT NULL,
    name text NOT NULL,
    subject text NOT NULL,
    message_type text,
    msgtype smallint NOT NULL,
    message_field smallint,
    filter_field smallint,
    key_column text GENERATED ALWAYS AS ((name || '_id'::text)) STORED NOT NULL,
    format text DEFAULT 'protobuf'::text NOT NULL,
    descriptor bytea,
    state text DEFAULT 'active'::text NOT NULL,
    default_clause text DEFAULT 'ALL'::text NOT NULL,
    keep_for interval DEFAULT '7 days'::interval,
    keep_bytes bigint DEFAULT '10737418240'::bigint,
    CONSTRAINT feed_default_clause_check CHECK ((default_clause = ANY (ARRAY['NONE'::text, 'ALL'::text]))),
    CONSTRAINT feed_feed_id_check CHECK (((feed_id >= 1) AND (feed_id <= 9999))),
    CONSTRAINT feed_fields_check CHECK (((message_field IS NULL) = (filter_field IS NULL))),
    CONSTRAINT feed_filter_field_check CHECK (((filter_field >= 8) AND (filter_field <= 2047))),
    CONSTRAINT feed_format_check CHECK ((format = ANY (ARRAY['protobuf'::text, 'json'::text, 'text'::text]))),
    CONSTRAINT feed_keep_bytes_check CHECK ((keep_bytes >= 1048576)),
    CONSTRAINT feed_keep_for_check CHECK ((keep_for >= '00:01:00'::interval)),
    CONSTRAINT feed_message_field_check CHECK (((message_field >= 10) AND (message_field <= 2047))),
    CONSTRAINT feed_message_type_check CHECK (((message_type IS NOT NULL) = (format = 'protobuf'::text))),
    CONSTRAINT feed_name_check CHECK ((name ~ '^[a-z][a-z0-9_]{0,30}$'::text)),
    CONSTRAINT feed_state_check CHECK ((state = ANY (ARRAY['active'::text, 'paused'::text, 'removed'::text])))
);

COMMENT ON TABLE chat.feed IS 'One row per feed. Its rows are in feed.<name>';

COMMENT ON COLUMN chat.feed.subject IS 'NATS subject it comes on, with wildcards if wanted, unless the environment names another';

COMMENT ON COLUMN chat.feed.message_type IS 'Protobuf message it carries, if that is its format';

COMMENT ON COLUMN chat.feed.msgtype IS 'chatmessage.mtype of what clients get';

COMMENT ON COLUMN chat.feed.message_field IS 'Number of the chatmessage field that carries the feed message; null: fields feed, row and rowbytes do';

COMMENT ON COLUMN chat.feed.filter_field IS 'Number of the chatmessage field that carries the room''s filter of this feed; null: one of filters does';

COMMENT ON COLUMN chat.feed.key_column IS 'Name of the key in the feed''s table';

COMMENT ON COLUMN chat.feed.descriptor IS 'FileDescriptorSet that has message_type; null if the bridge has it';

COMMENT ON COLUMN chat.feed.state IS 'paused: what comes is not taken. removed: its rows are kept for the rooms'' history, and nobody can filter by it';

COMMENT ON COLUMN chat.feed.default_clause IS 'The filter of a room that nobody gave one of this feed. NONE is written down for each room, ALL is not';

COMMENT ON COLUMN chat.feed.keep_for IS 'How long its rows are kept at least, if they do not take more than keep_bytes; null: for ever';

COMMENT ON COLUMN chat.feed.keep_bytes IS 'How much disk its rows may take, with their indexes, before the oldest go; null: any';

CREATE TABLE chat.moderation (
    moderation_id bigint NOT NULL,
    done_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    action text NOT NULL,
    room_id integer,
    username text,
    seq bigint,
    lasts interval,
    reason text,
    by_role name,
    by_moderator text,
    CONSTRAINT moderation_check CHECK ((num_nonnulls(by_role, by_moderator) = 1))
);

COMMENT ON TABLE chat.moderation IS 'What moderators and operators did; only ever added to';

COMMENT ON COLUMN chat.moderation.room_id IS 'Null for all rooms';

COMMENT ON COLUMN chat.moderation.username IS 'Whom it was done to: of a comment that was removed, its author';

COMMENT ON COLUMN chat.moderation.seq IS 'Which comment was removed';

COMMENT ON COLUMN chat.moderation.lasts IS 'How long a ban or mute holds, null for ever; in slow mode, the time between two comments of one person';

COMMENT ON COLUMN chat.moderation.reason IS 'For people; of a room that was closed, the message';

COMMENT ON COLUMN chat.moderation.by_role IS 'The role of Postgres that did it, if no moderator did';

COMMENT ON COLUMN chat.moderation.by_moderator IS 'The name of the moderator who did it from a room';

CREATE TABLE chat.member (
    username text NOT NULL,
    room_id integer NOT NULL,
    gateway_id integer NOT NULL,
    joined_at timestamp with time zone DEFAULT now() NOT NULL,
    member_id bigint NOT NULL,
    resume_hash text,
    name_key text NOT NULL,
    look text,
    is_muted boolean DEFAULT false NOT NULL
)
WITH (fillfactor='70', autovacuum_vacuum_scale_factor='0', autovacuum_vacuum_threshold='1000');

COMMENT ON TABLE chat.member IS 'Who is in which room; a name is taken in all rooms and on all gateways';

COMMENT ON COLUMN chat.member.member_id IS 'The membership: another one each time the name joins or is taken back';

COMMENT ON COLUMN chat.member.resume_hash IS 'SHA-256 of the token that takes the place back; the token itself is only the client''s';

COMMENT ON COLUMN chat.member.name_key IS 'The name without case and width, by which it is taken';

COMMENT ON COLUMN chat.member.look IS 'What stands for all names that look like this one; null if no gateway has told it, until the place is taken back';

COMMENT ON COLUMN chat.member.is_muted IS 'They may be muted: each of their comments is looked at (explain_silence)';

CREATE TABLE chat.name_claim (
    word text NOT NULL,
    slot integer NOT NULL,
    name_key text NOT NULL,
    username text NOT NULL,
    room_id integer NOT NULL,
    gateway_id integer,
    resume_hash text,
    claimed_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
)
WITH (fillfactor='70', autovacuum_vacuum_scale_factor='0', autovacuum_vacuum_threshold='1000');

COMMENT ON TABLE chat.name_claim IS 'Names and looks in use on all servers that this one is the home of; none while there is no other server';

COMMENT ON COLUMN chat.name_claim.word IS 'The key of the name, behind k:, or its look, behind l:';

COMMENT ON COLUMN chat.name_claim.slot IS 'The slot of the word''s hash, with which it is moved';

COMMENT ON COLUMN chat.name_claim.gateway_id IS 'Whose claim it is, by the id that the gateway has here; null until it has told that since the slot was moved here';

CREATE TABLE chat.feed_column (
    feed_id smallint NOT NULL,
    "position" smallint NOT NULL,
    column_name text NOT NULL,
    field_name text NOT NULL,
    type_name text NOT NULL,
    max_bytes integer,
    is_computed boolean DEFAULT false NOT NULL,
    value_names text[],
    alias text NOT NULL,
    source text DEFAULT 'message'::text NOT NULL,
    sent_as text NOT NULL,
    field_number smallint,
    may_be_null boolean DEFAULT false NOT NULL,
    CONSTRAINT feed_column_column_name_check CHECK ((column_name !~ '^_'::text)),
    CONSTRAINT feed_column_max_bytes_check CHECK (((max_bytes IS NOT NULL) = (type_name = ANY (ARRAY['text'::text, 'text[]'::text, 'jsonb'::text])))),
    CONSTRAINT feed_column_source_check CHECK ((source = ANY (ARRAY['message'::text, 'subject'::text, 'received_at'::text]))),
    CONSTRAINT feed_column_type_name_check CHECK ((type_name = ANY (ARRAY['text'::text, 'boolean'::text, 'integer'::text, 'bigint'::text, 'numeric'::text, 'timestamptz'::text, 'text[]'::text, 'jsonb'::text])))
);

COMMENT ON TABLE chat.feed_column IS 'The columns of a feed that a filter may name: as stored (column_name), and where in the feed message (field_name)';

COMMENT ON COLUMN chat.feed_column.max_bytes IS 'Most bytes of a value as text; null for types whose values are all small';

COMMENT ON COLUMN chat.feed_column.is_computed IS 'Postgres makes it of other columns, so the bridge does not fill it';

COMMENT ON COLUMN chat.feed_column.value_names IS 'Names of the values 1, 2, …; the column <column_name>_name holds them. Null if the values have no names';

COMMENT ON COLUMN chat.feed_column.alias IS 'What a filter may call it, too: executionEpoch; else its own name';

COMMENT ON COLUMN chat.feed_column.source IS 'What fills it: a field of the message, or what NATS tells of the message';

COMMENT ON COLUMN chat.feed_column.sent_as IS 'Type of what the bridge hands over for it, of which the column''s is made';

COMMENT ON COLUMN chat.feed_column.field_number IS 'Number of its field in the feed message, for a row that is stored without one; null where that cannot be made';

COMMENT ON COLUMN chat.feed_column.may_be_null IS 'A row may hold nothing there, so a clause is tried on NULL, too, and IS NULL makes sense';

CREATE TABLE chat.filter (
    filter_id integer NOT NULL,
    feed_id smallint NOT NULL,
    canonical text NOT NULL,
    canonical_hash text NOT NULL,
    language smallint DEFAULT 1 NOT NULL,
    warning text
);

COMMENT ON TABLE chat.filter IS 'The distinct filters; rooms whose clauses mean the same to Postgres share one';

COMMENT ON COLUMN chat.filter.canonical_hash IS 'SHA-256: an index entry is limited to 2,704 bytes and the text is not';

COMMENT ON COLUMN chat.filter.language IS 'language_version() when it was judged';

COMMENT ON COLUMN chat.filter.warning IS 'What whoever sets it is told though it is allowed: why it can never be true';

CREATE TABLE chat.room_filter (
    room_filter_id bigint NOT NULL,
    room_id integer NOT NULL,
    feed_id smallint NOT NULL,
    filter_id integer NOT NULL,
    clause text NOT NULL,
    state text DEFAULT 'in force'::text NOT NULL,
    set_by text,
    set_at timestamp with time zone DEFAULT now() NOT NULL,
    from_seq bigint NOT NULL,
    until_seq bigint,
    reason text,
    from_row_id bigint DEFAULT 0 NOT NULL,
    CONSTRAINT room_filter_state_check CHECK ((state = ANY (ARRAY['in force'::text, 'replaced'::text, 'suspended'::text])))
);

COMMENT ON TABLE chat.room_filter IS 'Every filter a room ever had: rows of the feed after from_seq, up to until_seq, were chosen by it';

COMMENT ON COLUMN chat.room_filter.from_row_id IS 'The feed''s newest row when the filter was set: it judged the rows after that';

CREATE VIEW chat.filter_cost AS
 SELECT e.name AS feed,
    t.canonical,
    m.form,
    ( SELECT count(*) AS count
           FROM chat.room_filter f
          WHERE ((f.filter_id = m.filter_id) AND (f.state = 'in force'::text))) AS rooms,
    round((m.us_per_row)::numeric, 3) AS us_per_row,
    round(((((100)::double precision * m.us_per_row) / NULLIF(sum(m.us_per_row) OVER (PARTITION BY m.feed_id), (0)::double precision)))::numeric, 1) AS percent_of_routing
   FROM ((chat.measure_filters() m(feed_id, filter_id, form, us_per_row)
     JOIN chat.feed e ON ((e.feed_id = m.feed_id)))
     JOIN chat.filter t ON ((t.filter_id = m.filter_id)))
  ORDER BY m.us_per_row DESC;

CREATE TABLE chat.server (
    is_only boolean DEFAULT true NOT NULL,
    name text,
    num_rooms integer DEFAULT 0 NOT NULL,
    CONSTRAINT server_is_only_check CHECK (is_only),
    CONSTRAINT server_name_check CHECK ((name <> ''::text))
);

COMMENT ON TABLE chat.server IS 'One row: what this database is among several servers';

COMMENT ON COLUMN chat.server.name IS 'What the map of servers calls it; null while there is no other';

COMMENT ON COLUMN chat.server.num_rooms IS 'How many rooms are open on all servers; 0 while there is no other';

CREATE VIEW chat.all_filter_cost AS
 SELECT ( SELECT s.name
           FROM chat.server s) AS server,
    feed,
    canonical,
    form,
    rooms,
    us_per_row,
    percent_of_routing
   FROM chat.filter_cost
  ORDER BY us_per_row DESC;

CREATE TABLE chat.room (
    room_id integer NOT NULL,
    max_users integer NOT NULL,
    is_open boolean DEFAULT true NOT NULL,
    log_from bigint DEFAULT 1 NOT NULL,
    live_until timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL,
    group_id integer NOT NULL,
    seq_offset bigint DEFAULT 0 NOT NULL,
    is_announced boolean DEFAULT false NOT NULL,
    is_slow boolean DEFAULT false NOT NULL,
    CONSTRAINT room_max_users_check CHECK ((max_users >= 1)),
    CONSTRAINT room_room_id_check CHECK ((room_id >= 0))
)
WITH (fillfactor='50', autovacuum_vacuum_scale_factor='0', autovacuum_vacuum_threshold='5000');

COMMENT ON COLUMN chat.room.log_from IS 'First sequence from which a member can resume without having missed anything';

COMMENT ON COLUMN chat.room.live_until IS 'infinity while somebody is in it or asked that it be announced; then until the resume window ends';

COMMENT ON COLUMN chat.room.seq_offset IS 'What is added to a place in the group to get its seq in the room; with the last place, the newest seq';

COMMENT ON COLUMN chat.room.is_announced IS 'Somebody asked for it (announce_room): its feed rows are always told on its channel, and it is live without members';

COMMENT ON COLUMN chat.room.is_slow IS 'It is in slow mode: each comment is looked at (explain_silence)';

CREATE VIEW chat.room_filters AS
 SELECT f.room_id AS room,
    e.name AS feed,
    f.clause,
    t.canonical,
    f.state,
    f.set_at AS since,
    f.from_seq AS since_seq,
    f.set_by AS by,
    f.reason,
    count(*) OVER (PARTITION BY f.filter_id) AS rooms_sharing,
    r.is_announced AS announced
   FROM (((chat.room_filter f
     JOIN chat.room r ON ((r.room_id = f.room_id)))
     JOIN chat.feed e ON ((e.feed_id = f.feed_id)))
     JOIN chat.filter t ON ((t.filter_id = f.filter_id)))
  WHERE ((f.state <> 'replaced'::text) AND r.is_open)
  ORDER BY f.room_id, f.feed_id;

CREATE VIEW chat.all_room_filters AS
 SELECT ( SELECT s.name
           FROM chat.server s) AS server,
    room,
    feed,
    clause,
    canonical,
    state,
    since,
    since_seq,
    by,
    reason,
    rooms_sharing,
    announced
   FROM chat.room_filters
  ORDER BY room, feed, ( SELECT s.name
           FROM chat.server s);

CREATE TABLE chat.allowed_function (
    signature text NOT NULL,
    is_text_work boolean DEFAULT false NOT NULL,
    max_pattern integer,
    is_number_work boolean DEFAULT false NOT NULL,
    CONSTRAINT allowed_function_signature_check CHECK ((to_regprocedure(signature) IS NOT NULL))
);

COMMENT ON TABLE chat.allowed_function IS 'Stage tree: the functions, and those behind operators and casts, that a clause may call. All are immutable and cheap';

COMMENT ON COLUMN chat.allowed_function.is_text_work IS 'It copies or searches its first argument, a text, a list or JSON: a clause may hold setting.max_text_calls of these';

COMMENT ON COLUMN chat.allowed_function.max_pattern IS 'Its last argument must be a literal: a text of at most so many bytes, or a number of at most this. Null: anything';

COMMENT ON COLUMN chat.allowed_function.is_number_work IS 'It makes a decimal of decimals, which may have as many digits as they together: setting.max_number_calls of these';

CREATE TABLE chat.allowed_node (
    node text NOT NULL
);

COMMENT ON TABLE chat.allowed_node IS 'Stage tree: the nodes that a clause''s parse tree may hold';

CREATE TABLE chat.allowed_type (
    type_name text NOT NULL,
    CONSTRAINT allowed_type_type_name_check CHECK ((to_regtype(type_name) IS NOT NULL))
);

COMMENT ON TABLE chat.allowed_type IS 'Stage tree: the types that anything in a clause''s parse tree may have';

CREATE TABLE chat.allowed_word (
    word text NOT NULL,
    role text NOT NULL,
    needs_types text[],
    CONSTRAINT allowed_word_role_check CHECK ((role = ANY (ARRAY['keyword'::text, 'type'::text, 'function'::text, 'operator'::text]))),
    CONSTRAINT allowed_word_word_check CHECK ((word = lower(word)))
);

COMMENT ON TABLE chat.allowed_word IS 'Stage words: what a clause may hold outside literals, besides the feed''s columns; operators that all feeds have are in check_operator()';

COMMENT ON COLUMN chat.allowed_word.needs_types IS 'Allowed only in filters of feeds with a column of one of these types; null: in all';

CREATE TABLE chat.measure (
    kind text NOT NULL,
    name_key text NOT NULL,
    room_id integer,
    until timestamp with time zone NOT NULL,
    moderation_id bigint NOT NULL,
    CONSTRAINT measure_kind_check CHECK ((kind = ANY (ARRAY['ban'::text, 'mute'::text, 'lock'::text, 'slow'::text, 'close'::text])))
);

COMMENT ON TABLE chat.measure IS 'What moderators did and is in force until a time; chat.moderation says what for';

COMMENT ON COLUMN chat.measure.name_key IS 'Whom it is about, as names are compared; empty if it is about the room';

COMMENT ON COLUMN chat.measure.room_id IS 'Null for all rooms';

CREATE VIEW chat.bans AS
 SELECT d.username AS name,
    m.room_id AS room,
    d.done_at AS since,
    m.until,
    COALESCE(d.by_moderator, (d.by_role)::text) AS by,
    d.reason
   FROM (chat.measure m
     JOIN chat.moderation d ON ((d.moderation_id = m.moderation_id)))
  WHERE ((m.kind = 'ban'::text) AND (m.until > clock_timestamp()))
  ORDER BY d.username, m.room_id;

CREATE TABLE chat.block_log (
    block_id integer NOT NULL,
    batch_id bigint NOT NULL,
    last_places bigint[] NOT NULL,
    indexes smallint[] NOT NULL,
    bits bytea[] NOT NULL
)
PARTITION BY RANGE (batch_id);
ALTER TABLE ONLY chat.block_log ALTER COLUMN last_places SET STORAGE PLAIN;
ALTER TABLE ONLY chat.block_log ALTER COLUMN indexes SET STORAGE PLAIN;
ALTER TABLE ONLY chat.block_log ALTER COLUMN bits SET STORAGE EXTERNAL;

COMMENT ON TABLE chat.block_log IS 'What the groups of a block were given of a batch: the truth about which feed rows their rooms got';

COMMENT ON COLUMN chat.block_log.last_places IS 'The last place of each group of the block behind the batch, as many as there were groups';

COMMENT ON COLUMN chat.block_log.indexes IS 'Which groups of the block got rows of it, from 1 to 16, in any order';

COMMENT ON COLUMN chat.block_log.bits IS 'For each of these one bit per row of the batch, in their order, the highest of a byte first';

CREATE TABLE chat.bounded_table (
    table_name regclass NOT NULL,
    family text NOT NULL,
    feed_id smallint,
    numbered_by regclass NOT NULL,
    passed_over bigint DEFAULT 0 NOT NULL,
    gone_until bigint,
    gone_at timestamp with time zone,
    gone_why text,
    waits_since timestamp with time zone,
    waits_why text,
    CONSTRAINT bounded_table_check CHECK (((feed_id IS NOT NULL) = (family = 'feed'::text))),
    CONSTRAINT bounded_table_family_check CHECK ((family = ANY (ARRAY['feed'::text, 'chat'::text, 'log'::text])))
);

COMMENT ON TABLE chat.bounded_table IS 'The partitioned tables, of which the oldest partitions are dropped';

COMMENT ON COLUMN chat.bounded_table.family IS 'Whose limits it has: its feed''s, or those of chat or log in setting';

COMMENT ON COLUMN chat.bounded_table.numbered_by IS 'The sequence that its partitions are ranges of';

COMMENT ON COLUMN chat.bounded_table.passed_over IS 'How many keys were left out, so that a partition ends early';

COMMENT ON COLUMN chat.bounded_table.gone_until IS 'First key that was not dropped; null if nothing ever was';

COMMENT ON COLUMN chat.bounded_table.waits_since IS 'Since when a partition cannot be made or dropped; null: it can';

COMMENT ON COLUMN chat.bounded_table.waits_why IS 'What is wrong meanwhile; null: nothing but that somebody reads the table without a pause';

CREATE SEQUENCE public.chat_event_chat_event_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

CREATE TABLE chat.chat_event (
    chat_event_id bigint DEFAULT nextval('public.chat_event_chat_event_id_seq'::regclass) NOT NULL,
    timetag bigint DEFAULT (floor(EXTRACT(epoch FROM clock_timestamp())))::bigint NOT NULL,
    msgtype integer NOT NULL,
    userstatus text,
    username text,
    roomid integer,
    commentxt text,
    sportfilter text,
    execfilter text,
    reason text,
    seq bigint,
    message bytea,
    filters jsonb
)
PARTITION BY RANGE (chat_event_id);

COMMENT ON TABLE chat.chat_event IS 'Every message received from a client and every ROOM_STATUS sent; message is what was delivered, seq its place in the room';

COMMENT ON COLUMN chat.chat_event.filters IS 'The clauses of feeds that were added, by name; several if a message had more than one. Null if it had none';

CREATE TABLE chat.departed_member (
    username text NOT NULL,
    name_key text NOT NULL,
    look text,
    room_id integer NOT NULL,
    joined_at timestamp with time zone NOT NULL,
    resume_hash text,
    is_muted boolean NOT NULL
);

COMMENT ON TABLE chat.departed_member IS 'Who was in rooms that left this server, until the other has them';

CREATE TABLE chat.departure (
    slot integer NOT NULL,
    server text NOT NULL,
    stream text,
    epoch text,
    last_seq bigint,
    left_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);

COMMENT ON TABLE chat.departure IS 'Slots that this server gave up, and whose rooms are yet to be taken in by another';

COMMENT ON COLUMN chat.departure.server IS 'What the map of servers calls the other';

COMMENT ON COLUMN chat.departure.last_seq IS 'Up to which message of the feeds'' stream their rooms got theirs here';

CREATE VIEW chat.feed_activity AS
SELECT
    NULL::text AS feed,
    NULL::text AS state,
    NULL::bigint AS rows,
    NULL::bigint AS filters_routed,
    NULL::bigint AS rooms_filtering,
    NULL::bigint AS rooms_suspended;

CREATE TABLE chat.feed_batch (
    batch_id bigint NOT NULL,
    feed_id smallint NOT NULL,
    row_ids int8multirange NOT NULL,
    logged_at timestamp with time zone DEFAULT now() NOT NULL
)
PARTITION BY RANGE (batch_id);

COMMENT ON TABLE chat.feed_batch IS 'The rows that were stored at once, if any group was given one of them';

CREATE SEQUENCE chat.feed_batch_batch_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE chat.feed_batch_batch_id_seq OWNED BY chat.feed_batch.batch_id;

CREATE SEQUENCE chat.feed_feed_id_seq
    AS smallint
    START WITH 100
    INCREMENT BY 1
    NO MINVALUE
    MAXVALUE 9999
    CACHE 1;

ALTER SEQUENCE chat.feed_feed_id_seq OWNED BY chat.feed.feed_id;

COMMENT ON SEQUENCE chat.feed_feed_id_seq IS 'Feeds that operators add are numbered from 100; those below come with migrations';

CREATE TABLE chat.feed_position (
    stream text NOT NULL,
    epoch text NOT NULL,
    last_seq bigint DEFAULT 0 NOT NULL,
    opened_at timestamp with time zone DEFAULT now() NOT NULL,
    last_time timestamp with time zone
)
WITH (fillfactor='10', autovacuum_vacuum_scale_factor='0', autovacuum_vacuum_threshold='1000');

COMMENT ON TABLE chat.feed_position IS 'Up to where a stream was taken; updated with the rows it brought. A stream made again is another epoch';

COMMENT ON COLUMN chat.feed_position.last_time IS 'When the stream got message last_seq; null if that is not known. A stream that lost its tail uses numbers again';

CREATE TABLE chat.feed_reject (
    feed_reject_id bigint NOT NULL,
    rejected_at timestamp with time zone DEFAULT now() NOT NULL,
    stream text NOT NULL,
    epoch text NOT NULL,
    first_seq bigint NOT NULL,
    last_seq bigint NOT NULL,
    subject text,
    message bytea,
    error text NOT NULL
)
PARTITION BY RANGE (feed_reject_id);

COMMENT ON TABLE chat.feed_reject IS 'What came from the stream but could not be stored, with why; for a gap, the sequences that were gone and no message';

CREATE SEQUENCE chat.feed_reject_feed_reject_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE chat.feed_reject_feed_reject_id_seq OWNED BY chat.feed_reject.feed_reject_id;

ALTER TABLE chat.filter ALTER COLUMN filter_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME chat.filter_filter_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE VIEW chat.filter_history AS
 SELECT f.room_id AS room,
    e.name AS feed,
    f.clause,
    t.canonical,
    f.state,
    f.set_at AS since,
    f.from_seq AS since_seq,
    f.until_seq,
    f.set_by AS by,
    f.reason
   FROM ((chat.room_filter f
     JOIN chat.feed e ON ((e.feed_id = f.feed_id)))
     JOIN chat.filter t ON ((t.filter_id = f.filter_id)))
  ORDER BY f.room_filter_id DESC;

CREATE TABLE chat.filter_rules (
    is_only boolean DEFAULT true NOT NULL,
    changes bigint DEFAULT 0 NOT NULL,
    CONSTRAINT filter_rules_is_only_check CHECK (is_only)
);

COMMENT ON TABLE chat.filter_rules IS 'How often the tables that say what a filter may do were changed: a verdict from before a change no longer counts';

CREATE VIEW chat.filter_signatures AS
 SELECT e.name AS feed,
    s.template AS signature,
    s.filters,
    s.form,
    (((s.microseconds -> s.form) ->> '1000'::text))::numeric AS us_per_row,
    s.reason
   FROM (chat.signature s
     JOIN chat.feed e ON ((e.feed_id = s.feed_id)))
  ORDER BY s.filters DESC;

CREATE TABLE chat.filter_verdict (
    feed_id smallint NOT NULL,
    clause_hash text NOT NULL,
    filter_id integer,
    reason text,
    decided_at timestamp with time zone DEFAULT now() NOT NULL,
    verdict_id bigint NOT NULL,
    rules_changes bigint DEFAULT '-1'::integer NOT NULL,
    normalized text,
    place integer,
    CONSTRAINT filter_verdict_check CHECK ((num_nonnulls(filter_id, reason, normalized) = 1))
)
WITH (autovacuum_vacuum_scale_factor='0', autovacuum_vacuum_threshold='2000');

COMMENT ON TABLE chat.filter_verdict IS 'What was decided about a clause lately, so that asking again costs nothing';

COMMENT ON COLUMN chat.filter_verdict.verdict_id IS 'Counts up with each verdict, so the lowest are the oldest';

COMMENT ON COLUMN chat.filter_verdict.rules_changes IS 'filter_rules.changes when it was decided';

COMMENT ON COLUMN chat.filter_verdict.normalized IS 'The clause with its field names put as columns, if only the words stage was asked; of an outline the canonical text';

COMMENT ON COLUMN chat.filter_verdict.place IS 'Where in the clause the reason is, in characters from 1; null if it is about the whole';

ALTER TABLE chat.filter_verdict ALTER COLUMN verdict_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME chat.filter_verdict_verdict_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE chat.gateway (
    gateway_id integer NOT NULL,
    opened_at timestamp with time zone DEFAULT now() NOT NULL,
    missing_since timestamp with time zone
)
WITH (fillfactor='50', autovacuum_vacuum_scale_factor='0', autovacuum_vacuum_threshold='1000');

COMMENT ON TABLE chat.gateway IS 'The running gateways; each holds an advisory lock of its own for as long as it lives';

ALTER TABLE chat.gateway ALTER COLUMN gateway_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME chat.gateway_gateway_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE chat.group_block (
    block_id integer NOT NULL,
    groups smallint NOT NULL,
    last_places bigint[] DEFAULT array_fill((0)::bigint, ARRAY[16]) NOT NULL,
    occupied boolean[] DEFAULT array_fill(false, ARRAY[16]) NOT NULL,
    rooms integer[] DEFAULT array_fill(0, ARRAY[16]) NOT NULL,
    CONSTRAINT group_block_groups_check CHECK (((groups >= 1) AND (groups <= 16)))
)
WITH (fillfactor='50', autovacuum_vacuum_scale_factor='0', autovacuum_vacuum_threshold='5000');
ALTER TABLE ONLY chat.group_block ALTER COLUMN last_places SET STORAGE PLAIN;
ALTER TABLE ONLY chat.group_block ALTER COLUMN occupied SET STORAGE PLAIN;
ALTER TABLE ONLY chat.group_block ALTER COLUMN rooms SET STORAGE PLAIN;

COMMENT ON TABLE chat.group_block IS 'Sixteen groups whose numbers follow each other, from 16 times that of the block on';

COMMENT ON COLUMN chat.group_block.groups IS 'How many of the numbers are taken, from the first on';

COMMENT ON COLUMN chat.group_block.last_places IS 'How many feed rows each group was given; their places count from 1';

COMMENT ON COLUMN chat.group_block.occupied IS 'Whether somebody is in a room of each group';

COMMENT ON COLUMN chat.group_block.rooms IS 'How many rooms are in each group';

CREATE VIEW chat.group_log AS
 SELECT (((l.block_id * 16) + u.index) - 1) AS group_id,
    ((l.last_places[u.index] - bit_count(u.bits)) + 1) AS first_place,
    l.last_places[u.index] AS last_place,
    l.batch_id,
    u.bits
   FROM (chat.block_log l
     CROSS JOIN LATERAL UNNEST(l.indexes, l.bits) u(index, bits));

CREATE TABLE chat.room_group (
    group_id integer NOT NULL,
    filter_ids integer[],
    live_until timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL,
    is_routed boolean DEFAULT false NOT NULL,
    likeness text DEFAULT ''::text NOT NULL COLLATE pg_catalog."C"
)
WITH (fillfactor='50', autovacuum_vacuum_scale_factor='0', autovacuum_vacuum_threshold='5000');

COMMENT ON TABLE chat.room_group IS 'Rooms with equal filters, one filter per feed: they get the same feed rows, which are logged once for all of them';

COMMENT ON COLUMN chat.room_group.filter_ids IS 'By feed, with ALL in place of a suspended one; null if it only holds what a room got before there were groups';

COMMENT ON COLUMN chat.room_group.live_until IS 'The latest of its rooms''';

COMMENT ON COLUMN chat.room_group.is_routed IS 'Whether it is in room_group_filter: it lives, or did a moment ago';

COMMENT ON COLUMN chat.room_group.likeness IS 'What groups have in common that are likely to get the same rows (likeness): they are put into the same blocks';

CREATE VIEW chat.group_place AS
 SELECT g.group_id,
    b.last_places[((g.group_id % 16) + 1)] AS last_place
   FROM (chat.room_group g
     JOIN chat.group_block b ON ((b.block_id = (g.group_id / 16))));

CREATE VIEW chat.kept AS
 SELECT l.table_name AS what,
    s.bytes,
    pg_size_pretty(s.bytes) AS size,
    s.since,
    chat.describe_limits(l.keep_for, l.keep_bytes) AS kept,
    s.partitions,
    t.gone_until AS gone_before_key,
    t.gone_at,
    t.gone_why,
    t.waits_since,
    t.waits_why
   FROM ((chat.list_limits() l(table_name, family, feed_id, numbered_by, keep_for, keep_bytes, step_for, step_bytes)
     JOIN chat.bounded_table t USING (table_name))
     CROSS JOIN LATERAL ( SELECT (sum(pg_total_relation_size(p.part)))::bigint AS bytes,
            min(p.began_at) AS since,
            count(*) AS partitions
           FROM chat.partition p
          WHERE ((p.table_name)::oid = (l.table_name)::oid)) s)
  ORDER BY l.family, (l.table_name)::text;

ALTER TABLE chat.member ALTER COLUMN member_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME chat.member_member_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE VIEW chat.moderated_rooms AS
 SELECT m.room_id AS room,
        CASE m.kind
            WHEN 'close'::text THEN 'closed'::text
            WHEN 'lock'::text THEN 'filter locked'::text
            ELSE 'slow'::text
        END AS state,
    d.lasts AS between_comments,
    d.done_at AS since,
    COALESCE(d.by_moderator, (d.by_role)::text) AS by,
    d.reason
   FROM (chat.measure m
     JOIN chat.moderation d ON ((d.moderation_id = m.moderation_id)))
  WHERE (m.name_key = ''::text)
  ORDER BY m.room_id,
        CASE m.kind
            WHEN 'close'::text THEN 'closed'::text
            WHEN 'lock'::text THEN 'filter locked'::text
            ELSE 'slow'::text
        END;

ALTER TABLE chat.moderation ALTER COLUMN moderation_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME chat.moderation_moderation_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE VIEW chat.mutes AS
 SELECT d.username AS name,
    m.room_id AS room,
    d.done_at AS since,
    m.until,
    COALESCE(d.by_moderator, (d.by_role)::text) AS by,
    d.reason
   FROM (chat.measure m
     JOIN chat.moderation d ON ((d.moderation_id = m.moderation_id)))
  WHERE ((m.kind = 'mute'::text) AND (m.until > clock_timestamp()))
  ORDER BY d.username, m.room_id;

ALTER TABLE chat.partition ALTER COLUMN partition_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME chat.partition_partition_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE chat.probe_value (
    type_name text NOT NULL,
    number integer NOT NULL,
    value text NOT NULL,
    CONSTRAINT probe_value_number_check CHECK (((number >= 1) AND (number <= 5)))
);

COMMENT ON TABLE chat.probe_value IS 'Stage trial: the clause is run on one row per number, made of these values. The extremes of numbers are left out: they would refuse sport + 1';

COMMENT ON COLUMN chat.probe_value.number IS 'The row, 1 to 5, that the value is in; number 4 of text is an ordinary one, which long texts are made of';

CREATE VIEW chat.room_activity AS
 SELECT r.room_id AS room,
    ( SELECT count(*) AS count
           FROM chat.member m
          WHERE (m.room_id = r.room_id)) AS users,
    r.max_users,
    (r.live_until > clock_timestamp()) AS live,
    (r.seq_offset + g.last_place) AS messages,
    ( SELECT string_agg(format('%s: %s'::text, e.name,
                CASE f.state
                    WHEN 'suspended'::text THEN 'suspended'::text
                    ELSE f.clause
                END), '; '::text ORDER BY f.feed_id) AS string_agg
           FROM ((chat.room_filter f
             JOIN chat.feed e ON ((e.feed_id = f.feed_id)))
             JOIN chat.filter t ON ((t.filter_id = f.filter_id)))
          WHERE ((f.room_id = r.room_id) AND (f.state <> 'replaced'::text) AND ((t.canonical <> 'true'::text) OR (f.state = 'suspended'::text)))) AS filters
   FROM (chat.room r
     JOIN chat.group_place g ON ((g.group_id = r.group_id)))
  WHERE r.is_open
  ORDER BY r.room_id;

CREATE TABLE chat.room_elsewhere (
    room_id integer NOT NULL,
    status bytea NOT NULL
);

COMMENT ON TABLE chat.room_elsewhere IS 'What gateways told last of the rooms of other servers, as statuses have it; few rooms only';

ALTER TABLE chat.room_filter ALTER COLUMN room_filter_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME chat.room_filter_room_filter_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE chat.room_group_filter (
    filter_id integer NOT NULL,
    group_id integer NOT NULL
);

COMMENT ON TABLE chat.room_group_filter IS 'room_group.filter_ids of the groups that are routed, to be looked up by filter';

CREATE TABLE chat.room_kept (
    room_id integer NOT NULL,
    kept_from bigint NOT NULL,
    since timestamp with time zone NOT NULL
);

COMMENT ON TABLE chat.room_kept IS 'Rooms that lost messages to the limits of feeds, chat or logs. Apart from room, of which others change the rows';

COMMENT ON COLUMN chat.room_kept.kept_from IS 'First sequence from which on nothing that the room got was dropped';

CREATE TABLE chat.room_log (
    room_id integer CONSTRAINT room_log_room_id_not_null1 NOT NULL,
    seq bigint NOT NULL,
    chat_event_id bigint,
    group_id integer NOT NULL,
    place bigint NOT NULL,
    logged_at timestamp with time zone DEFAULT now() CONSTRAINT room_log_logged_at_not_null1 NOT NULL,
    room_log_id bigint NOT NULL
)
PARTITION BY RANGE (room_log_id);

COMMENT ON TABLE chat.room_log IS 'The messages of rooms themselves, and which feed rows came between them: those of group_id after place, each with the next seq';

COMMENT ON COLUMN chat.room_log.chat_event_id IS 'The message with this seq; null if the row only says how it goes on behind it';

COMMENT ON COLUMN chat.room_log.room_log_id IS 'Counts up; what was there when the table was partitioned has 0';

CREATE SEQUENCE chat.room_log_room_log_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE chat.room_log_room_log_id_seq OWNED BY chat.room_log.room_log_id;

CREATE TABLE chat.routed_filter (
    filter_id integer NOT NULL,
    feed_id smallint NOT NULL,
    signature_id integer,
    is_indexed boolean NOT NULL
);

COMMENT ON TABLE chat.routed_filter IS 'The filters of groups that are routed, and how each is evaluated';

COMMENT ON COLUMN chat.routed_filter.is_indexed IS 'Its constants are in its table; else it is in the router itself';

CREATE TABLE chat.router (
    feed_id smallint NOT NULL,
    filter_ids integer[] DEFAULT '{}'::integer[] NOT NULL,
    generated_at timestamp with time zone DEFAULT now() NOT NULL,
    signature_ids integer[] DEFAULT '{}'::integer[] NOT NULL
);

COMMENT ON TABLE chat.router IS 'What the generated router of a feed evaluates';

COMMENT ON COLUMN chat.router.filter_ids IS 'Filters that it evaluates one by one';

COMMENT ON COLUMN chat.router.signature_ids IS 'Signatures whose filters it evaluates together';

CREATE TABLE chat.setting (
    is_only boolean DEFAULT true NOT NULL,
    resume_window interval DEFAULT '00:10:00'::interval NOT NULL,
    gateway_grace interval DEFAULT '00:00:05'::interval NOT NULL,
    max_name_chars integer DEFAULT 64 NOT NULL,
    max_clause_bytes integer DEFAULT 2000 NOT NULL,
    max_clause_depth integer DEFAULT 40 NOT NULL,
    max_clause_nodes integer DEFAULT 300 NOT NULL,
    max_probe_time interval DEFAULT '00:00:00.05'::interval NOT NULL,
    probe_rows integer DEFAULT 100 NOT NULL,
    verdict_memory interval DEFAULT '00:10:00'::interval NOT NULL,
    max_verdicts integer DEFAULT 10000 NOT NULL,
    max_row_time interval DEFAULT '00:00:00.1'::interval NOT NULL,
    max_match_time interval DEFAULT '00:00:00.25'::interval NOT NULL,
    max_canonical_bytes integer DEFAULT 12000 NOT NULL,
    max_text_calls integer DEFAULT 40 NOT NULL,
    max_pass_time interval DEFAULT '00:00:01'::interval NOT NULL,
    max_number_calls integer DEFAULT 20 NOT NULL,
    max_announced_rooms integer DEFAULT 16 NOT NULL,
    chat_keep_for interval DEFAULT '90 days'::interval,
    chat_keep_bytes bigint DEFAULT '2147483648'::bigint,
    log_keep_for interval DEFAULT '30 days'::interval,
    log_keep_bytes bigint DEFAULT '5368709120'::bigint,
    CONSTRAINT setting_chat_keep_bytes_check CHECK ((chat_keep_bytes >= 1048576)),
    CONSTRAINT setting_chat_keep_for_check CHECK ((chat_keep_for >= '00:01:00'::interval)),
    CONSTRAINT setting_gateway_grace_check CHECK ((gateway_grace >= '00:00:00'::interval)),
    CONSTRAINT setting_is_only_check CHECK (is_only),
    CONSTRAINT setting_log_keep_bytes_check CHECK ((log_keep_bytes >= 1048576)),
    CONSTRAINT setting_log_keep_for_check CHECK ((log_keep_for >= '00:01:00'::interval)),
    CONSTRAINT setting_max_announced_rooms_check CHECK ((max_announced_rooms >= 0)),
    CONSTRAINT setting_max_name_chars_check CHECK (((max_name_chars >= 1) AND (max_name_chars <= 64))),
    CONSTRAINT setting_max_verdicts_check CHECK ((max_verdicts > 0)),
    CONSTRAINT setting_resume_window_check CHECK ((resume_window >= '00:00:00'::interval))
);

COMMENT ON COLUMN chat.setting.resume_window IS 'How long an empty room goes on logging what its filters pass';

COMMENT ON COLUMN chat.setting.gateway_grace IS 'How long a gateway may be gone before its members leave their rooms';

COMMENT ON COLUMN chat.setting.max_name_chars IS 'Longest user name, in characters';

COMMENT ON COLUMN chat.setting.max_clause_bytes IS 'Longest filter clause, in bytes of UTF-8';

COMMENT ON COLUMN chat.setting.max_clause_depth IS 'Deepest nesting of parentheses in a clause';

COMMENT ON COLUMN chat.setting.max_clause_nodes IS 'Most nodes in a clause''s parse tree; the values of a list behind IN are not counted';

COMMENT ON COLUMN chat.setting.max_probe_time IS 'Longest that a clause may take on the probe rows and the newest stored rows together';

COMMENT ON COLUMN chat.setting.probe_rows IS 'How many of the newest stored rows a clause is tried on';

COMMENT ON COLUMN chat.setting.verdict_memory IS 'How long a verdict about a clause is remembered';

COMMENT ON COLUMN chat.setting.max_verdicts IS 'Most verdicts that are remembered; the oldest go first';

COMMENT ON COLUMN chat.setting.max_row_time IS 'Longest that a clause may take on one row of the largest size';

COMMENT ON COLUMN chat.setting.max_match_time IS 'Longest that a filter may take on the new rows of a batch that ran into its time limit';

COMMENT ON COLUMN chat.setting.max_canonical_bytes IS 'Longest clause as Postgres writes it, in bytes: IN and BETWEEN repeat what stands before them';

COMMENT ON COLUMN chat.setting.max_text_calls IS 'Most calls of functions that copy or search a text, and LIKE, in a clause';

COMMENT ON COLUMN chat.setting.max_pass_time IS 'Longest that all filters together may take on a batch, besides 0.2 µs per filter and row; then each is looked at';

COMMENT ON COLUMN chat.setting.max_number_calls IS 'Most operations + - * / % and roundings to places, of decimals, in a clause';

COMMENT ON COLUMN chat.setting.max_announced_rooms IS 'While a batch reaches at most so many rooms, each is told on its channel; beyond that, only those of announce_room';

COMMENT ON COLUMN chat.setting.chat_keep_for IS 'How long chat_event is kept at least, if it does not take more than chat_keep_bytes; null: for ever';

COMMENT ON COLUMN chat.setting.chat_keep_bytes IS 'How much disk chat_event may take before the oldest go; null: any';

COMMENT ON COLUMN chat.setting.log_keep_for IS 'As chat_keep_for, of feed_batch, group_log, room_log and feed_reject: without them nobody knows what a room got';

COMMENT ON COLUMN chat.setting.log_keep_bytes IS 'As chat_keep_bytes, of these four together';

ALTER TABLE chat.signature ALTER COLUMN signature_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME chat.signature_signature_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE chat.slot (
    slot integer NOT NULL,
    CONSTRAINT slot_slot_check CHECK (((slot >= 0) AND (slot <= 1023)))
);

COMMENT ON TABLE chat.slot IS 'The slots of rooms that this server has; where it has no name it has all';

CREATE TABLE chat.slow_comment (
    room_id integer NOT NULL,
    name_key text NOT NULL,
    said_at timestamp with time zone NOT NULL
);

COMMENT ON TABLE chat.slow_comment IS 'Who commented lately in rooms in slow mode';

CREATE TABLE chat.timeline (
    number integer NOT NULL,
    is_synchronous boolean NOT NULL,
    is_only boolean DEFAULT true NOT NULL,
    CONSTRAINT timeline_is_only_check CHECK (is_only)
);

COMMENT ON TABLE chat.timeline IS 'One row: the timeline on which messages were last numbered; each promotion begins one';

COMMENT ON COLUMN chat.timeline.is_synchronous IS 'Whether a commit waited for a standby; if not, a promoted one may lack messages, and their numbers are passed over';

CREATE SEQUENCE public.execution_execution_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

CREATE TABLE feed.execution (
    execution_id bigint DEFAULT nextval('public.execution_execution_id_seq'::regclass) NOT NULL,
    timetag bigint DEFAULT (floor(EXTRACT(epoch FROM clock_timestamp())))::bigint NOT NULL,
    symbol text NOT NULL COLLATE chat.code_points,
    market text NOT NULL COLLATE chat.code_points,
    price numeric NOT NULL,
    quantity numeric NOT NULL,
    execution_epoch bigint NOT NULL,
    state_symbol text NOT NULL COLLATE chat.code_points,
    message bytea NOT NULL,
    stream_seq bigint,
    CONSTRAINT execution_market_check CHECK ((octet_length(market) <= 4096)),
    CONSTRAINT execution_state_symbol_check CHECK ((octet_length(state_symbol) <= 4096)),
    CONSTRAINT execution_symbol_check CHECK ((octet_length(symbol) <= 4096))
)
PARTITION BY RANGE (execution_id);
ALTER TABLE ONLY feed.execution ALTER COLUMN message SET STORAGE EXTERNAL;

COMMENT ON COLUMN feed.execution.price IS 'The shortest decimal that the float sent stands for: 99.99 is 99.99';

COMMENT ON COLUMN feed.execution.quantity IS 'As price is';

COMMENT ON COLUMN feed.execution.message IS 'The feed message as it arrived: what clients get';

CREATE SEQUENCE public.sport_event_sport_event_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

CREATE TABLE feed.sport_event (
    sport_event_id bigint DEFAULT nextval('public.sport_event_sport_event_id_seq'::regclass) NOT NULL,
    timetag bigint DEFAULT (floor(EXTRACT(epoch FROM clock_timestamp())))::bigint NOT NULL,
    sport integer NOT NULL,
    match_title text NOT NULL COLLATE chat.code_points,
    data_event text NOT NULL COLLATE chat.code_points,
    message bytea NOT NULL,
    stream_seq bigint,
    sport_name text GENERATED ALWAYS AS (
CASE sport
    WHEN 1 THEN 'BASEBALL'::text
    WHEN 2 THEN 'BASKETBALL'::text
    WHEN 3 THEN 'FOOTBALL'::text
    WHEN 4 THEN 'BOXING'::text
    WHEN 5 THEN 'GOLF'::text
    WHEN 6 THEN 'NASCAR'::text
    WHEN 7 THEN 'TENNIS'::text
    ELSE NULL::text
END) STORED COLLATE chat.code_points,
    CONSTRAINT sport_event_data_event_check CHECK ((octet_length(data_event) <= 1048576)),
    CONSTRAINT sport_event_match_title_check CHECK ((octet_length(match_title) <= 4096))
)
PARTITION BY RANGE (sport_event_id);
ALTER TABLE ONLY feed.sport_event ALTER COLUMN message SET STORAGE EXTERNAL;

COMMENT ON COLUMN feed.sport_event.message IS 'The feed message as it arrived: what clients get';

COMMENT ON COLUMN feed.sport_event.sport_name IS 'The name of sport in event.proto; null for one that it does not know';

CREATE VIEW public.chat_event AS
 SELECT chat_event_id,
    timetag,
    msgtype,
    (COALESCE(userstatus, ''::text))::character varying AS userstatus,
    (COALESCE(username, ''::text))::character varying AS username,
    COALESCE(roomid, 0) AS roomid,
    (COALESCE(commentxt, ''::text))::character varying AS commentxt,
    (COALESCE(sportfilter, 'SAME'::text))::character varying AS sportfilter,
    (COALESCE(execfilter, 'SAME'::text))::character varying AS execfilter
   FROM chat.chat_event e
  WHERE ((msgtype <> ALL (ARRAY[5, 6, 7])) OR (message IS NULL));

COMMENT ON VIEW public.chat_event IS 'chat.chat_event as the original service had it: empty texts, 0 and SAME where ours is null';

CREATE VIEW public.execution AS
 SELECT execution_id,
    timetag,
    ((symbol)::character varying COLLATE "default") AS symbol,
    ((market)::character varying COLLATE "default") AS market,
    price,
    quantity,
    execution_epoch,
    ((state_symbol)::character varying COLLATE "default") AS state_symbol
   FROM feed.execution e;

COMMENT ON VIEW public.execution IS 'feed.execution as the original service had it; what is inserted here is stored and goes to no room';

CREATE VIEW public.sport_event AS
 SELECT sport_event_id,
    timetag,
    sport,
    ((match_title)::character varying COLLATE "default") AS match_title,
    ((data_event)::character varying COLLATE "default") AS data_event
   FROM feed.sport_event e;

COMMENT ON VIEW public.sport_event IS 'feed.sport_event as the original service had it; what is inserted here is stored and goes to no room';

ALTER TABLE ONLY chat.feed ALTER COLUMN feed_id SET DEFAULT nextval('chat.feed_feed_id_seq'::regclass);

ALTER TABLE ONLY chat.feed_batch ALTER COLUMN batch_id SET DEFAULT nextval('chat.feed_batch_batch_id_seq'::regclass);

ALTER TABLE ONLY chat.feed_reject ALTER COLUMN feed_reject_id SET DEFAULT nextval('chat.feed_reject_feed_reject_id_seq'::regclass);

ALTER TABLE ONLY chat.room_log ALTER COLUMN room_log_id SET DEFAULT nextval('chat.room_log_room_log_id_seq'::regclass);

ALTER TABLE ONLY chat.allowed_function
    ADD CONSTRAINT allowed_function_pkey PRIMARY KEY (signature);

ALTER TABLE ONLY chat.allowed_node
    ADD CONSTRAINT allowed_node_pkey PRIMARY KEY (node);

ALTER TABLE ONLY chat.allowed_type
    ADD CONSTRAINT allowed_type_pkey PRIMARY KEY (type_name);

ALTER TABLE ONLY chat.allowed_word
    ADD CONSTRAINT allowed_word_pkey PRIMARY KEY (word);

ALTER TABLE ONLY chat.block_log
    ADD CONSTRAINT block_log_pkey PRIMARY KEY (block_id, batch_id);

ALTER TABLE ONLY chat.bounded_table
    ADD CONSTRAINT bounded_table_pkey PRIMARY KEY (table_name);

ALTER TABLE ONLY chat.chat_event
    ADD CONSTRAINT chat_event_pkey PRIMARY KEY (chat_event_id);

ALTER TABLE ONLY chat.departed_member
    ADD CONSTRAINT departed_member_pkey PRIMARY KEY (username);

ALTER TABLE ONLY chat.departure
    ADD CONSTRAINT departure_pkey PRIMARY KEY (slot);

ALTER TABLE ONLY chat.feed_batch
    ADD CONSTRAINT feed_batch_pkey PRIMARY KEY (batch_id);

ALTER TABLE ONLY chat.feed_column
    ADD CONSTRAINT feed_column_feed_id_position_key UNIQUE (feed_id, "position");

ALTER TABLE ONLY chat.feed_column
    ADD CONSTRAINT feed_column_pkey PRIMARY KEY (feed_id, column_name);

ALTER TABLE ONLY chat.feed
    ADD CONSTRAINT feed_name_key UNIQUE (name);

ALTER TABLE ONLY chat.feed
    ADD CONSTRAINT feed_pkey PRIMARY KEY (feed_id);

ALTER TABLE ONLY chat.feed_position
    ADD CONSTRAINT feed_position_pkey PRIMARY KEY (stream, epoch);

ALTER TABLE ONLY chat.feed_reject
    ADD CONSTRAINT feed_reject_pkey PRIMARY KEY (feed_reject_id);

ALTER TABLE ONLY chat.filter
    ADD CONSTRAINT filter_pkey PRIMARY KEY (filter_id);

ALTER TABLE ONLY chat.filter_rules
    ADD CONSTRAINT filter_rules_pkey PRIMARY KEY (is_only);

ALTER TABLE ONLY chat.filter_verdict
    ADD CONSTRAINT filter_verdict_pkey PRIMARY KEY (feed_id, clause_hash);

ALTER TABLE ONLY chat.gateway
    ADD CONSTRAINT gateway_pkey PRIMARY KEY (gateway_id);

ALTER TABLE ONLY chat.group_block
    ADD CONSTRAINT group_block_pkey PRIMARY KEY (block_id);

ALTER TABLE ONLY chat.measure
    ADD CONSTRAINT measure_name_key_kind_room_id_key UNIQUE NULLS NOT DISTINCT (name_key, kind, room_id);

ALTER TABLE ONLY chat.member
    ADD CONSTRAINT member_pkey PRIMARY KEY (username);

ALTER TABLE ONLY chat.moderation
    ADD CONSTRAINT moderation_pkey PRIMARY KEY (moderation_id);

ALTER TABLE ONLY chat.name_claim
    ADD CONSTRAINT name_claim_pkey PRIMARY KEY (word, name_key);

ALTER TABLE ONLY chat.partition
    ADD CONSTRAINT partition_part_key UNIQUE (part);

ALTER TABLE ONLY chat.partition
    ADD CONSTRAINT partition_pkey PRIMARY KEY (partition_id);

ALTER TABLE ONLY chat.probe_value
    ADD CONSTRAINT probe_value_pkey PRIMARY KEY (type_name, number);

ALTER TABLE ONLY chat.room_elsewhere
    ADD CONSTRAINT room_elsewhere_pkey PRIMARY KEY (room_id);

ALTER TABLE ONLY chat.room_filter
    ADD CONSTRAINT room_filter_pkey PRIMARY KEY (room_filter_id);

ALTER TABLE ONLY chat.room_group
    ADD CONSTRAINT room_group_filter_ids_key UNIQUE (filter_ids);

ALTER TABLE ONLY chat.room_group_filter
    ADD CONSTRAINT room_group_filter_pkey PRIMARY KEY (filter_id, group_id);

ALTER TABLE ONLY chat.room_group
    ADD CONSTRAINT room_group_pkey PRIMARY KEY (group_id);

ALTER TABLE ONLY chat.room_kept
    ADD CONSTRAINT room_kept_pkey PRIMARY KEY (room_id);

ALTER TABLE ONLY chat.room
    ADD CONSTRAINT room_pkey PRIMARY KEY (room_id);

ALTER TABLE ONLY chat.routed_filter
    ADD CONSTRAINT routed_filter_pkey PRIMARY KEY (filter_id);

ALTER TABLE ONLY chat.router
    ADD CONSTRAINT router_pkey PRIMARY KEY (feed_id);

ALTER TABLE ONLY chat.server
    ADD CONSTRAINT server_pkey PRIMARY KEY (is_only);

ALTER TABLE ONLY chat.setting
    ADD CONSTRAINT setting_pkey PRIMARY KEY (is_only);

ALTER TABLE ONLY chat.signature
    ADD CONSTRAINT signature_feed_id_template_hash_key UNIQUE (feed_id, template_hash);

ALTER TABLE ONLY chat.signature
    ADD CONSTRAINT signature_pkey PRIMARY KEY (signature_id);

ALTER TABLE ONLY chat.slot
    ADD CONSTRAINT slot_pkey PRIMARY KEY (slot);

ALTER TABLE ONLY chat.slow_comment
    ADD CONSTRAINT slow_comment_pkey PRIMARY KEY (room_id, name_key);

ALTER TABLE ONLY chat.timeline
    ADD CONSTRAINT timeline_pkey PRIMARY KEY (is_only);

ALTER TABLE ONLY feed.execution
    ADD CONSTRAINT execution_pkey PRIMARY KEY (execution_id);

ALTER TABLE ONLY feed.sport_event
    ADD CONSTRAINT sport_event_pkey PRIMARY KEY (sport_event_id);

CREATE INDEX block_log_batch_id_idx ON ONLY chat.block_log USING btree (batch_id);

CREATE INDEX feed_batch_upper_idx ON ONLY chat.feed_batch USING btree (feed_id, upper(row_ids));

CREATE UNIQUE INDEX filter_canonical_key ON chat.filter USING btree (feed_id, canonical_hash);

CREATE INDEX filter_verdict_filter_id_idx ON chat.filter_verdict USING btree (filter_id) WHERE (filter_id IS NOT NULL);

CREATE UNIQUE INDEX filter_verdict_verdict_id_key ON chat.filter_verdict USING btree (verdict_id);

CREATE INDEX member_gateway_id_idx ON chat.member USING btree (gateway_id);

CREATE INDEX member_look_idx ON chat.member USING btree (look);

CREATE UNIQUE INDEX member_member_id_key ON chat.member USING btree (member_id);

CREATE UNIQUE INDEX member_name_key_key ON chat.member USING btree (name_key);

CREATE INDEX member_room_id_idx ON chat.member USING btree (room_id);

CREATE INDEX name_claim_gateway_id_idx ON chat.name_claim USING btree (gateway_id);

CREATE INDEX room_announced_idx ON chat.room USING btree (group_id) WHERE is_announced;

CREATE INDEX room_filter_any_filter_id_idx ON chat.room_filter USING btree (filter_id);

CREATE INDEX room_filter_filter_id_idx ON chat.room_filter USING btree (filter_id) WHERE (state = 'in force'::text);

CREATE UNIQUE INDEX room_filter_present_key ON chat.room_filter USING btree (room_id, feed_id) WHERE (state <> 'replaced'::text);

CREATE INDEX room_filter_room_id_idx ON chat.room_filter USING btree (room_id, room_filter_id);

CREATE INDEX room_group_filter_group_id_idx ON chat.room_group_filter USING btree (group_id);

CREATE INDEX room_group_id_idx ON chat.room USING btree (group_id, live_until);

CREATE INDEX room_group_likeness_idx ON chat.room_group USING btree (likeness, group_id);

CREATE INDEX room_group_routed_idx ON chat.room_group USING btree (live_until) WHERE is_routed;

CREATE INDEX room_open_idx ON chat.room USING btree (room_id) WHERE is_open;

CREATE INDEX routed_filter_feed_id_idx ON chat.routed_filter USING btree (feed_id) WHERE (NOT is_indexed);

CREATE INDEX routed_filter_signature_id_idx ON chat.routed_filter USING btree (signature_id);

CREATE OR REPLACE VIEW chat.feed_activity AS
 SELECT f.name AS feed,
    f.state,
    a.rows,
    ( SELECT COALESCE(sum(s.filters), (0)::bigint) AS "coalesce"
           FROM chat.signature s
          WHERE (s.feed_id = f.feed_id)) AS filters_routed,
    count(*) FILTER (WHERE (c.state = 'in force'::text)) AS rooms_filtering,
    count(*) FILTER (WHERE (c.state = 'suspended'::text)) AS rooms_suspended
   FROM ((chat.feed f
     JOIN chat.answer_rates() a(feed, rows) ON ((a.feed = f.name)))
     LEFT JOIN ( SELECT o.feed_id,
            o.state
           FROM ((chat.room_filter o
             JOIN chat.room r ON ((r.room_id = o.room_id)))
             JOIN chat.filter t ON ((t.filter_id = o.filter_id)))
          WHERE ((o.state <> 'replaced'::text) AND r.is_open AND ((t.canonical <> 'true'::text) OR (o.state = 'suspended'::text)))) c ON ((c.feed_id = f.feed_id)))
  GROUP BY f.feed_id, a.rows
  ORDER BY f.feed_id;

CREATE TRIGGER count_rule_change AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON chat.allowed_function FOR EACH STATEMENT EXECUTE FUNCTION chat.count_rule_change();

CREATE TRIGGER count_rule_change AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON chat.allowed_node FOR EACH STATEMENT EXECUTE FUNCTION chat.count_rule_change();

CREATE TRIGGER count_rule_change AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON chat.allowed_type FOR EACH STATEMENT EXECUTE FUNCTION chat.count_rule_change();

CREATE TRIGGER count_rule_change AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON chat.allowed_word FOR EACH STATEMENT EXECUTE FUNCTION chat.count_rule_change();

CREATE TRIGGER count_rule_change AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON chat.feed_column FOR EACH STATEMENT EXECUTE FUNCTION chat.count_rule_change();

CREATE TRIGGER count_rule_change AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON chat.probe_value FOR EACH STATEMENT EXECUTE FUNCTION chat.count_rule_change();

CREATE TRIGGER count_rule_change AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON chat.setting FOR EACH STATEMENT EXECUTE FUNCTION chat.count_rule_change();

CREATE TRIGGER protect_moderation BEFORE DELETE OR UPDATE OR TRUNCATE ON chat.moderation FOR EACH STATEMENT EXECUTE FUNCTION chat.protect_moderation();

CREATE TRIGGER begin_routing BEFORE INSERT ON feed.execution FOR EACH STATEMENT WHEN (((current_setting('chat.is_routed'::text, true) IS DISTINCT FROM 'off'::text) AND (current_setting('chat.is_log_locked'::text, true) IS DISTINCT FROM 'on'::text))) EXECUTE FUNCTION chat.begin_routing();

CREATE TRIGGER begin_routing BEFORE INSERT ON feed.sport_event FOR EACH STATEMENT WHEN (((current_setting('chat.is_routed'::text, true) IS DISTINCT FROM 'off'::text) AND (current_setting('chat.is_log_locked'::text, true) IS DISTINCT FROM 'on'::text))) EXECUTE FUNCTION chat.begin_routing();

CREATE TRIGGER make_message BEFORE INSERT OR UPDATE ON feed.execution FOR EACH ROW WHEN ((new.message IS NULL)) EXECUTE FUNCTION feed.encode_execution();

CREATE TRIGGER make_message BEFORE INSERT OR UPDATE ON feed.sport_event FOR EACH ROW WHEN ((new.message IS NULL)) EXECUTE FUNCTION feed.encode_sport_event();

CREATE TRIGGER route AFTER INSERT ON feed.execution REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT WHEN ((current_setting('chat.is_routed'::text, true) IS DISTINCT FROM 'off'::text)) EXECUTE FUNCTION room_filter.route_execution();

CREATE TRIGGER route AFTER INSERT ON feed.sport_event REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT WHEN ((current_setting('chat.is_routed'::text, true) IS DISTINCT FROM 'off'::text)) EXECUTE FUNCTION room_filter.route_sport_event();

CREATE TRIGGER number_on AFTER INSERT OR UPDATE ON public.chat_event FOR EACH STATEMENT EXECUTE FUNCTION chat.number_on();

CREATE TRIGGER number_on AFTER INSERT OR UPDATE ON public.execution FOR EACH STATEMENT EXECUTE FUNCTION chat.number_on();

CREATE TRIGGER number_on AFTER INSERT OR UPDATE ON public.sport_event FOR EACH STATEMENT EXECUTE FUNCTION chat.number_on();

CREATE TRIGGER write INSTEAD OF INSERT OR DELETE OR UPDATE ON public.chat_event FOR EACH ROW EXECUTE FUNCTION chat.write_chat_event();

CREATE TRIGGER write INSTEAD OF INSERT OR DELETE OR UPDATE ON public.execution FOR EACH ROW EXECUTE FUNCTION feed.write_execution();

CREATE TRIGGER write INSTEAD OF INSERT OR DELETE OR UPDATE ON public.sport_event FOR EACH ROW EXECUTE FUNCTION feed.write_sport_event();

ALTER TABLE ONLY chat.feed_column
    ADD CONSTRAINT feed_column_feed_id_fkey FOREIGN KEY (feed_id) REFERENCES chat.feed(feed_id);

ALTER TABLE ONLY chat.filter
    ADD CONSTRAINT filter_feed_id_fkey FOREIGN KEY (feed_id) REFERENCES chat.feed(feed_id);

ALTER TABLE ONLY chat.filter_verdict
    ADD CONSTRAINT filter_verdict_feed_id_fkey FOREIGN KEY (feed_id) REFERENCES chat.feed(feed_id);

ALTER TABLE ONLY chat.filter_verdict
    ADD CONSTRAINT filter_verdict_filter_id_fkey FOREIGN KEY (filter_id) REFERENCES chat.filter(filter_id);

ALTER TABLE ONLY chat.measure
    ADD CONSTRAINT measure_moderation_id_fkey FOREIGN KEY (moderation_id) REFERENCES chat.moderation(moderation_id);

ALTER TABLE ONLY chat.member
    ADD CONSTRAINT member_gateway_id_fkey FOREIGN KEY (gateway_id) REFERENCES chat.gateway(gateway_id);

ALTER TABLE ONLY chat.member
    ADD CONSTRAINT member_room_id_fkey FOREIGN KEY (room_id) REFERENCES chat.room(room_id);

ALTER TABLE ONLY chat.partition
    ADD CONSTRAINT partition_table_name_fkey FOREIGN KEY (table_name) REFERENCES chat.bounded_table(table_name) ON DELETE CASCADE;

ALTER TABLE ONLY chat.room_filter
    ADD CONSTRAINT room_filter_feed_id_fkey FOREIGN KEY (feed_id) REFERENCES chat.feed(feed_id);

ALTER TABLE ONLY chat.room_filter
    ADD CONSTRAINT room_filter_filter_id_fkey FOREIGN KEY (filter_id) REFERENCES chat.filter(filter_id);

ALTER TABLE ONLY chat.room_filter
    ADD CONSTRAINT room_filter_room_id_fkey FOREIGN KEY (room_id) REFERENCES chat.room(room_id);

ALTER TABLE ONLY chat.room_group_filter
    ADD CONSTRAINT room_group_filter_filter_id_fkey FOREIGN KEY (filter_id) REFERENCES chat.filter(filter_id);

ALTER TABLE ONLY chat.room_group_filter
    ADD CONSTRAINT room_group_filter_group_id_fkey FOREIGN KEY (group_id) REFERENCES chat.room_group(group_id);

ALTER TABLE ONLY chat.room
    ADD CONSTRAINT room_group_id_fkey FOREIGN KEY (group_id) REFERENCES chat.room_group(group_id);

ALTER TABLE ONLY chat.router
    ADD CONSTRAINT router_feed_id_fkey FOREIGN KEY (feed_id) REFERENCES chat.feed(feed_id);

ALTER TABLE ONLY chat.signature
    ADD CONSTRAINT signature_feed_id_fkey FOREIGN KEY (feed_id) REFERENCES chat.feed(feed_id) ON DELETE CASCADE;
