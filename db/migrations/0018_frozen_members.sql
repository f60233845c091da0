-- SPDX-License-Identifier: MIT
-- G10: a project that was handed in is no longer changed by hand, and neither are its parts.

comment on column open_member.part is 'Name of the table whose rows are changed, the record''s own or that of its parts; with a + behind it: what a row that is added may have.';

create trigger frozen before update of name, level, scale, programme_id, parent_id, implementer_id, managing_organisation_id, places,
    partner_province_codes, themes, trade_code, starts_on, ends_on, total_cost_vnd, support_vnd, counterpart_vnd, necessity, objective,
    replication, evidence_grade, note, deleted_at on project
  for each row execute function refuse_frozen('project', 'id');
create trigger frozen before insert or update on project_line for each row execute function refuse_frozen('project', 'project_id');
create trigger frozen before insert or update on project_funding for each row execute function refuse_frozen('project', 'project_id');
create trigger frozen before insert or update on project_output for each row execute function refuse_frozen('project', 'project_id');
