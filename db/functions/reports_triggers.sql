-- SPDX-License-Identifier: MIT
-- What was frozen stays as it was; naming who it goes to sends it, and what was sent is not changed any more.

create or replace function report_snapshot_frozen() returns trigger language plpgsql as $$
begin
  if (new.report, new."from", new."to", new.geo_basis, new.filters, new.as_of, new.sha256, new.body)
     is distinct from (old.report, old."from", old."to", old.geo_basis, old.filters, old.as_of, old.sha256, old.body) then
    raise exception 'the body of a report that was frozen does not change';
  end if;
  if old.status = 'sent' then
    raise exception using errcode = 'PT409', message = 'guard-failed',
      detail = '[{"pointer": "#/sent_to_id", "code": "report_snapshot_sent"}]';
  end if;
  if new.sent_to_id is not null then
    new.status := 'sent';
    new.sent_on := today();
  end if;
  return new;
end
$$;
