-- Measures what a signature's filters cost by each form that it may have: the cheapest, and what each took if known.
--
-- By the feed's newest rows, in a small batch and in a large one, so that neither latency nor throughput decides alone;
-- without any rows it is a guess. Of very many filters some stand for all. What it makes of tables is left.
create or replace function chat.try_forms(p_signature_id integer, out form text, out microseconds jsonb)
language plpgsql
volatile
as $$
declare
  v_most constant integer := 4000;
  v_signature chat.signature;
  v_form text;
  v_weight double precision;
  v_tried jsonb := '{}';
begin
  select s.* into v_signature from chat.signature as s where s.signature_id = p_signature_id;
  foreach v_form in array chat.list_forms(v_signature) loop
    v_weight := 1;
    if v_form not in ('direct', v_signature.form) then
      perform chat.build_constants(p_signature_id, v_form, v_most);
      v_weight := greatest(1, v_signature.filters::double precision / v_most);
    end if;
    v_tried := v_tried || jsonb_build_object(
      v_form,
      (
        select jsonb_object_agg(n, round((chat.time_form(v_signature, v_form, n) * v_weight / n)::numeric, 2))
        from unnest('{10,1000}'::integer[]) as n
      )
    );
  end loop;
  microseconds := case when chat.has_rows(v_signature.feed_id, 100) then v_tried end;
  form := coalesce(
    (
      select t.form
      from jsonb_each(microseconds) as t(form, us)
      order by (t.us ->> '10')::double precision * (t.us ->> '1000')::double precision
      limit 1
    ),
    (chat.list_forms(v_signature))[2]
  );
end
$$;
