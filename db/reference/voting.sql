-- SPDX-License-Identifier: MIT
-- Brings the groups of products of the voting to the state of voting_product_groups.csv. Safe to repeat.

create temp table load_voting_group (code text, label_vi text, label_en text, place integer, legal_basis text, valid_from date, valid_to date,
  certainty text, note text) on commit drop;
\copy load_voting_group from 'reference/voting_product_groups.csv' with (format csv, header true)

delete from voting_product_group;
insert into voting_product_group (code, label_vi, label_en, place, legal_basis, valid_from, valid_to, certainty, note)
select * from load_voting_group;
