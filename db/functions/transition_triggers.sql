-- SPDX-License-Identifier: MIT
-- What the table of transitions itself stands on. Record types are names of tables.

create or replace function record_seen(of_type text, of_id uuid) returns boolean language plpgsql stable as $$
declare
  is_seen boolean;
begin
  if of_type = 'project' then -- most acts are of these, and the plan is kept
    return exists (select from project where id = of_id);
  end if;
  execute format('select exists (select from %I where id = $1)', of_type) into is_seen using of_id;
  return is_seen;
end
$$;
comment on function record_seen is 'Does the caller see the record? Asked of its own table, so that what belongs to a record is seen like the record.';

-- A mistake is undone by an act of its own, never by rewriting what was done.
create or replace function refuse_rewriting() returns trigger language plpgsql as $$
begin
  raise exception '% is append only', tg_table_name;
end
$$;
