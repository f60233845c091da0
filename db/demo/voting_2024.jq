# SPDX-License-Identifier: MIT
# The regional rounds of 2024 for typical rural-industry products, judged elsewhere and therefore mirrored: entries with their outcome,
# no councils and no sheets. Real are 382 products from 18 of the 20 southern provinces, 189 of them certified (49.5 %), and all regions
# together: 889 and 439 (49.4 %). Products are made of numbers; how the other regions share the rest, which provinces and groups they
# come from and the decisions' numbers are assumed.

def note: "Theo nguồn: phía Nam 382 sản phẩm của 18/20 tỉnh, 189 được công nhận; cả nước 889 và 439. Tên, nhóm, tỉnh của từng sản phẩm và số quyết định là minh họa.";
def groups: ["food", "handicraft", "machinery", "other"];
def three: tostring | ("00" + .)[-3:];

def regions: [
  {ref: "phia-nam", code: "phia_nam", name: "phía Nam", registered: 382, certified: 189, note: "Hai tỉnh không tham gia không được nêu tên; ở đây giả định là Bạc Liêu và Cà Mau.",
   provinces: [["60", "tỉnh Bình Thuận"], ["70", "tỉnh Bình Phước"], ["72", "tỉnh Tây Ninh"], ["74", "tỉnh Bình Dương"], ["75", "tỉnh Đồng Nai"], ["77", "tỉnh Bà Rịa – Vũng Tàu"],
     ["79", "Thành phố Hồ Chí Minh"], ["80", "tỉnh Long An"], ["82", "tỉnh Tiền Giang"], ["83", "tỉnh Bến Tre"], ["84", "tỉnh Trà Vinh"], ["86", "tỉnh Vĩnh Long"],
     ["87", "tỉnh Đồng Tháp"], ["89", "tỉnh An Giang"], ["91", "tỉnh Kiên Giang"], ["92", "thành phố Cần Thơ"], ["93", "tỉnh Hậu Giang"], ["94", "tỉnh Sóc Trăng"]]},
  {ref: "mien-bac", code: "mien_bac", name: "miền Bắc", registered: 300, certified: 148, note: "Số của riêng khu vực này không được nêu: cùng miền Trung – Tây Nguyên là 507 và 250.",
   provinces: [["01", "thành phố Hà Nội"], ["02", "tỉnh Hà Giang"], ["04", "tỉnh Cao Bằng"], ["06", "tỉnh Bắc Kạn"], ["08", "tỉnh Tuyên Quang"], ["10", "tỉnh Lào Cai"],
     ["11", "tỉnh Điện Biên"], ["12", "tỉnh Lai Châu"], ["14", "tỉnh Sơn La"], ["15", "tỉnh Yên Bái"], ["17", "tỉnh Hòa Bình"], ["19", "tỉnh Thái Nguyên"], ["20", "tỉnh Lạng Sơn"],
     ["22", "tỉnh Quảng Ninh"], ["24", "tỉnh Bắc Giang"], ["25", "tỉnh Phú Thọ"], ["26", "tỉnh Vĩnh Phúc"], ["27", "tỉnh Bắc Ninh"], ["30", "tỉnh Hải Dương"],
     ["31", "thành phố Hải Phòng"], ["33", "tỉnh Hưng Yên"], ["34", "tỉnh Thái Bình"], ["35", "tỉnh Hà Nam"], ["36", "tỉnh Nam Định"], ["37", "tỉnh Ninh Bình"],
     ["38", "tỉnh Thanh Hóa"], ["40", "tỉnh Nghệ An"], ["42", "tỉnh Hà Tĩnh"]]},
  {ref: "mien-trung-tay-nguyen", code: "mien_trung_tay_nguyen", name: "miền Trung – Tây Nguyên", registered: 207, certified: 102,
   note: "Số của riêng khu vực này không được nêu: cùng miền Bắc là 507 và 250.",
   provinces: [["44", "tỉnh Quảng Bình"], ["45", "tỉnh Quảng Trị"], ["46", "tỉnh Thừa Thiên Huế"], ["48", "thành phố Đà Nẵng"], ["49", "tỉnh Quảng Nam"], ["51", "tỉnh Quảng Ngãi"],
     ["52", "tỉnh Bình Định"], ["54", "tỉnh Phú Yên"], ["56", "tỉnh Khánh Hòa"], ["58", "tỉnh Ninh Thuận"], ["62", "tỉnh Kon Tum"], ["64", "tỉnh Gia Lai"], ["66", "tỉnh Đắk Lắk"],
     ["67", "tỉnh Đắk Nông"], ["68", "tỉnh Lâm Đồng"]]}];

# One stands for all establishments of its province, for how many took part is not told.
def firm: "binh-chon-2024-\(.[0])";
def establishment: {type: "establishment", ref: firm, body: {name: "Các cơ sở tham gia bình chọn khu vực năm 2024, \(.[1]) (minh họa)",
  place: {province_code: .[0], codes_on: "2024-08-01"}, note: "Số cơ sở không được nêu: một dòng này thay cho mọi cơ sở của tỉnh. \(note)"}};

def entry($region; $n): "\($region.ref)-2024-\($n + 1 | three)" as $ref | $region.provinces[$n % ($region.provinces | length)] as $province
  | {type: "product", $ref, body: {establishment_id: "@establishment:\($province | firm)",
      name: "Sản phẩm bình chọn minh họa số \($n + 1), khu vực \($region.name) 2024, \($province[1])", note: note}},
    {type: "voting_entry", $ref, body: {round_id: "@voting_round:\($region.ref)-2024", product_id: "@product:\($ref)", product_group_code: groups[$n % 4], origin: "mirrored",
      evidence_grade: "official_news", note: note,
      outcome: (if $n < $region.certified then {status: "certified", decision: {document_no: "MH-2024-\($region.ref)", issued_on: "2024-10-01", issuer_name: "Cơ quan minh họa"}}
                else {status: "not_selected"} end)}};

{source: "Báo Bình Thuận năm 2024 về bình chọn sản phẩm công nghiệp nông thôn tiêu biểu cấp khu vực: các con số chung; còn lại là minh họa.",
 records: [regions[] | . as $region
   | {type: "voting_round", ref: "\(.ref)-2024", body: {tier: "region", year: 2024, region_code: .code, status: "closed", note: "\(.note) \(note)"}},
     (.provinces[] | establishment), (range(.registered) as $n | entry($region; $n))]}
