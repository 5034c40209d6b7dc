alter table chat.setting
  drop column max_verdicts,
  drop column max_row_time,
  drop column max_match_time;

drop index chat.filter_verdict_filter_id_idx, chat.room_filter_any_filter_id_idx;

alter table chat.filter_verdict
  drop column verdict_id,
  drop column rules_changes;

-- Its triggers would count changes of what an earlier migration makes anew.
drop function if exists chat.count_rule_change() cascade;

drop table chat.filter_rules;
