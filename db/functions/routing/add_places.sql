-- The last places of a block's groups behind a batch: those that got rows of it, told by their indexes, move on.
--
-- Written out, since this is part of a statement that runs for each block of each batch: to unnest the arrays and put
-- them together again takes many times as long.
create or replace function chat.add_places(p_places bigint[], p_indexes smallint[], p_bits bytea[])
returns bigint[]
language sql
immutable
as $$
  select array[
    p_places[1] + coalesce(bit_count(p_bits[array_position(p_indexes, 1::smallint)]), 0),
    p_places[2] + coalesce(bit_count(p_bits[array_position(p_indexes, 2::smallint)]), 0),
    p_places[3] + coalesce(bit_count(p_bits[array_position(p_indexes, 3::smallint)]), 0),
    p_places[4] + coalesce(bit_count(p_bits[array_position(p_indexes, 4::smallint)]), 0),
    p_places[5] + coalesce(bit_count(p_bits[array_position(p_indexes, 5::smallint)]), 0),
    p_places[6] + coalesce(bit_count(p_bits[array_position(p_indexes, 6::smallint)]), 0),
    p_places[7] + coalesce(bit_count(p_bits[array_position(p_indexes, 7::smallint)]), 0),
    p_places[8] + coalesce(bit_count(p_bits[array_position(p_indexes, 8::smallint)]), 0),
    p_places[9] + coalesce(bit_count(p_bits[array_position(p_indexes, 9::smallint)]), 0),
    p_places[10] + coalesce(bit_count(p_bits[array_position(p_indexes, 10::smallint)]), 0),
    p_places[11] + coalesce(bit_count(p_bits[array_position(p_indexes, 11::smallint)]), 0),
    p_places[12] + coalesce(bit_count(p_bits[array_position(p_indexes, 12::smallint)]), 0),
    p_places[13] + coalesce(bit_count(p_bits[array_position(p_indexes, 13::smallint)]), 0),
    p_places[14] + coalesce(bit_count(p_bits[array_position(p_indexes, 14::smallint)]), 0),
    p_places[15] + coalesce(bit_count(p_bits[array_position(p_indexes, 15::smallint)]), 0),
    p_places[16] + coalesce(bit_count(p_bits[array_position(p_indexes, 16::smallint)]), 0)
  ]
$$;
