# SPDX-License-Identifier: MIT
# A year of promotion for illustration: 200 projects over the 34 provinces of today, 35 of them in one province, made of their
# numbers alone, so that every load makes the same. They stand in all states from registration to the end, brought there by acts,
# each by the office that takes it. No person, no firm and no decision is made up: names say that they illustrate.

include "walk";

def year: 2026;
def whole: "75"; # Đồng Nai has the most projects
def provinces: [
  ["01", "thành phố Hà Nội"], ["04", "tỉnh Cao Bằng"], ["08", "tỉnh Tuyên Quang"], ["11", "tỉnh Điện Biên"], ["12", "tỉnh Lai Châu"], ["14", "tỉnh Sơn La"],
  ["15", "tỉnh Lào Cai"], ["19", "tỉnh Thái Nguyên"], ["20", "tỉnh Lạng Sơn"], ["22", "tỉnh Quảng Ninh"], ["24", "tỉnh Bắc Ninh"], ["25", "tỉnh Phú Thọ"],
  ["31", "thành phố Hải Phòng"], ["33", "tỉnh Hưng Yên"], ["37", "tỉnh Ninh Bình"], ["38", "tỉnh Thanh Hóa"], ["40", "tỉnh Nghệ An"], ["42", "tỉnh Hà Tĩnh"],
  ["44", "tỉnh Quảng Trị"], ["46", "thành phố Huế"], ["48", "thành phố Đà Nẵng"], ["51", "tỉnh Quảng Ngãi"], ["52", "tỉnh Gia Lai"], ["56", "tỉnh Khánh Hòa"],
  ["66", "tỉnh Đắk Lắk"], ["68", "tỉnh Lâm Đồng"], ["75", "thành phố Đồng Nai"], ["79", "Thành phố Hồ Chí Minh"], ["80", "tỉnh Tây Ninh"], ["82", "tỉnh Đồng Tháp"],
  ["86", "tỉnh Vĩnh Long"], ["91", "tỉnh An Giang"], ["92", "thành phố Cần Thơ"], ["96", "tỉnh Cà Mau"]];


# What is supported: activity, words, indicator, unit, results of one project, support in millions, cost as a multiple of it,
# whether an establishment is the beneficiary.
def works: [
  ["KC3-MAY-MOC", "Hỗ trợ ứng dụng máy móc, thiết bị tiên tiến trong chế biến nông sản", "machines", "establishment", 1, 200, 2, true],
  ["KC1-DAO-TAO", "Đào tạo nghề may công nghiệp cho lao động nông thôn", "trained", "person", 60, 90, 2, false],
  ["KC4-NHAN-HIEU", "Xây dựng nhãn hiệu cho sản phẩm công nghiệp nông thôn", "brands", "brand", 1, 25, 3, true],
  ["KC2", "Tập huấn nâng cao năng lực quản lý cho cơ sở công nghiệp nông thôn", "classes", "class", 2, 60, 2, false],
  ["KC4-HC-THAM-GIA", "Tham gia hội chợ, triển lãm hàng công nghiệp nông thôn", "booths", "booth", 8, 80, 2, false],
  ["KC3-MO-HINH", "Xây dựng mô hình trình diễn kỹ thuật sản xuất gạch không nung", "models", "model", 1, 500, 4, true],
  ["KC9", "Tập huấn cán bộ khuyến công cấp xã", "classes", "class", 1, 40, 2, false]];

# How far each forty projects have come.
def stages: ["draft", "draft", "draft", "submitted", "submitted", "submitted", "returned", "base_appraising", "base_appraising", "base_passed",
  "base_passed", "central_appraising", "rejected", "withdrawn", "approved", "approved", "approved", "contracted", "contracted", "contracted",
  "in_progress", "in_progress", "in_progress", "in_progress", "in_progress", "in_progress", "late", "late", "late", "acceptance_requested",
  "acceptance_requested", "accepted", "accepted", "accepted", "settling", "settled", "settled", "closed", "closed", "stopped"];
def reasons: ["survey_inadequate", "beneficiary_withdrew", "counterpart_missing", "survey_inadequate", "market"];

# Why one was stopped.
def why: reasons[(.code | tonumber) % 5];

def day($number): "\(year)-\(1 + $number % 9 | two)-\(1 + $number * 7 % 28 | two)";
def illustrated: "Dữ liệu minh họa, không phải \(.) có thật.";

# ---- Offices ----

def department: if . == "38" then "so-cong-thuong-thanh-hoa" else "so-cong-thuong-\(.)" end;
def officer: "@token:chuyen-vien-\(.)";
def leader: "@token:lanh-dao-\(.)";

