-- Why a condition's parse tree takes a time to a zone that it may not, or parts of it by name; null if it does neither.
--
-- The name of a part is a literal: one that a row holds may be none. In UTC alone: other zones have rules that change,
-- differ from machine to machine, and raise for the latest times.
create or replace function chat.check_zones(p_quals text)
returns text
language sql
stable
as $$
  select case
    when f.is_zone then 'AT TIME ZONE takes ''UTC'' alone in a filter: … at time zone ''UTC'''
    else 'extract() takes the name of a part as it is: extract(hour from … at time zone ''UTC'')'
  end
  from (
    values
      (true, 'timezone(text,timestamptz)'::regprocedure::oid, '[^{}]*:constvalue 7 \[ (-?\d+ ){4}85 84 67 \]\}'),
      (false, 'extract(text,timestamp)'::regprocedure::oid, '')
  ) as f(is_zone, oid, form)
  where case
    when position(':funcid ' || f.oid || ' ' in p_quals) > 0
      then regexp_count(p_quals, ':funcid ' || f.oid || ' ')
        <> regexp_count(p_quals, ':funcid ' || f.oid || ' [^{}]*:args \(\{CONST ' || f.form)
  end
  limit 1
$$;
