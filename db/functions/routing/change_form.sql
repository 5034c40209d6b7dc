-- Has a signature's filters evaluated by another form, or goes on as before; of tables for trials nothing is left.
create or replace function chat.change_form(p_signature chat.signature, p_form text)
returns void
language plpgsql
volatile
as $$
begin
  if p_form <> p_signature.form then
    if p_form <> 'direct' then
      -- Of very many filters only some were tried; the others not under the lock.
      p_signature.adding := chat.write_adding(p_signature, p_form);
      perform chat.add_missing_constants(p_signature, p_form);
    end if;
    perform chat.lock_log();
    if not exists (select from chat.signature as s where s.signature_id = p_signature.signature_id) then
      p_form := 'direct';
    end if;
    perform chat.use_form(p_signature.signature_id, p_form);
    perform chat.refresh_stale_routers();
    delete from chat.signature as s
    where s.signature_id = p_signature.signature_id and s.filters = 0 and s.form = 'direct';
  end if;
  execute (
    select string_agg(format('drop table if exists %s', chat.constants_table(p_signature.signature_id, f)), '; ')
    from unnest('{pairs,bitmaps}'::text[]) as f
    where f <> p_form
  );
end
$$;