def person($ref; $name; $title; $organisation; $roles):
  {type: "user", $ref, body: {user_name: $name, full_name: $title, organisation_id: $organisation, note: "Vai minh họa, không phải một người."}, $roles};

def bureau: "019aa000-0000-7000-8000-000000000004"; # of the reference data
def central_offices:
  person("chuyen-vien-cuc"; "chuyen.vien"; "Chuyên viên Cục (vai minh họa)"; bureau; ["bureau_officer", "finance_officer"]),
  person("lanh-dao-cuc"; "lanh.dao"; "Lãnh đạo Cục (vai minh họa)"; bureau; ["bureau_leader"]);

def offices($code; $place): "@organisation:\($code | department)" as $department
  | (if $code == "38" then empty else
       {type: "organisation", ref: ($code | department), body: {name: "Sở Công Thương \($place)", kind: "industry_department", tier: "province", province_code: $code, functions: ["promotion"]}} end),
    {type: "organisation", ref: "don-vi-khuyen-cong-\($code)",
     body: {name: "Đơn vị khuyến công \($place) (minh họa)", kind: "promotion_centre", tier: "province", province_code: $code, functions: ["promotion"], parent_id: $department}},
    person("chuyen-vien-\($code)"; "chuyen.vien"; "Chuyên viên Sở Công Thương \($place) (vai minh họa)"; $department; ["department_officer", "finance_officer"]),
    person("lanh-dao-\($code)"; "lanh.dao"; "Lãnh đạo Sở Công Thương \($place) (vai minh họa)"; $department; ["department_leader"]);

# ---- A programme and a plan of each province ----

def programme($code; $place):
  {type: "programme", ref: "khuyen-cong-\($code)-2026-2030",
   body: {name: "Chương trình khuyến công địa phương \($place) giai đoạn 2026–2030 (minh họa)", level: "local", kind: "promotion", province_code: $code, codes_on: "2025-08-01",
          starts_on: "2026-01-01", ends_on: "2030-12-31", activity_priorities: ["KC3", "KC1", "KC4"], planned_funding: [{source: "local_promotion", amount_vnd: 20000000000}],
          note: ("chương trình" | illustrated)},
   targets: [{name: "Hỗ trợ cơ sở ứng dụng máy móc (minh họa)", indicator_code: "machines", operator: "gte", kind: "flow", measures: [{value: 10, measure_unit: "establishment"}]}],
   acts: [act("draft"; "submit"; "2025-08-05"; $code | officer; with("proposal"; "2025-08-05")), act("submitted"; "approve"; "2025-09-05"; $code | leader; with("decision"; "2025-09-05")),
          act("approved"; "activate"; "2025-09-10"; $code | officer)]};

def plan_ref: if .level == "national" then "ke-hoach-quoc-gia-\(year)" else "ke-hoach-\(.code)-\(year)" end;
# ---- A project ----

def has_beneficiary: .work[7] or .scale == "group";
def beneficiary($line): if has_beneficiary and (.scale != "key" or $line == 0) then "co-so-\(.ref)-\($line + 1)" else null end;

# All that follows from its numbers.
def figures($code; $place; $n; $number; $seq):
  works[$number % (works | length)] as $work
  | (if $n % 4 == 0 then "national" else "local" end) as $level
  | (if $n == 0 and $number % 6 == 0 then "key" elif $n % 3 == 1 then "group" else "single" end) as $scale
  | stages[$seq * 7 % (stages | length)] as $slot
  | (if $slot == "central_appraising" and $level == "local" then "base_passed" else $slot end) as $stage
  | ($work[5] * 1000000 + $number % 7 * 1000000) as $each
  | ($each * $work[6] - $each) as $own
  | "nam-\(year)-\($code)-\($n + 1 | two)" as $ref
  | (if $scale == "single" then 1 else 2 end) as $lines
  | {$code, $place, $n, $number, $work, $level, $scale, $stage, $each, $own, $ref,
     supports: [range($lines) | $each], owns: [range($lines) | $own], quantities: [range($lines) | $work[4]], source: (if $level == "national" then "central_promotion" else "local_promotion" end),
     year: year, plan: (if $level == "national" then "ke-hoach-quoc-gia-\(year)" else "ke-hoach-\($code)-\(year)" end), activity_code: $work[0],
     registered_on: ("2025-07-01" | plus($number % 28 * 4)), implementer: "Đơn vị khuyến công \($place) (minh họa)", department: "Sở Công Thương \($place)",
     ends_on: (if $stage == "late" then "\(year)-0\(6 + $number % 3)-30" else "\(year)-12-15" end),
     signed_on: ("\(year)-01-10" | plus($number % 40)), done_on: ("\(year)-07-01" | plus($number % 45)),
     officer: ($code | officer), leader: ($code | leader)}
  | .first = (if in_plan then "2025-08-12" else "\(year)-10-05" end | plus($number % 12)) # registered a year ahead; what is still under appraisal came in this autumn
  | .is_advanced = (has_reached("in_progress") and $number % 4 != 0)
  | .beneficiaries = [range($lines) as $line | beneficiary($line)];

