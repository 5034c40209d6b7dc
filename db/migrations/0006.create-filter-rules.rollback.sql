alter table chat.setting
  drop column max_clause_bytes,
  drop column max_clause_depth,
  drop column max_clause_nodes,
  drop column max_probe_time,
  drop column probe_rows,
  drop column verdict_memory;

drop table
  chat.filter_verdict, chat.probe_value, chat.allowed_function, chat.allowed_type, chat.allowed_node, chat.allowed_word;
