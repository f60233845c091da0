# SPDX-License-Identifier: MIT
# OCOP for illustration, under each of the four regimes since 2021: registrations in six provinces, walked through the tiers of the
# procedure of their day to results, recognition and certificates, and some that are still under way. Made of numbers alone, so
# that every load makes the same. No producer, product, council or decision is real; names say that they illustrate.

def papers: ["registration_form", "business_plan", "organisation_profile", "business_registration", "product_samples", "self_assessment"];

# Code of today, name, province of the records before July 2025, its name.
def provinces: [
  ["14", "tỉnh Sơn La", "14", "tỉnh Sơn La"], ["22", "tỉnh Quảng Ninh", "22", "tỉnh Quảng Ninh"], ["38", "tỉnh Thanh Hóa", "38", "tỉnh Thanh Hóa"],
  ["51", "tỉnh Quảng Ngãi", "62", "tỉnh Kon Tum"], ["68", "tỉnh Lâm Đồng", "68", "tỉnh Lâm Đồng"], ["86", "tỉnh Vĩnh Long", "83", "tỉnh Bến Tre"]];

# Each set of products as the three decisions have it: words, id under 1048, under 148, under 26/2026.
def sets: [
  ["Cà phê", "8001-000000000001", "8002-000000000013", "8003-000000000013"], ["Chè", "8001-000000000007", "8002-000000000011", "8003-000000000011"],
  ["Đồ gia dụng thủ công", "8001-000000000021", "8002-000000000021", "8003-000000000021"], ["Mật ong", "8001-000000000014", "8002-000000000004", "8003-000000000004"],
  ["Gạo", "8001-000000000012", "8002-000000000003", "8003-000000000003"], ["Trái cây sấy", "8001-000000000004", "8002-000000000007", "8003-000000000007"]];

# Regime, day of submission, column of its set, tiers it passes, whether the first of them scores.
def rounds: [
  {regime: "1048/QĐ-TTg", on: "2021-09-15", set: 1, tiers: ["district", "province", "central"], scores: true},
  {regime: "1048/QĐ-TTg", on: "2022-06-01", set: 1, tiers: ["district", "province", "central"], scores: true},
  {regime: "148/QĐ-TTg", on: "2023-06-01", set: 2, tiers: ["district", "province", "central"], scores: true},
  {regime: "148/QĐ-TTg", on: "2024-05-20", set: 2, tiers: ["district", "province", "central"], scores: true},
  {regime: "148/QĐ-TTg, sửa đổi bởi 1489/QĐ-TTg", on: "2025-07-10", set: 2, tiers: ["commune", "province", "central"], scores: false},
  {regime: "26/2026/QĐ-TTg", on: "2026-06-01", set: 3, tiers: ["commune", "province", "central"], scores: false},
  {regime: "26/2026/QĐ-TTg", on: "2026-08-10", set: 3, tiers: ["commune", "province", "central"], scores: false}];

# Averages of the parts A, B, C with the edges of the bands among them: of 35, 25, 40 under 1048, of 40, 25, 35 later. Total, stars.
def scores($set): if $set == 1 then
    [[25, 15, 24], [35, 25, 30], [22, 13, 15], [31, 24, 38], [28.5, 18.25, 23.25], [24, 15, 30.99]]
  else [[27, 15, 22], [40, 25, 25], [22, 13, 15], [36, 23.5, 33.5], [32, 18, 20], [30, 15, 24.99]] end;
def stars: add | if . < 30 then 1 elif . < 50 then 2 elif . < 70 then 3 elif . < 90 then 4 else 5 end;
# Which tier certifies these stars: the district under 148 as it was, three stars only.
def certifier($round; $stars): if $stars == 5 then "central" elif $stars == 3 and $round.on >= "2023-02-24" and $round.on < "2025-07-06" then "district" else "province" end;

