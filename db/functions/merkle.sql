-- SPDX-License-Identifier: MIT
-- The tree of the certificates' log: hashes, proofs (RFC 9162 section 2.1).

create or replace function merkle_leaf_hash(leaf bytea) returns bytea language sql immutable strict parallel safe as $$
  select sha256('\x00'::bytea || leaf)
$$;
create or replace function merkle_node_hash(left_hash bytea, right_hash bytea) returns bytea language sql immutable strict parallel safe as $$
  select sha256('\x01'::bytea || left_hash || right_hash)
$$;
comment on function merkle_node_hash is 'Another first byte than that of a leaf, so that no leaf passes for a node.';

-- Both with the owner's rights by log_certificate(), which holds the lock.
create or replace function merkle_append(of_certificate uuid, leaf text) returns void language plpgsql as $$
declare
  place constant bigint := merkle_size();
begin
  insert into certificate_log (leaf_index, certificate_id, leaf) values (place, of_certificate, leaf);
  perform merkle_add(place, merkle_leaf_hash(convert_to(leaf, 'UTF8')));
end
$$;

create or replace function merkle_add(at_place bigint, hash bytea) returns void language plpgsql as $$
declare
  at_level integer := 0;
begin
  insert into merkle_node (level, place, hash) values (at_level, at_place, hash);
  while at_place % 2 = 1 loop
    hash := merkle_node_hash((select n.hash from merkle_node n where n.level = at_level and n.place = at_place - 1), hash);
    at_level := at_level + 1;
    at_place := at_place / 2;
    insert into merkle_node (level, place, hash) values (at_level, at_place, hash);
  end loop;
end
$$;
comment on function merkle_add is 'The hash of a leaf, and of every subtree that it makes full.';

create or replace function merkle_size() returns bigint language sql stable as $$
  select coalesce(max(leaf_index) + 1, 0) from certificate_log
$$;

create or replace function merkle_split(leaves bigint) returns bigint language sql immutable strict parallel safe as $$
  select 1::bigint << (floor(log(2, (leaves - 1)::numeric))::integer)
$$;
comment on function merkle_split is 'The largest power of two below the number of leaves (two or more).';

-- MTH(D[first : first + leaves]). The recursion always asks for ranges that begin where a subtree of their size would.
create or replace function merkle_hash(first bigint, leaves bigint) returns bytea language plpgsql stable as $$
declare
  half bigint;
begin
  if leaves = 0 then
    return sha256('');
  elsif leaves & (leaves - 1) = 0 then
    return (select n.hash from merkle_node n where n.level = round(log(2, leaves::numeric))::integer and n.place = first / leaves);
  end if;
  half := merkle_split(leaves);
  return merkle_node_hash(merkle_hash(first, half), merkle_hash(first + half, leaves - half));
end
$$;

create or replace function merkle_inclusion(leaf bigint, size bigint, first bigint default 0) returns bytea[] language plpgsql stable as $$
declare
  half bigint;
begin
  if size <= 1 then
    return '{}';
  end if;
  half := merkle_split(size);
  if leaf < half then
    return merkle_inclusion(leaf, half, first) || merkle_hash(first + half, size - half);
  end if;
  return merkle_inclusion(leaf - half, size - half, first + half) || merkle_hash(first, half);
end
$$;
comment on function merkle_inclusion is 'PATH(leaf, D[first : first + size]), from the leaf up.';

create or replace function merkle_consistency(old_size bigint, size bigint, first bigint default 0, is_whole boolean default true)
returns bytea[] language plpgsql stable as $$
declare
  half bigint;
begin
  if old_size = size then
    return case when is_whole then '{}' else array[merkle_hash(first, size)] end;
  end if;
  half := merkle_split(size);
  if old_size <= half then
    return merkle_consistency(old_size, half, first, is_whole) || merkle_hash(first + half, size - half);
  end if;
  return merkle_consistency(old_size - half, size - half, first + half, false) || merkle_hash(first, half);
end
$$;
comment on function merkle_consistency is 'SUBPROOF(old_size, D[first : first + size], is_whole) for 0 < old_size <= size.';

create or replace function base64url(bytes bytea) returns text language sql immutable strict parallel safe as $$
  select translate(encode(bytes, 'base64'), E'+/=\n', '-_')
$$;

create or replace function hashes_json(hashes bytea[]) returns json language sql stable as $$
  select coalesce(json_agg(base64url(hash) order by n), '[]') from unnest(hashes) with ordinality listed (hash, n)
$$;

create or replace function refuse_tree_size(parameter text, wanted bigint, smallest bigint, largest bigint) returns void language plpgsql as $$
begin
  if wanted not between smallest and largest then
    raise exception using errcode = 'PT400', message = 'invalid-parameter', detail = jsonb_build_array(jsonb_build_object(
      'parameter', parameter, 'code', case when wanted < smallest then 'minimum' else 'maximum' end,
      'params', case when wanted < smallest then jsonb_build_object('minimum', smallest) else jsonb_build_object('maximum', largest) end));
  end if;
end
$$;

create or replace function log_entries_json(of_public_no text, wanted_size bigint) returns json language plpgsql stable as $$
declare
  size constant bigint := coalesce(wanted_size, merkle_size());
begin
  perform refuse_tree_size('tree_size', size, 1, merkle_size());
  return (
    select json_build_object('tree_size', size, 'root_hash', base64url(merkle_hash(0, size)), 'entries',
             json_agg(json_build_object('leaf_index', l.leaf_index, 'leaf', l.leaf, 'inclusion_path', hashes_json(merkle_inclusion(l.leaf_index, size)))
                      order by l.leaf_index))
      from certificate_log l
      join certificate c on c.id = l.certificate_id
     where c.public_no = of_public_no and l.leaf_index < size
    having count(*) > 0);
end
$$;
comment on function log_entries_json is 'What the log says of a certificate, each entry with its proof for the tree of that size; null: nothing.';

create or replace function consistency_json(old_size bigint, wanted_size bigint) returns json language plpgsql stable as $$
declare
  size constant bigint := coalesce(wanted_size, merkle_size());
begin
  perform refuse_tree_size('to', size, 1, merkle_size());
  perform refuse_tree_size('from', old_size, 1, size);
  return json_build_object('from', old_size, 'to', size, 'from_root_hash', base64url(merkle_hash(0, old_size)),
    'to_root_hash', base64url(merkle_hash(0, size)), 'consistency_path', hashes_json(merkle_consistency(old_size, size)));
end
$$;
