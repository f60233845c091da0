-- SPDX-License-Identifier: MIT
-- Jurors do not look over each other's shoulders; and what is restored finds the records that it belongs to.

create policy own_until_all_are_in on voting_score_sheet as restrictive for select to kc_api using (sheet_open(council_id, entry_id, seat));
comment on column voting_council.members is '[{seat, role, position, organisation_name, user_id}]: posts and bodies, not names; user_id: the person who sits there, if he calls himself.';

create trigger back_with_parent before update of deleted_at on voting_round
  for each row execute function refuse_without_parent('voting_regulation', 'regulation_id');
create trigger back_with_parent before update of deleted_at on voting_entry
  for each row execute function refuse_without_parent('voting_round', 'round_id', 'product', 'product_id', 'establishment', 'establishment_id');
create trigger back_with_parent before update of deleted_at on voting_council
  for each row execute function refuse_without_parent('voting_round', 'round_id');
create trigger back_with_parent before update of deleted_at on voting_score_sheet
  for each row execute function refuse_without_parent('voting_council', 'council_id', 'voting_entry', 'entry_id');