def plus($days): "\(.)T00:00:00Z" | fromdate + $days * 86400 | strftime("%Y-%m-%d");
def two: tostring | if length < 2 then "0" + . else . end;
def note: "Dữ liệu minh họa, không phải hồ sơ có thật.";

# Scored by a council on a rubric, sheet by sheet, one of each regime: parts A, B, C of each sheet, pass by pass; null is of the member
# with a conflict of interest. What else was scored is told by its minutes. The first is scenario I: 31.00 + 24.00 + 38.00 = 93.00.
def scored_by_councils: {
  "ocop-86-2": [[[30, 25, 38], [31, 23, 38], [32, 25, 38], [30, 23, 38], [31, 25, 38], [32, 23, 38]]],
  "ocop-68-3": [[[21, 13, 15], [22, 13, 15], [23, 13, 15], [21, 13, 15], [22, 13, 15], [23, 13, 15]]],
  "ocop-38-5": [[[28, 15, 18], [32, 18, 20], [36, 20, 23], [32, 18, 20], [30, 18, 20], [34, 18, 20]], [[31, 18, 20], [32, 18, 20], [33, 18, 20], [31, 18, 20], [32, 18, 20], [33, 18, 20]]],
  "ocop-22-6": [[[29, 20, 25], [30, 20, 25], null, [31, 20, 25], [29, 20, 25], [31, 20, 25]]]};
def averages: map(select(.)) | . as $sheets | [range(3) as $part | ($sheets | map(.[$part]) | add) / ($sheets | length)];

# ---- Offices ----

def person($ref; $name; $title; $organisation; $roles):
  {type: "user", $ref, body: {user_name: $name, full_name: $title, organisation_id: $organisation, note: "Vai minh họa, không phải một người."}, $roles};

def office($ref; $name; $kind; $tier; $province; $more):
  {type: "organisation", $ref, body: ({$name, $kind, $tier, province_code: $province, functions: ["ocop"]} + $more)},
  person("can-bo-\($ref)"; "can.bo"; "Cán bộ \($name) (vai minh họa)"; "@organisation:\($ref)"; [if $tier == "commune" then "commune_officer" else "agriculture_officer" end]);

def offices: . as [$code, $place, $before, $place_before]
  | office("nong-nghiep-\($code)"; "Cơ quan nông nghiệp \($place) (minh họa)"; "agriculture_department"; "province"; $code; {}),
    office("huyen-\($code)"; "Cơ quan cấp huyện minh họa, \($place_before)"; "people_committee"; "district"; $before;
      {valid_to: "2025-06-30", note: "Cấp huyện không còn từ 01/7/2025."}),
    office("xa-\($code)"; "Ủy ban nhân dân xã minh họa, \($place)"; "people_committee"; "commune"; $code; {});

def central_office: office("nong-nghiep-trung-uong"; "Cơ quan OCOP trung ương (minh họa)"; "bureau"; "central"; null; {});

def by($tier; $code): "@token:can-bo-" + ({"central": "nong-nghiep-trung-uong", "province": "nong-nghiep-\($code)", "district": "huyen-\($code)", "commune": "xa-\($code)"}[$tier]);

# ---- Councils and their sheets ----

def paper($kind; $on): {kind: $kind, document_no: "MH-\($on | gsub("-"; ""))", issued_on: $on, issuer_name: "Cơ quan minh họa", title: "Văn bản minh họa"};
def act($from; $action; $on; $by; $more): {$from, $action, $on, $by, ref: "\($action)-\($on)"} + $more;
def act($from; $action; $on; $by): act($from; $action; $on; $by; {});

def seat_roles: ["chair", "vice_chair", "member", "member", "member", "member", "secretary"];
def council($tier; $code): if $tier == "central" then "hoi-dong-trung-uong" else "hoi-dong-\($tier)-\($code)" end;
def council_place($tier; $p): {"central": "trung ương", "province": "cấp tỉnh, \($p.place)", "district": "cấp huyện, \($p.place_before)"}[$tier];
def seated($tier; $code; $seat): "\(council($tier; $code))-\($seat + 1)";

