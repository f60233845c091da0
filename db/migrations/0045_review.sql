-- SPDX-License-Identifier: MIT
-- Second walls of OCOP: who comes for a council alone changes no result, sees no draft made from sheets of others before all are
-- in, and neither makes nor changes a certificate.

create policy not_by_members on ocop_result as restrictive for insert to kc_api with check (not is_plain_member());
create policy not_changed_by_members on ocop_result as restrictive for update to kc_api using (not is_plain_member());
create policy not_before_all_are_in on ocop_result as restrictive for select to kc_api
  using ((select claim('app.roles')) is null or ocop_result_open(registration_id, council_id, pass_no, status));

create policy by_an_office on certificate as restrictive for insert to kc_api with check (is_certificate_office());
create policy changed_by_an_office on certificate as restrictive for update to kc_api using (true) with check (is_certificate_office());
