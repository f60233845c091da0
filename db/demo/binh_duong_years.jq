# SPDX-License-Identifier: MIT
# Bình Dương: a project of each year of the programme of 2021–2025, with results for seven of its twelve targets, for illustration. Each
# was settled; the offices of the city that the province is part of today act for it.

include "walk";

def officer: "@token:chuyen-vien-79";
def leader: "@token:lanh-dao-79";

# Year, and what was done: classes and people trained, delegations, machines, voted products, fairs, models, collaborators at its end.
def results: [
  [2021, 4, 320, 2, 12, 12, 3, null, 30], [2022, 5, 400, 2, 15, null, 4, 1, 32], [2023, 4, 330, 3, 16, 25, 5, null, 34], [2024, 5, 410, 2, 17, null, 5, 1, 36],
  [2025, 4, 340, 2, 16, 26, 4, null, 38]];
def indicators: [["trained", "class"], ["trained", "person"], ["tours", "delegation"], ["machines", "establishment"], ["products_voted", "product"], ["fairs", "fair"], ["models", "model"],
  ["collaborators", "person"]];

def figures: .[0] as $year | {ref: "binh-duong-ket-qua-\($year)", level: "local", $year, stage: "settled", first: "\($year - 1)-08-09", registered_on: "\($year - 1)-08-20", approved_on: "\($year - 1)-12-08",
  signed_on: "\($year)-02-08", done_on: "\($year)-10-18", ends_on: "\($year)-12-31", source: "local_promotion", plan: "binh-duong-\($year)", officer: officer, leader: leader,
  department: "Sở Công Thương Thành phố Hồ Chí Minh", implementer: "Trung tâm khuyến công tỉnh Bình Dương", activity_code: "KC9", supports: [2500000000], owns: [0], quantities: [1], beneficiaries: [],
  outputs: [.[1:] | to_entries[] | select(.value) | indicators[.key] as [$indicator_code, $measure_unit] | {$indicator_code, year: $year, actual: {value: .value, $measure_unit}}]};

def project: (if .year == 2025 then "2024-12-31" else "\(.year)-12-31" end) as $codes_on
  | {type: "project", ref,
     body: {name: "Hoạt động khuyến công tỉnh Bình Dương năm \(.year) (kết quả minh họa)", level, scale: "single", programme_id: "@programme:binh-duong-2021-2025",
            implementer_id: "@organisation:trung-tam-binh-duong", province_code: "74", codes_on: $codes_on, places: [{province_code: "74", codes_on: $codes_on}], starts_on: "\(.year)-01-01", ends_on,
            total_cost_vnd: support, support_vnd: support, counterpart_vnd: 0, necessity: "Nhu cầu minh họa.", objective: "Thực hiện chương trình khuyến công năm \(.year) (minh họa).",
            note: "Kết quả, kinh phí và các bước của từng năm là minh họa, để thấy cách đánh giá mười hai chỉ tiêu; không phải số liệu có thật."},
     lines: [{ref: "1", title: "Hoạt động khuyến công năm \(.year) (minh họa)", activity_code: "KC9", support_vnd: support, eligible_cost_vnd: support, counterpart_vnd: 0}],
     funding: [{year, source, amount_vnd: support}], outputs, acts: way_acts};

def year_plan: plan(.plan; .year; {level: "local", province_code: "74", codes_on: "\(.year - 1)-12-31", programme_id: "@programme:binh-duong-2021-2025",
  name: "Kế hoạch khuyến công tỉnh Bình Dương năm \(.year) (minh họa)"}; [.]; .officer; .leader; []);

{source: "Dữ liệu minh họa cho chương trình khuyến công tỉnh Bình Dương giai đoạn 2021–2025 (binh_duong.json).", records: [results[] | figures | project, sheets, year_plan,
  allocation("phan-bo-\(.ref)"; .year; .source; "baseline"; "trung-tam-binh-duong"; support; "\(.year - 1)-12-22"; .leader), money]}
