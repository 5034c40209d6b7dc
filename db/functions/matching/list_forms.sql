-- The forms by which a signature's filters can be evaluated.
create or replace function chat.list_forms(p_signature chat.signature)
returns text[]
language sql
immutable
as $$
  select array_remove(
    array[
      'direct',
      case when p_signature.anchors is not null then 'pairs' end,
      case when p_signature.is_mappable and p_signature.slots <> '{}' then 'bitmaps' end
    ], null
  )
$$;
