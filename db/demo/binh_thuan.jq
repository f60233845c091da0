# SPDX-License-Identifier: MIT
# The voting of Bình Thuận in 2022 for typical rural-industry products: 45 products of 23 establishments before nine jurors, 40 of
# them reach 70 points, 30 are certified by decision 1493/QĐ-UBND of 7 July 2022 with 2 million đồng each and go on to the round of
# the southern region. Real are these figures and the decision; products, establishments and single scores are made of numbers.

def province: "60"; # part of Lâm Đồng (68) today, whose offices act
def officer: "@token:chuyen-vien-68";
def leader: "@token:lanh-dao-68";
def centre: "@token:chuyen-vien-cuc";
def note: "Theo nguồn: 45 sản phẩm của 23 cơ sở, 40 đạt từ 70 điểm, 30 được công nhận. Tên và điểm từng sản phẩm là minh họa.";
def groups: ["food", "handicraft", "machinery", "other"];
def two: tostring | if length < 2 then "0" + . else . end;
def decision: {kind: "decision", document_no: "1493/QĐ-UBND", issued_on: "2022-07-07", issuer_name: "Ủy ban nhân dân tỉnh Bình Thuận"};

def criteria: [{code: "market", label_vi: "Doanh thu, thị trường", max_points: 35}, {code: "economy", label_vi: "Kinh tế – kỹ thuật – xã hội, môi trường", max_points: 35},
  {code: "culture", label_vi: "Văn hóa, thẩm mỹ", max_points: 20}, {code: "other", label_vi: "Nội dung khác", max_points: 10}];

# In hundredths of a point: 40 reach 7000, the last of them exactly.
def score($place): if $place == 39 then 7000 elif $place < 39 then 9000 - $place * 50 else 6999 - ($place - 40) * 100 end;
# A juror's sheet that makes up the total.
def points($total): ([35, 35, 20] | map(. * $total / 100 | floor)) as $parts
  | [criteria[].code] | to_entries | map({criterion_code: .value, points: ((if .key < 3 then $parts[.key] else $total - ($parts | add) end) / 100)});

def act($from; $action; $on; $by; $more): {$from, $action, $on, $by} + $more;

def regulation($tier; $more): {type: "voting_regulation", ref: "quy-che-\($tier)-2022", by: (if $tier == "region" then centre else officer end),
  body: ({$tier, name: "Quy chế bình chọn sản phẩm công nghiệp nông thôn tiêu biểu (minh họa)", document_no: "MH-QC-\($tier)", issuer_name: "Cơ quan minh họa", min_score: 70,
    score_operator: "gte", criteria: criteria, prizes: [{name: "Sản phẩm công nghiệp nông thôn tiêu biểu", from_rank: 1, amount_vnd: 2000000}], valid_from: "2022-01-01",
    certainty: "uncertain", note: "Điểm tối thiểu và tiền thưởng theo nguồn; tiêu chí là minh họa."} + $more)};

def firm($n): "binh-chon-\($n + 1 | two)";

def entry($place): "binh-thuan-2022-\($place + 1 | two)" as $ref | "@voting_entry:\($ref)" as $me
  | {type: "product", $ref, body: {establishment_id: "@establishment:\(firm($place / 2 | floor))", name: "Sản phẩm bình chọn minh họa số \($place + 1), Bình Thuận 2022",
      is_set: ($place % 5 == 0), note: note}},
    {type: "voting_entry", $ref, by: officer, body: {round_id: "@voting_round:binh-thuan-2022", product_id: "@product:\($ref)", product_group_code: groups[$place % 4], note: note},
     acts: ([act("draft"; "submit"; "2022-04-05"; officer; {}), act("submitted"; "check"; "2022-04-15"; officer; {}),
       act("checked"; "judge"; "2022-06-08"; officer; {after: [range(1; 10) | select($place < 44 or . < 9) | "@voting_score-sheet:\($ref)-\(.)"]})]
       + if $place < 30 then
           [act("judged"; "select"; "2022-06-21"; leader; {after: [range(45) | "@act:voting_entry:binh-thuan-2022-\(. + 1 | two)/judge"]}),
            act("selected"; "certify"; "2022-07-07"; leader; {documents: [decision]}),
            act("certified"; "nominate"; "2022-08-01"; officer; {after: ["@voting_round:phia-nam-2022"]})]
         else [act("judged"; "reject"; "2022-06-21"; leader; {after: [range(30) | "@act:voting_entry:binh-thuan-2022-\(. + 1 | two)/select"]})] end)},
    (range(1; 10) | select($place < 44 or . < 9) | . as $seat
      | {type: "voting_score-sheet", ref: "\($ref)-\($seat)", by: officer, after: ["@act:voting_entry:\($ref)/check"],
         body: {council_id: "@voting_council:binh-thuan-2022", entry_id: $me, $seat, status: "submitted",
                points: points(score($place) + if $place < 44 then ($seat - 5) * 25 else 0 end)}});

{source: "Kết quả bình chọn của tỉnh Bình Thuận năm 2022: các con số và Quyết định 1493/QĐ-UBND ngày 07/7/2022; còn lại là minh họa.",
 records: [
   regulation("province"; {province_code: province}), regulation("region"; {}),
   {type: "voting_round", ref: "phia-nam-2022", by: centre, body: {tier: "region", year: 2022, region_code: "phia_nam", status: "open", regulation_id: "@voting_regulation:quy-che-region-2022",
     note: "Vòng khu vực mà 30 sản phẩm được đề cử; kết quả không được nêu."}},
   {type: "voting_round", ref: "binh-thuan-2022", by: officer, body: {tier: "province", year: 2022, province_code: province, status: "open", regulation_id: "@voting_regulation:quy-che-province-2022", quota: 30,
     opens_on: "2022-03-24", closes_on: "2022-04-10", note: note}},
   (range(23) | {type: "establishment", ref: firm(.), body: {name: "Cơ sở bình chọn minh họa số \(. + 1), tỉnh Bình Thuận", legal_form: ["llc_single", "cooperative", "household_business"][. % 3],
     place: {province_code: province, codes_on: "2022-01-01"}, note: note}}),
   {type: "voting_council", ref: "binh-thuan-2022", by: officer,
    body: {round_id: "@voting_round:binh-thuan-2022", kind: "jury", members: [range(1; 10) | {seat: ., role: (if . == 1 then "chair" elif . == 2 then "secretary" else "member" end), position: "Giám khảo", organisation_name: "Cơ quan minh họa"}],
           conflicts: [{seat: 9, establishment_id: "@establishment:\(firm(22))", reason: "Có phần vốn góp (minh họa)"}], note: "Chín giám khảo theo nguồn; cơ quan của từng người là minh họa."}},
   (range(45) | entry(.))]}
