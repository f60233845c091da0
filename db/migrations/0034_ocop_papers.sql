-- SPDX-License-Identifier: MIT
-- Minutes, decisions and dossiers of OCOP and of the voting are papers like others: their files are kept.

create trigger cite_files after insert or update of decision on certificate for each row execute function cite_files_of_record('decision');
create trigger cite_files after insert or update of decision on voting_council for each row execute function cite_files_of_record('decision');
create trigger cite_files_decision after insert or update of decision on voting_entry for each row execute function cite_files_of_record('decision');
create trigger cite_files_checklist after insert or update of checklist on voting_entry for each row execute function cite_files_of_record('checklist');
create trigger cite_files_minutes after insert or update of minutes on ocop_result for each row execute function cite_files_of_record('minutes');
create trigger cite_files_decision after insert or update of decision on ocop_result for each row execute function cite_files_of_record('decision');