def establishments: . as $p | .beneficiaries | to_entries[] | select(.value) | .key as $line | .value
  | {type: "establishment", ref: ., body: {name: "Cơ sở minh họa \($line + 1) của đề án số \($p.n + 1), \($p.place)", legal_form: "llc_single", size_class: "small", vsic_version: "2018",
     vsic_codes: ["10309"], place: {province_code: $p.code, codes_on: "2025-08-01"}, note: ("cơ sở" | illustrated)}};

def acts: (if .level == "national" then central_leader else .leader end) as $decider
  | way_acts + if .stage == "returned" then [act("submitted"; "return"; .first | plus(6); .officer; {note: "Bổ sung dự toán chi tiết."})]
    elif .stage == "withdrawn" then [act("submitted"; "withdraw"; .first | plus(9); .officer; {reason_code: "counterpart_missing"})]
    elif .stage == "rejected" then [act("base_appraising"; "reject"; .first | plus(12); .leader; {note: "Cơ sở không thuộc đối tượng hỗ trợ."})]
    elif .stage == "stopped" then [act("contracted"; "stop"; "\(year)-06-15"; $decider;
      with("decision"; "\(year)-06-15") + {reason_code: why, after: ["@act:plan-adjustment:ngung-\(.ref)/approve"]})]
    else [] end;

def project: . as $p
  | {type: "project", ref, by: null,
     body: ({name: "\(.work[1]) tại \(.place) năm \(year), số \(.n + 1) (minh họa)", level, scale, province_code: .code, codes_on: "2025-08-01",
            places: [{province_code: .code, codes_on: "2025-08-01"}], starts_on: (if in_plan then .signed_on else day(.number) end), ends_on, total_cost_vnd: (support + counterpart), support_vnd: support,
            counterpart_vnd: counterpart, necessity: "Nhu cầu minh họa của cơ sở công nghiệp nông thôn.", objective: "Mục tiêu minh họa: \(.work[4] * (.supports | length)) kết quả",
            note: ("đề án" | illustrated)}
       + {implementer_id: "@organisation:don-vi-khuyen-cong-\(.code)", managing_organisation_id: "@organisation:\(.code | department)",
          programme_id: (if .level == "national" then "@programme:qd-2646" else "@programme:khuyen-cong-\(.code)-2026-2030" end)}),
     lines: [lines as $line | {ref: "\($line)", title: "\(.work[1]), hạng mục \($line)",
             activity_code: (if .scale == "key" and $line == 2 then "KC9" else .work[0] end), support_vnd: .each, eligible_cost_vnd: (.each + .own), counterpart_vnd: .own}
             + (.beneficiaries[$line - 1] | if . then {establishment_id: "@establishment:\(.)"} else {} end)],
     funding: [{year: year, source, amount_vnd: support}, {year: year, source: "counterpart", amount_vnd: counterpart}],
     outputs: [lines as $line
       | {indicator_code: .work[2], year: year, planned: {value: .work[4], measure_unit: .work[3]}, line_id: "@line:\(.ref)/\($line)"}
         + if (has_reached("in_progress") | not) or .number % 5 == 0 then {} else
             {actual: {value: (if .number % 11 == 1 then .work[4] - 1 else .work[4] + .number % 2 end), measure_unit: .work[3]}} end],
     acts: acts};

# ---- What goes with it ----

def report($month): . as $p | "\(year)-\($month | two)-01" as $first | ("\(year)-\($month + 1 | two)-01" | plus(-1)) as $last
  | {type: "progress-report", ref: "\(.ref)-\($month)", by: .officer, after: ["@act:project:\(.ref)/start"], on: ($last | plus(-6)),
     body: {project_id: "@project:\(.ref)", from: $first, to: $last, percent_done: ([$month * 9, 100] | min), paid_vnd: (if .is_advanced then half(1) * (.supports | length) else 0 end),
            counterpart_spent_vnd: (counterpart / 4 | floor), done: "Khối lượng minh họa đến tháng \($month).",
            risk: (if .stage == "late" then (if .number % 2 == 0 then "blocked" else "late" end) elif .number % 9 == 0 then "at_risk" else "on_track" end),
            difficulties: (if .stage == "late" then [{tags: ["capital"], description: "Chậm huy động vốn đối ứng (minh họa)."}] else [] end)},
     acts: ([act("draft"; "submit"; $last | plus(-6 + $p.number % 3); .officer)] + if .number % 4 == 0 then [] else [act("submitted"; "confirm"; $last | plus(1); .leader)] end)};

