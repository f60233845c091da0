-- SPDX-License-Identifier: MIT
-- Life cycles, second part: rules ask guards and set off effects, approvals freeze what they approve, acts are undone by
-- acts of their own, and legal figures that are no norm are parameters.

alter table transition_rule
  add column guards text[] not null default '{}',
  add column effects text[] not null default '{}',
  add column correct_guards text[] not null default '{}',
  add column freezes boolean not null default false,
  add column is_awaited boolean not null default true;
comment on column transition_rule.guards is 'Functions guard_<name>(record_id, act, on_day) that say what forbids the act; what blocks is answered 409 guard-failed.';
comment on column transition_rule.effects is 'Functions effect_<name>(record_id, transition_id, act, on_day), called in this order once the state is set. An act with an effect can be corrected only when undo_<name> exists.';
comment on column transition_rule.correct_guards is 'Guards that are asked when the act is to be undone by `correct`; `final`: it never is.';
comment on column transition_rule.freezes is 'The act freezes a snapshot of the record.';
comment on column transition_rule.is_awaited is 'Somebody waits for the act, so that it makes a work item; false: it may be done (withdraw, stop) but nobody waits.';

-- ---- Snapshots ----

create table snapshot (
  id uuid primary key default uuidv7(),
  record_type text not null,
  record_id uuid not null,
  record_version integer not null,
  transition_id uuid not null,
  sha256 text not null,
  body text not null,
  frozen_at timestamptz not null default current_instant(),
  organisation_id uuid constraint snapshot_organisation_fkey references organisation,
  province_code text,
  constraint snapshot_transition_key unique (transition_id),
  constraint snapshot_sha256_of_body check (sha256 = encode(sha256(convert_to(body, 'UTF8')), 'hex')),
  constraint snapshot_body_shape check (jsonb_typeof(body::jsonb) = 'object')
);
comment on table snapshot is 'What an approval froze (bản chốt): the record as it was decided on. Never changed, never removed; seen like the record.';
comment on column snapshot.record_type is 'Name of the record''s table.';
comment on column snapshot.record_version is 'Version of the record after the act that froze it.';
comment on column snapshot.sha256 is 'Of the bytes of body, UTF-8.';
comment on column snapshot.body is 'The record with its parts as canonical JSON: members in the order of their code points, no space.';
create index snapshot_record on snapshot (record_type, record_id);
create index snapshot_organisation on snapshot (organisation_id);

create trigger refuse_rewriting before update or delete or truncate on snapshot
  for each statement execute function refuse_rewriting();
alter table snapshot enable row level security;
alter table snapshot force row level security;
create policy seen on snapshot for select to kc_api using (record_seen(record_type, record_id));
create policy added on snapshot for insert to kc_api with check (record_seen(record_type, record_id));
grant select, insert on snapshot to kc_api;

alter table transition
  add column corrects_id uuid constraint transition_corrects_fkey references transition,
  add column effects text[] not null default '{}',
  add constraint transition_snapshot_fkey foreign key (snapshot_id) references snapshot deferrable initially deferred,
  add constraint transition_corrects_key unique (corrects_id),
  add constraint transition_corrects_action check ((action = 'correct') = (corrects_id is not null));
comment on column transition.corrects_id is 'The act that this one undoes; both stay.';
comment on column transition.effects is 'What the act set off, and so what its correction undoes.';

-- ---- Parameters ----

create table parameter (
  id uuid primary key default uuidv7(),
  code text not null,
  name_vi text not null,
  name_en text not null,
  value numeric not null,
  measure_unit text,
  level text,
  province_code text,
  legal_basis text not null,
  valid_from date not null,
  valid_to date,
  certainty text not null,
  enforcement text not null,
  note text,
  constraint parameter_code_form check (code ~ '^[a-z][a-z0-9_]{0,99}$'),
  constraint parameter_level_known check (level in ('national', 'local')),
  constraint parameter_province_format check (province_code ~ '^[0-9]{2}$'),
  constraint parameter_ends_after_starts check (valid_to >= valid_from),
  constraint parameter_certainty_known check (certainty in ('verified', 'second_hand', 'uncertain')),
  constraint parameter_enforcement_known check (enforcement in ('block', 'warn')),
  constraint parameter_uncertain_warns check (certainty <> 'uncertain' or enforcement = 'warn'),
  constraint parameter_once exclude using gist (
    code with =, (coalesce(level, '')) with =, (coalesce(province_code, '')) with =, daterange(valid_from, valid_to, '[]') with &&)
);
comment on table parameter is 'Figures that texts set and that change with them (tham số pháp lý): shares, days, limits; loaded from db/reference/parameters.csv. A new figure is a new row.';
comment on column parameter.measure_unit is 'What value is counted in: percent, day, vnd, …';
comment on column parameter.level is 'Whose money it is for; null: both.';
comment on column parameter.province_code is 'Only in this province; null: everywhere. The row that says more wins.';
comment on column parameter.certainty is 'How well the row is founded: verified, second_hand or uncertain.';
comment on column parameter.enforcement is 'block: what breaks it is refused; warn: it is pointed to. Uncertain rows only warn.';

-- ---- Members that may still change ----

create table open_member (
  record_type text not null,
  status text not null,
  part text not null,
  members text[] not null,
  note text,
  constraint open_member_pkey primary key (record_type, status, part),
  constraint open_member_members_given check (cardinality(members) > 0)
);
comment on table open_member is 'Which members of a record and of its parts may be changed in which state; everything else is frozen. Loaded from db/reference/open_members.csv.';
comment on column open_member.status is '* for every state.';
comment on column open_member.part is 'Name of the table whose rows are changed: the record''s own or that of its parts.';
comment on column open_member.members is 'Names of columns; * for all, and for adding and removing rows.';

do $$
declare
  data text;
begin
  foreach data in array array['parameter', 'open_member'] loop
    execute format($ddl$
      alter table %1$I enable row level security;
      alter table %1$I force row level security;
      create policy seen on %1$I for select to kc_api using (true);
      grant select on %1$I to kc_api;
    $ddl$, data);
  end loop;
end
$$;