# Each member by his office; all who score have accounts of their own and write their sheets themselves.
def sitting($tier; $p; $passes; $assigned): council($tier; $p.code) as $ref
  | ({"central": "nong-nghiep-trung-uong", "province": "nong-nghiep-\($p.code)", "district": "huyen-\($p.code)"}[$tier]) as $office
  | {type: "ocop_council", $ref, by: by($tier; $p.code),
     body: {kind: "council", $tier, name: "Hội đồng đánh giá, phân hạng sản phẩm OCOP \(council_place($tier; $p)) (minh họa)", decision: paper("decision"; $p.round.on), starts_on: $p.round.on, note: note},
     members: [seat_roles | to_entries[] | .key as $seat
       | {ref: "\($seat + 1)", role: .value, position: "Ủy viên số \($seat + 1) (vai minh họa)", organisation_id: "@organisation:\($office)"}
         + (if .value == "secretary" then {} else {user_id: "@user:\(seated($tier; $p.code; $seat))"} end)
         + (if $seat < 6 and $passes[0][$seat] == null then
              {conflicts: [{establishment_id: "@establishment:\($p.ref)", reason: "Có phần vốn góp tại cơ sở (minh họa)", declared_on: $p.round.on}]} else {} end)],
     assignments: [{ref: "phan-cong", registration_id: "@ocop_registration:\($p.ref)", after: [$assigned]}]},
    (range(6) | person(seated($tier; $p.code; .); "hoi.dong.\(. + 1)"; "Ủy viên \(. + 1), Hội đồng OCOP \(council_place($tier; $p)) (vai minh họa)"; "@organisation:\($office)"; ["council_member"]));

# Criteria of the sample rubrics that are scored: code, points of the options 0, 1, 2, 3. What eliminates, or is asked of five stars, is met in full.
def rubric($set): [0, 1, 2, 4] as $four | [0, 1, 3, 5] as $five | (if $set == 1 then $four else $five end) as $first | (if $set == 1 then $five else $four end) as $last
  | {A: ([["A1.1", "A1.2", "A1.3", "A1.4"][] | [., $first]] + [["A2.1", "A2.2", "A3.1", "A3.2"][] | [., $four]] + [["A3.3", if $set == 1 then [0, 1, 2, 3] else $four end]]),
     B: [["B4.1", "B4.2", "B4.3", "B5.1", "B5.2"][] | [., $five]],
     C: ([["C6.1", "C6.2", "C7.1"][] | [., $five]] + [["C8.1", "C8.2", "C9.1", "C9.2", "C10.1"][] | [., $last]])};
def met_in_full: ["A1.1", "C6.2", "C8.1", "C9.1"];
# Options of the criteria that make up these points.
def answers($points): reduce .[] as [$code, $values] ([{sum: 0, chosen: []}];
    [.[] as $way | (if met_in_full | index($code) then 3 else range(4) end) as $option | ($way.sum + $values[$option]) as $sum | select($sum <= $points)
     | {$sum, chosen: ($way.chosen + [{criterion_code: $code, option_code: "\($option)"}])}] | unique_by(.sum))
  | map(select(.sum == $points))[0].chosen;

def sheet($p; $tier; $pass; $seat; $points; $after): rubric($p.round.set) as $rubric
  | {type: "ocop_score-sheet", ref: "\($p.ref)-\($tier)-\($pass)-\($seat + 1)", by: "@token:\(seated($tier; $p.code; $seat))", $after,
     body: {registration_id: "@ocop_registration:\($p.ref)", council_id: "@ocop_council:\(council($tier; $p.code))", scorer_id: "@line:\(council($tier; $p.code))/\($seat + 1)", pass_no: $pass,
            answers: [range(3) as $part | $rubric[["A", "B", "C"][$part]] | answers($points[$part])[]], status: "submitted"}};

