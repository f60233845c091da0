# SPDX-License-Identifier: MIT
# A year of promotion for illustration: 200 projects over the 34 provinces of today, 35 of them in one province, made of their
# numbers alone, so that every load makes the same. No person, no firm and no decision is made up: names say that they illustrate.

def year: 2026;
def whole: "75"; # Đồng Nai: the province whose year is told in full
def provinces: [
  ["01", "thành phố Hà Nội"], ["04", "tỉnh Cao Bằng"], ["08", "tỉnh Tuyên Quang"], ["11", "tỉnh Điện Biên"], ["12", "tỉnh Lai Châu"], ["14", "tỉnh Sơn La"],
  ["15", "tỉnh Lào Cai"], ["19", "tỉnh Thái Nguyên"], ["20", "tỉnh Lạng Sơn"], ["22", "tỉnh Quảng Ninh"], ["24", "tỉnh Bắc Ninh"], ["25", "tỉnh Phú Thọ"],
  ["31", "thành phố Hải Phòng"], ["33", "tỉnh Hưng Yên"], ["37", "tỉnh Ninh Bình"], ["38", "tỉnh Thanh Hóa"], ["40", "tỉnh Nghệ An"], ["42", "tỉnh Hà Tĩnh"],
  ["44", "tỉnh Quảng Trị"], ["46", "thành phố Huế"], ["48", "thành phố Đà Nẵng"], ["51", "tỉnh Quảng Ngãi"], ["52", "tỉnh Gia Lai"], ["56", "tỉnh Khánh Hòa"],
  ["66", "tỉnh Đắk Lắk"], ["68", "tỉnh Lâm Đồng"], ["75", "thành phố Đồng Nai"], ["79", "Thành phố Hồ Chí Minh"], ["80", "tỉnh Tây Ninh"], ["82", "tỉnh Đồng Tháp"],
  ["86", "tỉnh Vĩnh Long"], ["91", "tỉnh An Giang"], ["92", "thành phố Cần Thơ"], ["96", "tỉnh Cà Mau"]];

# What is supported: activity, words, indicator, unit, results of one project, support in millions.
def works: [
  ["KC3-MAY-MOC", "Hỗ trợ ứng dụng máy móc, thiết bị tiên tiến trong chế biến nông sản", "machines", "establishment", 1, 250],
  ["KC1-DAO-TAO", "Đào tạo nghề may công nghiệp cho lao động nông thôn", "trained", "person", 60, 90],
  ["KC4-NHAN-HIEU", "Xây dựng nhãn hiệu cho sản phẩm công nghiệp nông thôn", "brands", "brand", 1, 35],
  ["KC2", "Tập huấn nâng cao năng lực quản lý cho cơ sở công nghiệp nông thôn", "classes", "class", 2, 60],
  ["KC4-HC-THAM-GIA", "Tham gia hội chợ, triển lãm hàng công nghiệp nông thôn", "booths", "booth", 8, 80],
  ["KC3", "Xây dựng mô hình trình diễn kỹ thuật sản xuất gạch không nung", "models", "model", 1, 500],
  ["KC9", "Tập huấn cán bộ khuyến công cấp xã", "classes", "class", 1, 40]];

def two: tostring | if length < 2 then "0" + . else . end;
def day($number): "\(year)-\(1 + $number % 9 | two)-\(1 + $number * 7 % 28 | two)";

def project($code; $place; $n; $number):
  works[$number % (works | length)] as [$activity, $title, $indicator, $unit, $result, $millions]
  | (if $n % 4 == 0 then "national" else "local" end) as $level
  | (if $n == 0 and $number % 6 == 0 then "key" elif $n % 3 == 1 then "group" else "single" end) as $scale
  | (if $scale == "group" then 2 else 1 end) as $lines
  | ($millions * 1000000 + $number % 7 * 1000000) as $each
  | {type: "project", ref: "nam-\(year)-\($code)-\($n + 1 | two)",
     body: {name: "\($title) tại \($place) năm \(year), số \($n + 1) (minh họa)", level: $level, scale: $scale, province_code: $code, codes_on: "\(year)-05-01",
            places: [{province_code: $code, codes_on: "\(year)-05-01"}], starts_on: day($number), ends_on: "\(year)-12-15",
            total_cost_vnd: ($each * $lines * 2), support_vnd: ($each * $lines), counterpart_vnd: ($each * $lines),
            objective: "Mục tiêu minh họa: \($result * $lines) kết quả", note: "Dữ liệu minh họa, không phải đề án có thật."},
     lines: [range($lines) | {ref: "\(. + 1)", title: "\($title), hạng mục \(. + 1)", activity_code: $activity, support_vnd: $each, eligible_cost_vnd: ($each * 2), counterpart_vnd: $each}],
     funding: [{year: year, source: (if $level == "national" then "central_promotion" else "local_promotion" end), amount_vnd: ($each * $lines)},
               {year: year, source: "counterpart", amount_vnd: ($each * $lines)}],
     outputs: [range($lines) as $line
       | {indicator_code: $indicator, year: year, planned: {value: $result, measure_unit: $unit}, line_id: "@line:nam-\(year)-\($code)-\($n + 1 | two)/\($line + 1)"}
         + if $number % 5 == 0 then {} else {actual: {value: (if $number % 11 == 1 then $result - 1 else $result + $number % 2 end), measure_unit: $unit}} end]};

{source: "Dữ liệu minh họa, lập theo số thứ tự; không có cơ sở, cá nhân hay quyết định có thật nào.",
 records: [provinces | to_entries[] | .key as $at | .value as [$code, $place]
   | range(if $code == whole then 35 else 5 end) as $n | project($code; $place; $n; $at * 5 + $n * 3)]}
