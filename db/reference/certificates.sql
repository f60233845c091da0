-- SPDX-License-Identifier: MIT
-- Brings the grounds of revocation to the state of the file beside. Safe to repeat; certificates keep the codes.

create temp table ground (like revocation_ground) on commit drop;
\copy ground from 'reference/revocation_grounds.csv' with (format csv, header true)
delete from revocation_ground;
insert into revocation_ground select * from ground;
