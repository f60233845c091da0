-- SPDX-License-Identifier: MIT
-- A certificate issued here names the result that it certifies; one result is certified once (certificates_issued.sql).
alter table certificate
  add constraint certificate_result_fkey foreign key (result_id) references ocop_result;
