-- SPDX-License-Identifier: MIT
-- Papers that records of money and acceptance carry name files, too: these are kept like those of acts.

create trigger cite_files after insert or update of minutes on acceptance for each row execute function cite_files_of_record('minutes');
create trigger cite_files after insert or update of document on allocation for each row execute function cite_files_of_record('document');
create trigger cite_files after insert or update of document on payment_request for each row execute function cite_files_of_record('document');
create trigger cite_files after insert on ledger_entry for each row execute function cite_files_of_record('document');
