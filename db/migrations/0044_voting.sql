-- SPDX-License-Identifier: MIT
drop function if exists locked_voting_entry(uuid, text[], uuid); -- now asks which act it is for
