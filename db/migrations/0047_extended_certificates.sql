-- SPDX-License-Identifier: MIT
-- The list for verifiers without a network names certificates whose term was changed after their code may have been printed.

create index certificate_log_extended on certificate_log (certificate_id) where leaf like '%"event": "extended"%';