# ---- A registration ----

# What a council found: made from its sheets, or averages that were typed in from the minutes.
def results($p; $tier; $day; $is_last): by($tier; $p.code) as $by | "@act:ocop_registration:\($p.ref)/open_scoring-\($day | plus(10))" as $opened
  | def result($pass; $ref; $after; $found): {type: "ocop_result", $ref, $by, $after, on: ($day | plus(20)),
      body: ({registration_id: "@ocop_registration:\($p.ref)", $tier, pass_no: $pass, minutes: paper("minutes"; $day | plus(20)), note: note} + $found
             + if $is_last then {decision: paper("decision"; $day | plus(30))} else {} end),
      acts: [{from: "draft", action: "approve", on: ($day | plus(21)), $by}]};
  "\($p.ref)-\($tier)" as $ref
  | if $p.passes then council($tier; $p.code) as $council
      | sitting($tier; $p; $p.passes; $opened),
        (range($p.passes | length) as $n | $p.passes[$n] as $sheets
         | range(6) as $seat | $sheets[$seat] // empty
         | sheet($p; $tier; $n + 1; $seat; .; [$opened, "@line:\($council)/phan-cong"]
             + if $n == 0 then [] else ["@act:ocop_result:\($ref)-\($n)/approve"] end)),
        (range($p.passes | length) as $n | result($n + 1; if $n + 1 == ($p.passes | length) then $ref else "\($ref)-\($n + 1)" end;
           [range(6) as $seat | select($p.passes[$n][$seat]) | "@ocop_score-sheet:\($ref)-\($n + 1)-\($seat + 1)"] + ["@line:\($council)/7"]; {council_id: "@ocop_council:\($council)"}))
    else result(1; $ref; [$opened]; {part_a: $p.score[0], part_b: $p.score[1], part_c: $p.score[2]}) end;

# What one tier does: it reviews, scores where it has a council, and recognises or sends on.
def at_tier($p; $tier; $day; $from; $is_last): ($p.round.scores or $tier != "commune") as $scores | by($tier; $p.code) as $by
  | ($scores and $tier != "commune") as $has_council
  | {results: [if $has_council then results($p; $tier; $day; $is_last) else empty end],
     acts: ([act($from; "review"; $day; $by)]
       + (if $has_council then
            [act("reviewing"; "open_scoring"; $day | plus(10); $by),
             act("scoring"; "close_scoring"; $day | plus(22); $by; {after: ["@act:ocop_result:\($p.ref)-\($tier)/approve"]})] else [] end)
       + [if $is_last then act("scored"; "recognise"; $day | plus(30); $by; {documents: [paper("decision"; $day | plus(30))]})
          else act(if $has_council then "scored" else "reviewing" end; "forward"; $day | plus(30); $by; {documents: [paper("official_letter"; $day | plus(30))]}) end])};


