# SPDX-License-Identifier: MIT
# What the *.jq share: days, papers, acts; and the way of a project from registration to the end, with all that goes with it.
#
# A project is told by {ref, level, year, stage, first (day of registration), signed_on, done_on, ends_on, source, plan (ref of its annual
# plan), officer, leader, department, implementer, supports (of each line), owns (the counterpart of each), quantities, beneficiaries
# (refs of establishments, or null)}. Besides, where they are not as most have them: line_refs (1, 2, …; a line whose money is of two years
# is there twice), names (of the beneficiaries), years, plans and signed_days of each line's money, is_advanced, approved_on (90 days after
# the first), decision (paper that approves), assigned (what the plan gave), contracts_after (what contracts wait for).

def plus($days): "\(.)T00:00:00Z" | fromdate + $days * 86400 | strftime("%Y-%m-%d");
def two: tostring | if length < 2 then "0" + . else . end;

def paper($kind; $on): [{kind: $kind, document_no: "MH-\($on | gsub("-"; ""))", issued_on: $on, title: "Văn bản minh họa"}];
def act($from; $action; $on; $by; $more): {$from, $action, $on, $by} + $more;
def act($from; $action; $on; $by): act($from; $action; $on; $by; {});
def with($kind; $on): {documents: paper($kind; $on)};

def central_officer: "@token:chuyen-vien-cuc";
def central_leader: "@token:lanh-dao-cuc";

# ---- How far it has come ----

def way: ["draft", "submitted", "base_appraising", "base_passed", "central_appraising", "approved", "contracted", "in_progress", "acceptance_requested",
  "accepted", "settling", "settled", "closed"];
