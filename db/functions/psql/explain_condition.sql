-- What each part of a condition makes of one row, and why the row did not get to a room, if it did not.
create or replace function chat.explain_condition(
  p_feed chat.feed,
  p_row_id bigint,
  p_canonical text,
  p_was_delivered boolean,
  p_suspended_for text
)
returns table (item text, value text)
language plpgsql
stable
as $$
declare
  v_condition record;
  v_part text;
  v_passes boolean;
begin
  select c.connective, c.parts into v_condition from chat.split_condition(p_canonical) as c;
  foreach v_part in array v_condition.parts loop
    begin
      execute format('select %s from feed.%I where %I = $1', v_part, p_feed.name, p_feed.key_column)
      into v_passes
      using p_row_id;
      value := v_part || ' is ' || coalesce(v_passes::text, 'unknown');
    exception
      when others then
        value := v_part || ' raises: ' || sqlerrm;
    end;
    item := coalesce(chat.fold_word(v_condition.connective) || ' part', 'condition');
    return next;
  end loop;
  if p_was_delivered then
    return;
  end if;
  if p_suspended_for is not null then
    return query select 'why not', 'the filter was suspended: ' || p_suspended_for;
    return;
  end if;
  begin
    execute format('select %s from feed.%I where %I = $1', p_canonical, p_feed.name, p_feed.key_column)
    into v_passes
    using p_row_id;
  exception
    when others then
      v_passes := null;
  end;
  return query select
    'why not',
    case
      when v_passes then 'nobody was in the room, or had been lately, so nothing was logged'
      else 'the filter does not pass it'
    end;
end
$$;
