-- SPDX-License-Identifier: MIT
-- OCOP: who comes for a council alone writes no registration and reads what belongs to those assigned to him.

-- ---- Registrations and what hangs on them: the second wall ----

create policy not_by_members on ocop_registration as restrictive for insert to kc_api with check (not is_plain_member());
-- Only what is written is asked: a member who hands in his sheet locks the registration.
create policy not_changed_by_members on ocop_registration as restrictive for update to kc_api using (true) with check (not is_plain_member());
create policy of_what_is_assigned on ocop_supplement_request as restrictive for select to kc_api
  using ((select claim('app.roles')) is null or exists (select from ocop_registration r where r.id = registration_id));
create policy of_what_is_assigned on ocop_review as restrictive for select to kc_api
  using ((select claim('app.roles')) is null or exists (select from ocop_registration r where r.id = registration_id));
