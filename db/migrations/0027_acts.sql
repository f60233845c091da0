-- SPDX-License-Identifier: MIT
-- Acts ask for a scope of their own: who writes a record does not, by that alone, approve it.

-- Rules come anew with every release (db/reference/transition_rules.csv); those of an earlier one name no scope.
delete from transition_rule;
alter table transition_rule add scope text not null constraint transition_rule_scope_form check (scope ~ '^[a-z]+:[a-z]+$');
comment on column transition_rule.scope is 'What the token must hold for the act, beside tier and role.';
