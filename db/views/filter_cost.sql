-- What each routed filter costs on the newest rows, measured when one looks, and its share of its feed's routing.
create or replace view chat.filter_cost as
select
  e.name as feed,
  t.canonical,
  m.form,
  (
    select count(*) from chat.room_filter as f where f.filter_id = m.filter_id and f.state = 'in force'
  ) as rooms,
  round(m.us_per_row::numeric, 3) as us_per_row,
  round(
    (100 * m.us_per_row / nullif(sum(m.us_per_row) over (partition by m.feed_id), 0))::numeric, 1
  ) as percent_of_routing
from chat.measure_filters() as m
join chat.feed as e on e.feed_id = m.feed_id
join chat.filter as t on t.filter_id = m.filter_id
order by m.us_per_row desc;
