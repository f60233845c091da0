-- SPDX-License-Identifier: MIT
-- Guards of life cycles: guard_<name>(record_id, act, on_day) gives faults {pointer, code, params, legal_basis, enforcement}.
-- Codes begin with the number of the guard (g1_…); their texts in api/messages.yaml name it and its figures.

create or replace function guard_final(record_id uuid, act jsonb, on_day date) returns jsonb language sql stable as $$
  select fault_if(true, '#/action', 'act_is_final')
$$;
comment on function guard_final is 'For correct_guards: what the act set off cannot be taken back.';
