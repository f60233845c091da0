-- SPDX-License-Identifier: MIT

-- Of the person the name is shown as it is shown of any user: a client without personal-data:read learns no names here.
-- name: getMe :one
select json_build_object(
         'client_id', :client_id::uuid,
         'user', (select json_build_object('id', u.id, 'user_name', u.user_name,
                           'full_name', case when :personal_data::boolean then u.full_name else masked(u.full_name) end)
                    from "user" u where u.id = :user_id::uuid),
         'organisation', (select json_build_object('id', o.id, 'name', o.name, 'kind', o.kind)
                            from organisation o where o.id = :organisation_id::uuid),
         'tier', :tier::text,
         'territory', :provinces::text[],
         'roles', coalesce(:roles::text[], '{}'),
         'scopes', string_to_array(:scopes::text, ' '),
         'expires_at', instant(to_timestamp(:expires_at::bigint))) as body;
