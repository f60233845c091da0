-- SPDX-License-Identifier: MIT
-- What tables of dated rule rows have in common.

create or replace function rule_table(of_table text) returns void language plpgsql as $$
begin
  execute format($ddl$
    alter table %1$I
      add column version integer not null default 1,
      add column origin text not null default 'release',
      add column replaces_id uuid constraint %2$I references %1$I on delete set null,
      add column organisation_id uuid constraint %3$I references organisation,
      add column created_at timestamptz not null default now(),
      add column created_by uuid,
      add column updated_at timestamptz not null default now(),
      add column updated_by uuid,
      add constraint %4$I check (origin in ('release', 'authority'));
    comment on column %1$I.origin is 'release: loaded with it, which may correct the row as long as nobody has changed it; authority: entered over the API.';
    comment on column %1$I.replaces_id is 'The row that this one took the place of, which ended on the day before.';
    comment on column %1$I.organisation_id is 'The body that entered the row; null: of the release.';
    create unique index %5$I on %1$I (replaces_id);
    create trigger stamp before insert or update on %1$I for each row execute function stamp_row();
    create trigger keep_history after insert or update or delete on %1$I for each row execute function keep_history();
    create policy added on %1$I for insert to kc_api with check (claim('app.tier') = 'central');
    create policy changed on %1$I for update to kc_api using (claim('app.tier') = 'central');
    grant insert, update on %1$I to kc_api;
  $ddl$, of_table, of_table || '_replaces_fkey', of_table || '_organisation_fkey', of_table || '_origin_known', of_table || '_replaces_key');
end
$$;
comment on function rule_table is 'Makes a table of dated rows one that central bodies enter, confirm and end: versions, history, what replaced what.';

create or replace function rule_place() returns trigger language plpgsql as $$
declare
  on_day constant date := coalesce((to_jsonb(new) ->> 'codes_on')::date, new.valid_from);
begin
  if new.origin = 'release' then
    return new;
  end if;
  perform refuse_faults(
    case when new.province_code is null then '[]' else province_faults('#/province_code', new.province_code, on_day) end
    || coalesce((select jsonb_agg(fault order by listed.n)
                   from jsonb_array_elements_text(to_jsonb(new) -> 'admin_unit_codes') with ordinality listed (code, n),
                        jsonb_array_elements(fault_if(not exists (select from admin_unit_at(listed.code, on_day)),
                          '#/admin_unit_codes/' || listed.n - 1, 'unknown_admin_unit',
                          jsonb_build_object('code', listed.code, 'codes_on', on_day))) fault), '[]'));
  return new;
end
$$;
comment on function rule_place is 'Units that a rule names are units of its day.';
