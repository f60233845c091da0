# SPDX-License-Identifier: MIT
# Thanh Hóa, 2021 and nine months of 2022: 29 projects of both levels, 11,760 million đồng together, from a budget that was cut by half.
# These figures are real, and so is the programme; the projects are a split for illustration, with their contents, days and papers.

include "walk";

def department: "@organisation:so-cong-thuong-thanh-hoa";
def officer: "@token:chuyen-vien-38";
def leader: "@token:lanh-dao-38";

# Level, first day, support in millions.
def split: [
  ["local", "2021-01-01", 385], ["local", "2021-01-01", 375], ["national", "2021-02-21", 400], ["local", "2021-03-04", 500], ["local", "2021-03-13", 440], ["national", "2021-04-24", 600],
  ["local", "2021-05-25", 410, "group"], ["local", "2021-05-04", 365], ["national", "2021-06-01", 285], ["local", "2021-07-24", 390], ["local", "2021-08-15", 560], ["national", "2021-08-23", 585],
  ["local", "2021-09-03", 230], ["local", "2021-10-22", 530, "group"], ["national", "2021-10-07", 530], ["local", "2021-11-27", 265], ["local", "2021-12-06", 230],
  ["national", "2022-01-09", 465], ["local", "2022-01-24", 205], ["local", "2022-02-27", 580], ["national", "2022-03-14", 435, "group"], ["local", "2022-04-02", 235], ["local", "2022-04-09", 330],
  ["national", "2022-05-13", 510], ["local", "2022-06-08", 340], ["local", "2022-07-27", 320], ["national", "2022-07-01", 500], ["local", "2022-08-05", 205, "group"], ["local", "2022-09-30", 555]];

def note: "Số liệu tách minh họa: nguồn chỉ nêu 29 đề án KCQG và KCĐP với tổng kinh phí 11,76 tỷ đồng trong năm 2021 và 9 tháng đầu năm 2022, không nêu từng đề án. Nội dung, đơn vị thực hiện và các bước xử lý là minh họa.";
def source: if .level == "national" then "central_promotion" else "local_promotion" end;
def programme: if .year == 2022 and .level == "local" then "@programme:thanh-hoa-2022-2025" else "@programme:qd-1881" end; # no programme of the province for 2021 is known

