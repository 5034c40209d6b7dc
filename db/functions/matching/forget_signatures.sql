-- Has a feed's filters evaluated one by one, and forgets what they have in common, before columns or functions change.
-- The caller holds the log's lock, then routes the filters anew and brings the router up to date.
create or replace function chat.forget_signatures(p_feed_id integer)
returns void
language plpgsql
volatile
as $$
begin
  perform chat.use_form(s.signature_id, 'direct') from chat.signature as s where s.feed_id = p_feed_id;
  delete from chat.routed_filter as r where r.feed_id = p_feed_id;
  delete from chat.signature as s where s.feed_id = p_feed_id;
end
$$;
