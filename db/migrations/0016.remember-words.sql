-- What the words stage let pass is remembered between the two calls that a new clause takes. Stages have names now.
-- depends: 0015.name-keys

alter table chat.filter_verdict
  add column normalized text,
  drop constraint filter_verdict_check,
  add constraint filter_verdict_check check (num_nonnulls(filter_id, reason, normalized) = 1);

comment on column chat.filter_verdict.normalized is
  'The clause with its field names put as columns, if it passed the words stage and no other was asked yet';

comment on table chat.allowed_word is
  'Stage words: what a clause may hold outside literals, besides the feed''s columns';

comment on table chat.allowed_node is 'Stage tree: the nodes that a clause''s parse tree may hold';

comment on table chat.allowed_type is 'Stage tree: the types that anything in a clause''s parse tree may have';

comment on table chat.allowed_function is
  'Stage tree: the functions, and those behind operators and casts, that a clause may call. '
  'All are immutable and cheap';

comment on table chat.probe_value is
  'Stage trial: the clause is run on one row per number, made of these values. '
  'Integer extremes are left out: they would refuse sport + 1';
