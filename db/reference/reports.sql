-- SPDX-License-Identifier: MIT
-- Brings the columns of the plan table to the state of plan_table_columns.csv. Safe to repeat.

create temp table load_plan_table_column (like plan_table_column) on commit drop;
\copy load_plan_table_column from 'reference/plan_table_columns.csv' with (format csv, header true)
delete from plan_table_column;
insert into plan_table_column select * from load_plan_table_column;
