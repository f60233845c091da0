-- SPDX-License-Identifier: MIT
-- What everybody may read of programmes, without a token (docs/access.md): a programme once a decision stands behind it, with
-- its targets and the acts that brought it there. Nobody is asked there, so there is no caller in the claims.

-- National programmes are read by every caller, but until now also by none.
alter policy seen on programme
  using (level = 'national' and claim('app.client_id') is not null
         or in_territory(province_code) or organisation_id = claim('app.organisation_id')::uuid);
alter policy seen on target
  using (province_code is null and claim('app.client_id') is not null
         or in_territory(province_code) or organisation_id = claim('app.organisation_id')::uuid);

create policy seen_by_the_public on programme for select to kc_api
  using (claim('app.client_id') is null and status in ('approved', 'active', 'closed') and deleted_at is null);
-- The programme is looked up under the policies of its own table.
create policy seen_by_the_public on target for select to kc_api
  using (claim('app.client_id') is null and deleted_at is null and exists (select from programme g where g.id = programme_id));

-- Of the acts the public sees those that are a decision; what led there is the business of the agencies.
alter policy seen on transition
  using (record_seen(record_type, record_id)
         and (claim('app.client_id') is not null or record_type = 'programme' and to_status in ('approved', 'active', 'closed')));
-- Who sees a record may add an act to it; that takes somebody.
alter policy added on transition
  with check (claim('app.client_id') is not null and record_seen(record_type, record_id)
              and client_id is not distinct from claim('app.client_id')::uuid
              and acting_organisation_id is not distinct from claim('app.organisation_id')::uuid);