def place_on_way: .stage as $stage
  | way | index({"late": "in_progress", "returned": "submitted", "withdrawn": "submitted", "rejected": "base_appraising", "stopped": "contracted"}[$stage] // $stage);
def has_reached($state): place_on_way >= (way | index($state));
def in_plan: has_reached("approved");
def lines: range(.supports | length) + 1;
def line_ref($line): (.line_refs // [])[$line - 1] // "\($line)";
def year_of($line): (.years // [])[$line - 1] // .year;
def plan_of($line): (.plans // [])[$line - 1] // .plan;
def signed_on($line): (.signed_days // [])[$line - 1] // .signed_on;
def first_of($line): line_ref($line) as $row | first(lines as $one | select(line_ref($one) == $row) | $one); # a line is accepted once
def support: .supports | add;
def counterpart: .owns | add;

# ---- A plan ----

def plan($ref; $year; $body; $projects; $officer; $leader; $after):
  {type: "annual-plan", $ref, body: ({note: "Dữ liệu minh họa, không phải kế hoạch có thật."} + $body + {year: $year, opens_on: "\($year - 1)-06-01", closes_on: "\($year - 1)-09-30"}),
   items: [$projects[] | {ref: .ref, project_id: "@project:\(.ref)", activity_code: .activity_code, support_vnd: (.assigned // support), counterpart_vnd: counterpart, completion_month: .ends_on[:7],
                          registered_on: .registered_on}],
   acts: [act("draft"; "open"; "\($year - 1)-06-01"; $officer; {$after}), act("collecting"; "appraise"; "\($year - 1)-10-20"; $officer),
          act("appraising"; "submit"; "\($year - 1)-11-25"; $officer; with("proposal"; "\($year - 1)-11-25")),
          act("submitted"; "assign"; "\($year - 1)-12-20"; $leader; with("decision"; "\($year - 1)-12-20") + {after: [$projects[] | "@act:project:\(.ref)/approve"]}),
          act("assigned"; "execute"; "\($year)-01-05"; $officer)]};

def allocation($ref; $year; $source; $kind; $organisation; $amount; $on; $by):
  {type: "allocation", $ref, $by, body: {$year, $source, $kind, organisation_id: "@organisation:\($organisation)", amount_vnd: $amount, decided_on: $on, document: paper("decision"; $on)[0]}};

# ---- Acts of the project, as far as it has come ----

def way_acts: . as $p | .first as $first | (.level == "national") as $is_national
  | (if $is_national then central_leader else .leader end) as $decider
  | (.approved_on // ($first | plus(90))) as $approved_on
  | [act("draft"; "submit"; $first; .officer),
     act("submitted"; "appraise"; $first | plus(5); .officer),
     act("base_appraising"; "pass"; $first | plus(14); .officer; {after: ["@act:appraisal:\(.ref)-base/sign"]}),
     if $is_national then act("base_passed"; "forward"; $first | plus(18); .officer; with("official_letter"; $first | plus(18))) else empty end,
     if $is_national then act("central_appraising"; "pass"; $first | plus(40); central_officer; {ref: "central_pass", after: ["@act:appraisal:\(.ref)-central/sign"]}) else empty end,
     act(if $is_national then "central_passed" else "base_passed" end; "approve"; $approved_on; $decider; {documents: (.decision // paper("decision"; $approved_on))}),
     act("approved"; "sign_contract"; .signed_on | plus(2); .officer; with("contract"; .signed_on) + {after: [lines as $line | "@act:contract:\($p.ref)-\($line)/sign"]}),
     act("contracted"; "start"; .signed_on | plus(12); .officer),
     act("in_progress"; "request_acceptance"; .done_on; .officer; with("report"; .done_on)),
     act("acceptance_requested"; "accept"; .done_on | plus(16); .leader; with("minutes"; .done_on | plus(16)) + {after: [lines as $line | "@act:acceptance:\($p.ref)-\(first_of($line))/sign"]}),
     act("accepted"; "settle"; .done_on | plus(30); .officer),
     act("settling"; "confirm_settlement"; .done_on | plus(60); .leader; with("decision"; .done_on | plus(60)) + {after: [lines as $line | "@act:payment-request:\($p.ref)-\($line)-rest/pay"]}),
     act("settled"; "close"; .done_on | plus(70); .officer; {after: [lines as $line | "@act:contract:\($p.ref)-\($line)/close_out"]})]
  | [.[] | select(.from as $from | way | index($from) // index("central_appraising") | . < ($p | place_on_way))];

# ---- What goes with it ----

def sheet($tier; $asked_by; $on; $by): {type: "appraisal", ref: "\(.ref)-\($tier)", $by, after: ["@act:project:\(.ref)/\($asked_by)"],
  body: {project_id: "@project:\(.ref)", $tier, appraised_on: $on, result: "passed", checks: [{code: "content", passed: true}, {code: "beneficiary", passed: true}]},
  acts: [act("draft"; "sign"; $on; $by)]};
def sheets: if has_reached("base_passed") then sheet("base"; "appraise"; .first | plus(11); .leader) else empty end,
  if .level == "national" and has_reached("approved") then sheet("central"; "forward"; .first | plus(38); central_officer) else empty end;

def contract($line; $more_acts): "\(.ref)-\($line)" as $ref | .beneficiaries[$line - 1] as $beneficiary
  | {type: "contract", $ref, by: .officer, after: (["@act:annual-plan:\(plan_of($line))/assign", "@act:project:\(.ref)/approve"] + (.contracts_after // [])),
     body: {project_id: "@project:\(.ref)", kind: "beneficiary", line_id: "@line:\(.ref)/\(line_ref($line))", contract_no: "MH-\($ref)", ends_on: .ends_on, year: year_of($line), source, amount_vnd: .supports[$line - 1],
            parties: ([{role: "implementer", name: .implementer}]
              + if $beneficiary then [{role: "beneficiary", name: ((.names // [])[$line - 1] // "Cơ sở minh họa \($line)"), establishment_id: "@establishment:\($beneficiary)"}] else [] end)},
     acts: ([act("draft"; "sign"; signed_on($line); .officer; with("contract"; signed_on($line)))]
            + if .stage == "closed" then [act("signed"; "close_out"; .done_on | plus(65); .officer; with("minutes"; .done_on | plus(65)) + {after: ["@act:payment-request:\($ref)-rest/pay"]})] else $more_acts end)};

def request($ref; $contract; $kind; $amount; $on; $after):
  {type: "payment-request", $ref, by: .officer, after: (["@act:contract:\($contract)/sign"] + $after),
   body: {contract_id: "@contract:\($contract)", $kind, amount_vnd: $amount, requested_on: $on, document: paper("official_letter"; $on)[0]},
   acts: [act("submitted"; "check"; $on | plus(2); .officer), act("checked"; "approve"; $on | plus(4); .leader),
          act("approved"; "pay"; $on | plus(6); .officer; with("other"; $on | plus(6)))]};

def half($line): .supports[$line - 1] / 2 | floor;
def money($line; $more_acts): "\(.ref)-\($line)" as $contract | line_ref($line) as $row | (.supports[$line - 1] + .owns[$line - 1]) as $cost
  | contract($line; $more_acts),
    if .is_advanced then request("\($contract)-advance"; $contract; "advance"; half($line); signed_on($line) | plus(15); []) else empty end,
    if has_reached("accepted") and first_of($line) == $line then
      {type: "acceptance", ref: $contract, by: .officer,
       after: ["@act:project:\(.ref)/request_acceptance", (lines as $one | select(line_ref($one) == $row) | "@act:contract:\(.ref)-\($one)/sign", if .is_advanced then "@act:payment-request:\(.ref)-\($one)-advance/pay" else empty end)],
       body: {project_id: "@project:\(.ref)", line_id: "@line:\(.ref)/\($row)", accepted_on: (.done_on | plus(12)), quantity: .quantities[$line - 1], value_vnd: ([lines as $one | select(line_ref($one) == $row) | .supports[$one - 1]] | add), result: "passed",
              members: [{role: "department", organisation_name: .department}], minutes: paper("minutes"; .done_on | plus(12))[0]},
       acts: [act("draft"; "sign"; .done_on | plus(12); .officer)]}
    else empty end,
    if has_reached("settled") then
      {type: "settlement", ref: $contract, by: .officer, after: ["@act:project:\(.ref)/settle"],
       body: {project_id: "@project:\(.ref)", line_id: "@line:\(.ref)/\($row)", year: year_of($line), source, settled_on: (.done_on | plus(32)), eligible_cost_vnd: $cost,
              vouchers: [{voucher_no: "MH-01", amount_vnd: $cost}]},
       acts: [act("draft"; "submit"; .done_on | plus(33); .officer; with("report"; .done_on | plus(33))),
              act("submitted"; "approve"; .done_on | plus(40); .leader; with("decision"; .done_on | plus(40)))]},
      request("\($contract)-rest"; $contract; "payment"; .supports[$line - 1] - (if .is_advanced then half($line) else 0 end); .done_on | plus(42); ["@act:settlement:\($contract)/approve"])
    else empty end;
def money: if has_reached("contracted") then lines as $line | money($line; []) else empty end;