def stop: . as $p | (if .level == "national" then ["@token:chuyen-vien-cuc", "@token:lanh-dao-cuc"] else [.officer, .leader] end) as [$officer, $leader]
  | {type: "plan-adjustment", ref: "ngung-\(.ref)", by: $officer, after: ([lines as $line | "@act:contract:\($p.ref)-\($line)/terminate"] + ["@act:annual-plan:\(.plan)/execute"]), on: "\(year)-06-12",
     body: {annual_plan_id: "@annual-plan:\(.plan)", kind: "stop", reason_code: why, note: "Ngừng \(.ref) (minh họa)", items: [{item_id: "@line:\(.plan)/\(.ref)"}]},
     acts: [act("draft"; "submit"; "\(year)-06-12"; $officer), act("submitted"; "review"; "\(year)-06-13"; $officer),
            act("reviewing"; "approve"; "\(year)-06-14"; $leader; with("decision"; "\(year)-06-14"))]};

def around: . as $p
  | sheets,
    if .stage == "stopped" then lines as $line | contract($line; [act("signed"; "terminate"; "\(year)-06-10"; .officer;
      with("decision"; "\(year)-06-10") + {reason_code: why, after: ["@act:project:\(.ref)/sign_contract"]})])
    else money end,
    if .stage == "in_progress" or .stage == "late" then report(if .stage == "late" then 8 else 9 + .number % 2 end) else empty end,
    if .stage == "stopped" then stop else empty end,
    if .stage == "late" then
      {type: "difficulty", ref, by: .officer, on: "\(year)-08-05", after: ["@act:project:\(.ref)/start"],
       body: {project_id: "@project:\(.ref)", reported_on: "\(year)-08-05", tags: ["capital", "materials"], description: "Chậm huy động vốn đối ứng, vật tư tăng giá (minh họa).",
              request: "Cho phép kéo dài thời gian thực hiện (minh họa)."}}
    else empty end,
    if .stage == "closed" and has_beneficiary then
      {type: "effect-survey", ref, by: .officer, after: ["@act:project:\(.ref)/close"],
       body: {project_id: "@project:\(.ref)", establishment_id: "@establishment:\(.beneficiaries[0])", surveyed_on: "\(year)-11-05", province_code: .code,
              before: {year: (year - 1), revenue_vnd: 4000000000, jobs_count: 18, income_vnd: 6500000}, after: {year: year, revenue_vnd: 5200000000, jobs_count: 23, income_vnd: 7800000}},
       acts: [act("draft"; "confirm"; "\(year)-11-10"; .leader)]}
    else empty end;

# ---- All ----

[provinces | to_entries[] | .key as $at | .value as [$code, $place] | range(if $code == whole then 35 else 5 end) as $n | {$at, $code, $place, $n}]
| to_entries | map(.key as $seq | .value | figures(.code; .place; .n; .at * 5 + .n * 3; $seq)) as $projects
| {source: "Dữ liệu minh họa, lập theo số thứ tự; không có cơ sở, cá nhân hay quyết định có thật nào.",
   records: [central_offices,
     (provinces[] as [$code, $place] | offices($code; $place), programme($code; $place)),
     plan("ke-hoach-quoc-gia-\(year)"; year; {level: "national", programme_id: "@programme:qd-2646", name: "Kế hoạch khuyến công quốc gia minh họa năm \(year)"};
          [$projects[] | select(in_plan and .level == "national")]; "@token:chuyen-vien-cuc"; "@token:lanh-dao-cuc"; []),
     (provinces[] as [$code, $place] | [$projects[] | select(in_plan and .level == "local" and .code == $code)] | select(. != [])
       | plan("ke-hoach-\($code)-\(year)"; year; {level: "local", province_code: $code, codes_on: "2025-08-01", programme_id: "@programme:khuyen-cong-\($code)-2026-2030",
              name: "Kế hoạch khuyến công địa phương \($place) minh họa năm \(year)"}; .; $code | officer; $code | leader; ["@act:programme:khuyen-cong-\($code)-2026-2030/approve"]),
         allocation("phan-bo-\($code)-\(year)"; year; "local_promotion"; "baseline"; $code | department; map(support) | add; "2025-12-22"; $code | leader)),
     ($projects[] | establishments, project, around)]}
