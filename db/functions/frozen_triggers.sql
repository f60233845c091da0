-- SPDX-License-Identifier: MIT
-- G10: what was handed in and decided on is not changed by hand. Rows of open_member say what may be, in which state; the
-- effects of an act change the rest.

create or replace function members_changed(before jsonb, after jsonb) returns text[] language sql immutable parallel safe as $$
  select array_agg(m.key order by m.key)
    from jsonb_each(after) m
   where m.value <> coalesce(before -> m.key, 'null')
     and m.key <> all ('{id,version,status,organisation_id,province_code,codes_on,origin,history_quality,folded,created_at,created_by,
                         updated_at,updated_by}'::text[])
$$;
comment on function members_changed is 'Names of what people write that differs between two states of a row.';

create or replace function open_members(of_type text, of_status text, parts text[]) returns text[] language sql stable as $$
  select array_agg(member)
    from public.open_member o
   cross join unnest(o.members) member
   where o.record_type = of_type and o.status in (of_status, '*') and o.part = any (parts)
$$;

create or replace function frozen_faults(of_type text, of_status text, members text[]) returns jsonb language sql stable as $$
  select coalesce(jsonb_agg(jsonb_build_object('pointer', '#/' || member, 'code', 'g10_frozen', 'params',
           jsonb_build_object('status_label', jsonb_build_object('vi', s.label_vi, 'en', s.label_en)))), '[]')
    from unnest(members) member
    left join public.record_status s on (s.record_type, s.status) = (of_type, of_status)
$$;

-- create trigger frozen before insert or update on project_line
--   for each row execute function refuse_frozen('project', 'project_id')
-- What came without its history (history_quality final_state_only) is put right by whoever brings it; loaders name no client.
create or replace function refuse_frozen() returns trigger language plpgsql as $$
declare
  row_now constant jsonb := to_jsonb(new);
  -- What a new row has of itself is nothing that somebody wrote.
  row_before jsonb := '{"machines": [], "is_technology_line": false}';
  parts text[] := array[tg_table_name];
  status_then text;
  quality text;
  allowed text[];
begin
  if claim('app.client_id') is null or claim('app.act') is not null then
    return new;
  end if;
  if tg_op = 'UPDATE' then
    row_before := to_jsonb(old);
  else
    parts := parts || (tg_table_name || '+');
  end if;
  execute format('select status, history_quality from public.%I where id = $1', tg_argv[0])
    into status_then, quality using (row_now ->> tg_argv[1])::uuid;
  allowed := coalesce(open_members(tg_argv[0], status_then, parts), '{}');
  if quality <> 'final_state_only' and '*' <> all (allowed) then
    perform refuse_by_guards(frozen_faults(tg_argv[0], status_then,
      array(select member from unnest(members_changed(row_before, row_now)) member where member <> all (allowed))));
  end if;
  return new;
end
$$;
