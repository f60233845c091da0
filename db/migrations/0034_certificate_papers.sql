-- SPDX-License-Identifier: MIT
-- The decision that a certificate rests on is a paper like others: its file is kept.

create trigger cite_files after insert or update of decision on certificate for each row execute function cite_files_of_record('decision');
