-- SPDX-License-Identifier: MIT
-- OCOP: evidence of the answers of a sheet; more time for supplements; what who comes for a council alone reads, writes and declares.

-- ---- Evidence ----

comment on column ocop_score_sheet.answers is '[{criterion_code, option_code, part, points, note, requirement_codes, file_ids, cited_from, kept_file_ids}]: points come from the rubric, never from the caller; cited_from is a criterion of the same sheet; kept_file_ids are all files that show the answer, as they were when the sheet was handed in.';
create trigger cite_files_of_answers after insert or update of answers on ocop_score_sheet
  for each row execute function cite_files_of_record('answers');

-- ---- More time for supplements ----

alter table ocop_supplement_request
  add column extensions jsonb not null default '[]',
  add constraint ocop_supplement_request_extensions_shape check (are_objects(extensions));
comment on column ocop_supplement_request.due_on is 'As it is now, after what extended it.';
comment on column ocop_supplement_request.extensions is '[{due_on_before, due_on, extended_on, note}], first to last.';

-- ---- Registrations and what hangs on them: the second wall ----

create policy not_by_members on ocop_registration as restrictive for insert to kc_api with check (not is_plain_member());
-- Only what is written is asked: a member who hands in his sheet locks the registration.
create policy not_changed_by_members on ocop_registration as restrictive for update to kc_api using (true) with check (not is_plain_member());
create policy of_what_is_assigned on ocop_supplement_request as restrictive for select to kc_api
  using ((select claim('app.roles')) is null or exists (select from ocop_registration r where r.id = registration_id));
create policy of_what_is_assigned on ocop_review as restrictive for select to kc_api
  using ((select claim('app.roles')) is null or exists (select from ocop_registration r where r.id = registration_id));

-- ---- Members of councils and juries declare conflicts of interest themselves ----

alter policy changed on ocop_council_member
  using ((not is_plain_member() or user_id = claim('app.user_id')::uuid) and exists (select from ocop_council c where c.id = council_id));
create trigger declared_by_himself before insert or update on ocop_council_member for each row execute function declared_by_himself();
create trigger declared_by_himself before insert or update on voting_council for each row execute function declared_by_himself();

-- They take more than they did (functions/*.sql make them anew).
drop function if exists changed_voting_record(text, uuid, jsonb, bigint, text, text[], uuid);
drop function if exists changed_ocop_member(uuid, jsonb, bigint);
drop function if exists ocop_member_faults(jsonb);
drop function if exists answered_ocop_supplement(uuid, jsonb, bigint, text[], uuid);
