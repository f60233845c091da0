-- SPDX-License-Identifier: MIT
-- All faults of a row at once; the years behind with a line for each beneficiary.

select name_every_fault_of(c.oid) from pg_class c
 where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace
   and exists (select from pg_constraint k where k.conrelid = c.oid and k.contype = 'c');
