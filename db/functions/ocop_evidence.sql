-- SPDX-License-Identifier: MIT
-- Answers of a sheet with their evidence, as the service gives them.

create or replace function ocop_answers_json(answers jsonb) returns jsonb language sql stable as $$
  select coalesce(jsonb_agg((a - 'kept_file_ids') || ocop_evidence_said(a) || jsonb_build_object('files', case
           when coalesce(a -> 'kept_file_ids', '[]') = '[]' then '[]' else ocop_files_json(a -> 'kept_file_ids')::jsonb end) order by n), '[]')
    from jsonb_array_elements(answers) with ordinality listed (a, n)
$$;
comment on function ocop_answers_json is 'Most answers have no file, and none is looked for.';