def registration($n; $round; $k): . as [$code, $place, $before, $place_before]
  | ($n * 7 + $k) as $number | sets[($n + $k) % 6] as $set | "ocop-\($code)-\($k + 1)" as $ref | scored_by_councils[$ref] as $passes
  | (if $passes then $passes[-1] | averages else scores($round.set)[($n + $k * 2) % 6] end) as $score
  | ($round.on >= "2025-07-01") as $is_new
  | {$code, $place, $place_before, $round, $score, $passes, $ref, stars: ($score | stars)} as $p
  | certifier($round; $p.stars) as $certifier
  | ($round.tiers | .[:index($certifier) + 1]) as $tiers
  | (if $k == 6 then ["whole", "draft", "submitted", "reviewing", "supplement", "scoring"][$n] else "whole" end) as $stage
  | [range($tiers | length) | . as $at | at_tier($p; $tiers[$at]; $round.on | plus(15 + $at * 40);
       if $at == 0 then "submitted" else "forwarded" end; $at + 1 == ($tiers | length))] as $told
  | ([act("draft"; "submit"; $round.on; by("commune"; $code))] + ([$told[].acts] | add)) as $acts
  | {"whole": 99, "draft": 0, "submitted": 1, "reviewing": 2, "supplement": 2, "scoring": 5}[$stage] as $length
  | {type: "establishment", ref: $p.ref, body: {name: "Chủ thể OCOP minh họa số \($k + 1), \(if $is_new then $place else $place_before end)", legal_form: ["cooperative", "llc_single", "household_business"][$number % 3],
      place: {province_code: (if $is_new then $code else $before end), codes_on: $round.on}, note: note}},
    {type: "product", ref: $p.ref, body: {establishment_id: "@establishment:\($p.ref)", name: "\($set[0]) minh họa số \($k + 1), \(if $is_new then $place else $place_before end)", brand: "Minh họa", note: note}},
    {type: "ocop_registration", ref: $p.ref, by: null,
     body: {product_id: "@product:\($p.ref)", kind: "first", product_set_id: "019aa000-0000-7000-\($set[$round.set])", checklist: [papers[], (if $is_new then "commune_report" else empty end) | {requirement_code: ., status: "provided"}],
            note: "Nộp theo \($round.regime). \(note)"},
     acts: ($acts[:$length] + if $stage == "supplement" then [act("reviewing"; "request_supplement"; $round.on | plus(20); by("commune"; $code); {note: "Bổ sung phiếu kiểm nghiệm (minh họa)."})] else [] end)},
    if $stage == "whole" then
      $told[].results[],
      {type: "ocop_certificate", ref: $p.ref, by: by($certifier; $code), after: ["@act:ocop_registration:\($p.ref)/recognise-\($told[-1].acts[-1].on)"],
       body: {result_id: "@ocop_result:\($p.ref)-\($tiers[-1])", certificate_no: "MH-\($p.ref[5:])/GCN-OCOP", issued_on: ($told[-1].acts[-1].on | plus(5)), note: note},
       acts: (if $number == 3 then [{from: "valid", action: "suspend", on: "2026-03-02", by: by($certifier; $code), note: "Chờ kết quả kiểm nghiệm (minh họa).", documents: [paper("decision"; "2026-03-02")]}]
              elif $number == 18 then [{from: "valid", action: "revoke", on: "2026-04-01", by: by($certifier; $code), ground_code: "mark_misused", documents: [paper("decision"; "2026-04-01")]}]
              else [] end)}
    else empty end;

# ---- Points of sale ----

def display_point: . as [$code, $place, $before, $place_before]
  | {type: "display-point", ref: "diem-ocop-\($code)",
     body: {name: "Điểm giới thiệu và bán sản phẩm OCOP minh họa, \($place)", province_code: $code, place: {province_code: $code, codes_on: "2025-08-01"}, operator_id: "@organisation:nong-nghiep-\($code)",
       status: "open", opened_on: "2023-09-01", area_m2: (40 + ($code | tonumber)), support_vnd: 50000000, note: "Dữ liệu minh họa, không phải điểm có thật."},
     products: [range(5) | {product_id: "@product:ocop-\($code)-\(. + 1)", from: "2025-09-01"}],
     sales: [range(3) | {from: "\(2023 + .)-\(if . == 0 then "09" else "01" end)-01", to: "\(2023 + .)-12-31", revenue_vnd: (120000000 + . * 210000000 + ($code | tonumber) * 1000000)}]};

{source: "Dữ liệu minh họa, lập theo số thứ tự; không có chủ thể, sản phẩm, hội đồng hay quyết định có thật nào.",
 records: [central_office, (provinces[] | offices), (provinces | to_entries[] | .key as $n | .value | range(rounds | length) as $k | registration($n; rounds[$k]; $k)), (provinces[] | display_point)]}
