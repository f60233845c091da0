-- SPDX-License-Identifier: MIT
-- Lists of projects ask for the caller's territory, his organisation's own projects and those it carries out, nearly always of
-- some state. With the state in the index of each of the three, only rows that may be shown are visited: of a million
-- projects a province has 30,000, of one state 4,000.

create index project_province_status on project (province_code, status);
drop index project_organisation;
create index project_organisation on project (organisation_id, status);
drop index project_implementer;
create index project_implementer on project (implementer_id, status);
