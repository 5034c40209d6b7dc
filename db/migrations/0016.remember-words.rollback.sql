-- The version before names the parameters of these otherwise, and does not know how to replace such a function.
drop function if exists chat.explain_operator(text), chat.parse_clause(integer, text);

delete from chat.filter_verdict where normalized is not null;

alter table chat.filter_verdict
  drop constraint filter_verdict_check,
  drop column normalized,
  add constraint filter_verdict_check check ((filter_id is null) <> (reason is null));

comment on table chat.allowed_word is
  'First gate: the words that a clause may hold outside literals, besides the feed''s columns';

comment on table chat.allowed_node is 'Third gate: the nodes that a clause''s parse tree may hold';

comment on table chat.allowed_type is 'Third gate: the types that anything in a clause''s parse tree may have';

comment on table chat.allowed_function is
  'Third gate: the functions, and those behind operators and casts, that a clause may call. '
  'All are immutable and cheap';

comment on table chat.probe_value is
  'Fourth gate: the clause is run on a row a number, made of these values. '
  'Integer extremes are left out: they would refuse sport + 1';
