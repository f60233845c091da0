-- SPDX-License-Identifier: MIT
-- Guards of life cycles: guard_<name>(record_id, act, on_day) gives faults {pointer, code, params, legal_basis, enforcement}.
-- Codes begin with the number of the guard (g1_…); their texts in api/messages.yaml name it and its figures.

create or replace function guard_final(record_id uuid, act jsonb, on_day date) returns jsonb language sql stable as $$
  select fault_if(true, '#/action', 'act_is_final')
$$;
comment on function guard_final is 'For correct_guards: what the act set off cannot be taken back.';

-- ---- G11: two persons ----

create or replace function guard_g11_accepted_by_other(record_id uuid, act jsonb, on_day date) returns jsonb language sql stable as $$
  select fault_if(p.implementer_id = claim('app.organisation_id')::uuid, '#/action', 'g11_accepted_by_implementer',
           jsonb_build_object('implementer', o.name))
    from project p
    left join organisation o on o.id = p.implementer_id
   where p.id = record_id
$$;
comment on function guard_g11_accepted_by_other is 'Acceptance is not signed by the implementer alone.';