# Those of 2021 are settled; those of 2022, still being counted when the article was written, are accepted. Contracts were signed after the cut.
def figures($n): . as [$level, $starts_on, $millions, $scale] | ($starts_on[:4] | tonumber) as $year | ($millions * 1000000) as $amount
  | {ref: "thanh-hoa-\($n | two)", number: $n, $level, scale: ($scale // "single"), $year, $starts_on, ends_on: "\($year)-12-15", stage: (if $year == 2021 then "settled" else "accepted" end),
     first: "\($year - 1)-08-16", registered_on: "\($year - 1)-08-16", approved_on: "\($year - 1)-12-10", signed_on: ([($starts_on | plus(5)), "\($year)-03-10"] | max),
     officer: officer, leader: leader, department: "Sở Công Thương tỉnh Thanh Hóa", implementer: "Đơn vị khuyến công tỉnh Thanh Hóa (minh họa)", activity_code: "KC9", supports: [$amount], owns: [0], quantities: [1],
     beneficiaries: [null], contracts_after: (if $level == "local" then ["@act:plan-adjustment:thanh-hoa-cat-giam-\($year)/approve"] else [] end), plan: (if $level == "local" then "thanh-hoa-\($year)" else "kcqg-thanh-hoa-\($year)" end), assigned: (if $level == "local" then $amount * 2 else $amount end)}
  | .source = source | .done_on = (.signed_on | plus(45)) | .ends_on = ([.ends_on, (.done_on | plus(25))] | max);

def project: {type: "project", ref,
  body: {name: "Đề án khuyến công \(if .level == "local" then "địa phương" else "quốc gia" end) năm \(.year) tại Thanh Hóa, số \(.number | two) (tách minh họa)", level, scale, programme_id: programme,
         managing_organisation_id: department, implementer_id: "@organisation:don-vi-khuyen-cong-38", province_code: "38", places: [{province_code: "38"}], starts_on, ends_on, total_cost_vnd: support,
         support_vnd: support, counterpart_vnd: 0, necessity: "Nhu cầu minh họa của cơ sở công nghiệp nông thôn.", objective: "Mục tiêu minh họa.", note: note},
  lines: [{ref: "1", title: "Nội dung khuyến công (minh họa)", activity_code: "KC9", support_vnd: support, eligible_cost_vnd: support, counterpart_vnd: 0}],
  funding: [{year, source, amount_vnd: support}],
  outputs: [{indicator_code: "conferences", year, planned: {value: 1, measure_unit: "class"}, actual: {value: 1, measure_unit: "class"}}],
  acts: way_acts};

def local_plan($year): plan("thanh-hoa-\($year)"; $year;
  {level: "local", province_code: "38", programme_id: ({$year, level: "local"} | programme), name: "Kế hoạch khuyến công địa phương tỉnh Thanh Hóa năm \($year) (minh họa)",
   note: "Bài báo: kinh phí bị cắt giảm 50%. Số sau khi cắt là số đã thực hiện của các đề án KCĐP năm \($year) trong tệp này, số giao đầu năm là gấp đôi; quyết định là minh họa."}; .; officer; leader; []),
  {type: "plan-adjustment", ref: "thanh-hoa-cat-giam-\($year)", by: officer, after: ["@act:annual-plan:thanh-hoa-\($year)/execute"], on: "\($year)-02-15",
   body: {annual_plan_id: "@annual-plan:thanh-hoa-\($year)", kind: "cut", cut_percent: 50, reason_code: "budget_cut", note: "Cắt giảm 50% kinh phí theo bài báo; ngày và số quyết định là minh họa."},
   acts: [act("draft"; "submit"; "\($year)-02-15"; officer), act("submitted"; "review"; "\($year)-02-20"; officer), act("reviewing"; "approve"; "\($year)-03-01"; leader; with("decision"; "\($year)-03-01"))]};
def allocations($year): (map(support) | add) as $spent | "so-cong-thuong-thanh-hoa" as $department
  | if .[0].level == "national" then allocation("phan-bo-kcqg-thanh-hoa-\($year)"; $year; "central_promotion"; "baseline"; $department; $spent; "\($year - 1)-12-22"; central_leader)
    else allocation("phan-bo-thanh-hoa-\($year)"; $year; "local_promotion"; "baseline"; $department; 2 * $spent; "\($year - 1)-12-22"; leader),
         allocation("cat-giam-thanh-hoa-\($year)"; $year; "local_promotion"; "cut"; $department; $spent; "\($year)-03-01"; leader) + {after: ["@allocation:phan-bo-thanh-hoa-\($year)"]} end;
def national_plan($year): plan("kcqg-thanh-hoa-\($year)"; $year; {level: "national", programme_id: "@programme:qd-1881",
  name: "Kế hoạch khuyến công quốc gia năm \($year), phần của Thanh Hóa (minh họa)", note: "Các dòng là số tách minh họa."}; .; central_officer; central_leader; []);

[split | to_entries[] | .key as $at | .value | figures($at + 1)] as $projects
| {source: "Quyết định 2553/QĐ-UBND và bài báo về hội nghị khuyến công khu vực phía Bắc năm 2022.",
   records: [
     {type: "organisation", ref: "so-cong-thuong-thanh-hoa", body: {name: "Sở Công Thương tỉnh Thanh Hóa", kind: "industry_department", tier: "province", province_code: "38", functions: ["promotion"]}},
     {type: "programme", ref: "thanh-hoa-2022-2025", body: {name: "Chương trình khuyến công địa phương tỉnh Thanh Hóa giai đoạn 2022–2025", level: "local", kind: "promotion", province_code: "38",
       starts_on: "2022-01-01", ends_on: "2025-12-31", evidence_grade: "signed_decision",
       note: "Quyết định 2553/QĐ-UBND. Bài báo 2022: năm 2021 và 9 tháng đầu năm 2022 tỉnh có 29 đề án KCQG và KCĐP, tổng kinh phí thực hiện 11,76 tỷ đồng; kinh phí khuyến công giai đoạn 2021–2022 bị cắt giảm 50%. Từng đề án không được nêu: 29 đề án trong tệp này chỉ đúng ở tổng số, phần tách là minh họa."}},
     ($projects[] | project, sheets, money),
     (2021, 2022 | . as $year | [$projects[] | select(.year == $year)]
       | (map(select(.level == "local")) | local_plan($year), allocations($year)), (map(select(.level == "national")) | national_plan($year), allocations($year)))]}
