-- SPDX-License-Identifier: MIT
-- The years behind, thousands of rows at once, and who brought which file; rules that provinces enter, and rules that are read.

alter table import
  add column sha256 text,
  add column person_id uuid,
  add constraint import_sha256_form check (sha256 ~ '^[0-9a-f]{64}$');
comment on column import.sha256 is 'Digest of the body as it was sent, so of the file; null: loaded before it was kept.';
comment on column import.person_id is 'On whose behalf, where the token names a person.';

alter type past_project add attribute planned_outputs jsonb;
alter type past_project add attribute actual_outputs jsonb;
comment on type past_project is 'A row of a plan table, understood. Outputs are {unit: value}; null: the row says nothing of them.';

create index admin_unit_province_words on admin_unit (fold(name)) where tier = 'province';

-- These are asked otherwise now; functions are replayed, but what they were called with before would stay beside them.
drop function if exists run_import(uuid, jsonb, jsonb, text[], uuid, text);
drop function if exists past_outcome(jsonb, integer, jsonb, text[], uuid, text, uuid);
drop function if exists past_project_named(jsonb, integer, text, text[], uuid);
drop function if exists past_project_of(jsonb, project, jsonb, text[], text);
drop function if exists past_members(jsonb, project, jsonb, text[], text);
drop function if exists past_changes(past_project, project, jsonb, integer);
drop function if exists beneficiaries_kept(past_project, text[], uuid);
drop function if exists keep_past_project(past_project, project, text[], integer, text[], uuid, uuid);
drop function if exists implementer_of_words(text, text[]);
drop function if exists establishments_of_words(text, text[]);
drop function if exists keep_past_item(past_project, integer, uuid);
drop function if exists keep_past_payments(past_project, integer, uuid);
drop function if exists keep_past_lines(past_project, uuid[]);
drop function if exists refuse_repeated_rows(jsonb);

-- ---- Local norms are entered by their provinces ----

-- That each place of such a norm is the caller's is asked where it is written (norm_enterable, norm_changeable), and for the places here.
alter policy added on norm with check (claim('app.tier') = 'central' or claim('app.tier') = 'province' and level = 'local');
alter policy changed on norm using (claim('app.tier') = 'central' or claim('app.tier') = 'province' and level = 'local');
alter policy added on norm_territory with check (claim('app.tier') = 'central' or claim('app.tier') = 'province' and in_territory(province_code));
alter policy taken_out on norm_territory using (claim('app.tier') = 'central' or claim('app.tier') = 'province' and in_territory(province_code));
