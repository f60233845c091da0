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

# ---- A registration ----

def paper($kind; $on): {kind: $kind, document_no: "MH-\($on | gsub("-"; ""))", issued_on: $on, issuer_name: "Cơ quan minh họa", title: "Văn bản minh họa"};
def act($from; $action; $on; $by; $more): {$from, $action, $on, $by, ref: "\($action)-\($on)"} + $more;
def act($from; $action; $on; $by): act($from; $action; $on; $by; {});

# What one tier does: it reviews, scores where it has a council, and recognises or sends on. [acts, its result or null]
def at_tier($p; $tier; $day; $from; $is_last): ($p.round.scores or $tier != "commune") as $scores | by($tier; $p.code) as $by
  | ($scores and $tier != "commune") as $has_council
  | {result: (if $has_council then
       {type: "ocop_result", ref: "\($p.ref)-\($tier)", $by, after: ["@act:ocop_registration:\($p.ref)/open_scoring-\($day | plus(10))"], on: ($day | plus(20)),
        body: ({registration_id: "@ocop_registration:\($p.ref)", $tier, part_a: $p.score[0], part_b: $p.score[1], part_c: $p.score[2], minutes: paper("minutes"; $day | plus(20)), note: note}
               + if $is_last then {decision: paper("decision"; $day | plus(30))} else {} end),
        acts: [{from: "draft", action: "approve", on: ($day | plus(21)), $by}]} else null end),
     acts: ([act($from; "review"; $day; $by)]
       + (if $has_council then
            [act("reviewing"; "open_scoring"; $day | plus(10); $by),
             act("scoring"; "close_scoring"; $day | plus(22); $by; {after: ["@act:ocop_result:\($p.ref)-\($tier)/approve"]})] else [] end)
       + [if $is_last then act("scored"; "recognise"; $day | plus(30); $by; {documents: [paper("decision"; $day | plus(30))]})
          else act(if $has_council then "scored" else "reviewing" end; "forward"; $day | plus(30); $by; {documents: [paper("official_letter"; $day | plus(30))]}) end])};


def registration($n; $round; $k): . as [$code, $place, $before, $place_before]
  | ($n * 7 + $k) as $number | sets[($n + $k) % 6] as $set | scores($round.set)[($n + $k * 2) % 6] as $score
  | ($round.on >= "2025-07-01") as $is_new
  | {$code, $round, $score, ref: "ocop-\($code)-\($k + 1)", stars: ($score | stars)} as $p
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
      ($told[].result // empty),
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
