-- SPDX-License-Identifier: MIT
-- Indicators of the plans of a year: registered on time, returned, adjusted and why, liquidated, supported.

create or replace function plan_year_indicators(q report_question) returns json language plpgsql stable as $$
declare
  ids constant uuid[] := array(select p.id from planned_projects(q) p);
  registered record;
  ended record;
  supported record;
  adjusted json[];
begin
  -- A plan that never said when registration ends has nothing on time and nothing late.
  select count(*) as registrations, count(*) filter (where i.registered_on <= a.closes_on) as on_time into registered
    from annual_plan_item i
    join annual_plan a on a.id = i.annual_plan_id and a.deleted_at is null and a.closes_on is not null
   where i.project_id = any (ids) and i.year = q.year and i.deleted_at is null and i.plan_adjustment_id is null;
  select (select count(*) from transition t where t.record_type = 'project' and t.record_id = any (ids) and t.action = 'return') as returns,
         (select count(*) from unnest(ids) p (id)
           where exists (select from contract c where c.project_id = p.id and c.deleted_at is null and c.status = 'closed_out')
             and not exists (select from contract c where c.project_id = p.id and c.deleted_at is null and c.status in ('draft', 'signed'))) as liquidated
    into ended;
  select count(distinct l.establishment_id) as establishments, count(l.establishment_id) as visits into supported
    from project_line l
   where l.project_id = any (ids) and l.deleted_at is null and l.status in ('accepted', 'settled');
  select array_agg(report_indicator('adjustments_' || r.reason, 'Điều chỉnh kế hoạch: ' || reason_label(r.reason), 'Adjustments: ' || r.reason,
           'Số quyết định điều chỉnh có lý do này; kinh phí ' || case when r.change > 0 then '+' else '' end || figure_vi(r.change, 'vnd') || ' triệu đồng', r.adjustments)
           order by r.adjustments desc, r.reason)
    into adjusted
    from (select coalesce(d.reason_code, 'none') as reason, count(distinct d.id) as adjustments, sum(v.change) as change
            from (select v.plan_adjustment_id, v.support_vnd - coalesce(lag(v.support_vnd) over (partition by v.item_id order by v.version_no), 0) as change
                    from annual_plan_item i join annual_plan_item_version v on v.item_id = i.id
                   where i.project_id = any (ids) and i.year = q.year and i.deleted_at is null) v
            join plan_adjustment d on d.id = v.plan_adjustment_id
           group by 1) r;
  return array_to_json(array[
    report_indicator('registrations', 'Số đề án đăng ký kế hoạch', 'Registrations', 'Đề án đăng ký vào kế hoạch có hạn đăng ký', registered.registrations, 'project'),
    report_indicator('on_time_registration_rate', 'Tỷ lệ đăng ký đúng hạn', 'Registered on time', 'Đăng ký không sau ngày hết hạn / số đăng ký × 100', percent_of(registered.on_time, registered.registrations), 'percent'),
    report_indicator('return_count', 'Số lần trả lại hồ sơ', 'Times returned', 'Số lần hồ sơ đề án bị trả lại', ended.returns),
    report_indicator('projects_liquidated', 'Đã thanh lý hợp đồng', 'Liquidated', 'Số đề án mà mọi hợp đồng còn hiệu lực đã thanh lý', ended.liquidated, 'project'),
    report_indicator('establishments_supported', 'Số cơ sở được hỗ trợ', 'Establishments supported', 'Số cơ sở khác nhau của các hạng mục đã nghiệm thu', supported.establishments, 'establishment'),
    report_indicator('establishment_visits', 'Số lượt cơ sở được hỗ trợ', 'Times establishments were supported', 'Số hạng mục đã nghiệm thu có đơn vị thụ hưởng', supported.visits)] || coalesce(adjusted, '{}'));
end
$$;
comment on function plan_year_indicators is 'Of the projects of planned_projects(); an indicator for each reason of an adjustment that was decided.';
