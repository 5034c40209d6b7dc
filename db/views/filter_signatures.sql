-- What filters have in common that differ in constants only, and how they are evaluated.
create or replace view chat.filter_signatures as
select
  e.name as feed,
  s.template as signature,
  s.filters,
  s.form,
  (s.microseconds -> s.form ->> '1000')::numeric as us_per_row,
  s.reason
from chat.signature as s
join chat.feed as e on e.feed_id = s.feed_id
order by s.filters desc;
