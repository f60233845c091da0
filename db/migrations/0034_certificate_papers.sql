-- SPDX-License-Identifier: MIT
-- Decisions on certificates, councils and entries of the voting, and the dossiers of these, are papers like others: their files are kept.

create trigger cite_files after insert or update of decision on certificate for each row execute function cite_files_of_record('decision');
create trigger cite_files after insert or update of decision on voting_council for each row execute function cite_files_of_record('decision');
create trigger cite_files_decision after insert or update of decision on voting_entry for each row execute function cite_files_of_record('decision');
create trigger cite_files_checklist after insert or update of checklist on voting_entry for each row execute function cite_files_of_record('checklist');
