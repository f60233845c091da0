# SPDX-License-Identifier: MIT
# What the loader works out (see load): the items that the files ask for, their order, and for each what it lacks.

# ---- Items ----

# Kinds of records that partners' keys do not address: where they are listed, by which members of the body they are looked for
# there, and which members tell one from another. Once made they stay as they are: papers are not mended.
def papers: {
  "user": {by: ["organisation_id"], key: ["user_name"]},
  "role-assignment": {by: ["user_id"], key: ["role"]},
  "appraisal": {by: ["project_id"], key: ["tier"]},
  "contract": {by: ["project_id"], key: ["contract_no"]},
  "payment-request": {by: ["contract_id"], key: ["kind", "requested_on"]},
  "ledger-entry": {by: ["contract_id"], key: ["kind", "entry_on"]},
  "allocation": {by: ["organisation_id"], key: ["kind", "source", "year", "decided_on"]},
  "acceptance": {by: ["project_id"], key: ["line_id", "accepted_on"]},
  "settlement": {by: ["project_id"], key: ["line_id", "year", "source"]},
  "plan-adjustment": {by: ["annual_plan_id"], key: ["kind", "reason_code"]},
  "progress-report": {by: ["project_id"], key: ["from", "to"]},
  "inspection": {by: ["project_id"], key: ["kind", "planned_on"]},
  "difficulty": {by: ["project_id"], key: ["description"]},
  "effect-survey": {by: ["project_id"], key: ["establishment_id", "surveyed_on"]},
  "training-class": {by: ["project_id"], key: ["name"]}};

def path: "/v1/\({"ledger-entry": "ledger-entrie", "difficulty": "difficultie"}[.] // sub("^ocop_"; "ocop/"))s";

# Rows of the list at $of; these members tell which is which. One after the other, for a list shows them in the order of their
# making; but items of a plan are many, and have no order. What acts change later is not mended.
def rows($owner; $of; $key): $owner as {$type, $ref, $acts} | "@\($type):\($ref)" as $self
  | map("line:\($ref)/\(.ref // "\($key)\(del(.ref) | tojson)")") as $names
  | to_entries[] | .key as $n | .value
  | {name: $names[$n], get: ($of + ["?limit=200"]), send: $of, $key, parent: $self[1:], body: del(.ref),
     after: (if $n > 0 and $key != ["project_id"] then ["@" + $names[$n - 1]] else [] end), is_kept: ($acts != null and $key == ["project_id"])};

# Acts follow one another and the rows of their record. Each is due while the record stands where it begins.
def acts($self; $path; $rows): to_entries as $all | $all[] | .key as $n | .value
  | {name: "act:\($self[1:])/\(.ref // .action)", get: $path, send: ($path + ["/transitions"]), from, unless, on, by, is_act: true,
     after: ((.after // []) + [if $n == 0 then $rows[] | "@" + .name else "@act:\($self[1:])/\($all[$n - 1].value | .ref // .action)" end]),
     body: ({action, acted_on: .on, note, reason_code, documents} | with_entries(select(.value != null)))};

def record: . as $record | "@\(.type):\(.ref)" as $self | papers[.type] as $paper
  | [.type | path] as $list
  | (if $paper then
       {name: $self[1:], get: ($list + ["?limit=200", ($paper.by[] as $member | "&\($member)=", $record.body[$member])]), send: $list, body,
        key: $paper.key, parent: ($record.body[$paper.by[0]] | ltrimstr("@")), is_kept: true, after, by,
        on: ([.on, (.body | .accepted_on, .settled_on, .requested_on, .entry_on, .surveyed_on, .appraised_on, .decided_on)] | max)}
     else
       ["\($list[0])/by-ref/demo/\(.ref)"] as $path | {name: $self[1:], get: $path, send: $path, body, after, on, by}
     end) as $made
  | [(.targets // [] | map(.programme_id = $self) | rows($record; ["/v1/targets"]; ["name"]) | .get += ["&programme_id=", $self]),
     (.items // [] | rows($record; ["/v1/annual-plans/", $self, "/items"]; ["project_id"])),
     (.lines // [] | rows($record; ["/v1/projects/", $self, "/lines"]; ["title", "establishment_id"])),
     (.funding // [] | rows($record; ["/v1/projects/", $self, "/funding"]; ["year", "source", "line_id"])),
     (.outputs // [] | rows($record; ["/v1/projects/", $self, "/outputs"]; ["indicator_code", "year", "line_id"]))] as $rows
  | $made, $rows[],
    (.acts // [] | acts($self; $list + ["/", $self]; [$made] + $rows)),
    (.line_acts // [] | group_by(.line)[] | .[0].line as $line
      | acts($line; ["/v1/projects/", $self, "/lines/", $line]; [{name: $line[1:]}])),
    (.roles // [] | to_entries[] | {name: "role:\($record.ref)/\(.key)", get: ["/v1/role-assignments?limit=200&user_id=", $self], send: ["/v1/role-assignments"],
       key: ["role"], parent: $self[1:], is_kept: true, body: {user_id: $self, role: .value}}),
    (if .roles then {name: "token:\(.ref)", token: $self, after: [.roles | keys[] | "@role:\($record.ref)/\(.)"]} else empty end);

# ---- Order ----

def references: [.. | strings | select(startswith("@")) | .[1:]];

# Gives each item its round: what it names was made in one before. What is dated after today waits for its day, and with it
# all that follows from it.
def in_rounds($today):
  [.[].records[] | record | .refs = (references | unique)]
  | (map({key: .name, value: true}) | from_entries) as $named
  | {todo: ., round: 1, known: {}, waiting: {}}
  | (.todo | [.[] | .refs[]] | unique | map(select($named[.] | not))) as $nowhere
  | if $nowhere != [] then error("Nowhere defined: \($nowhere | join(", "))") else . end
  | while(.todo != [] or .ready != [];
      .known as $known | .waiting as $waiting
      | (.todo | map(select(all(.refs[]; $known[.])))) as $ready
      | if $ready == [] and .todo != [] then error("In a circle: \([.todo[].name] | join(", "))") else . end
      | ([$ready[] | select((.on // "") > $today or any(.refs[]; $waiting[.]))]) as $late
      | .known = reduce $ready[].name as $name ($known; .[$name] = true)
      | .waiting = reduce $late[].name as $name ($waiting; .[$name] = true)
      | .todo |= map(select(all(.refs[]; $known[.]) | not))
      | .ready = $ready | .late = ($late | map({key: .name, value: true}) | from_entries) | .round += 1)
  | .round as $round | .late as $late | .ready // [] | .[] | select($late[.name] | not) | del(.refs, .after, .on) | [$round, .];

# ---- What is there ----

# $ids: names → ids (of a person: his token); "new:NAME" is there when this run made it, so that nothing can be below it.
def resolved($ids):
  (.parent != null and .key != null and $ids["new:" + .parent] == true) as $is_new
  | walk(if type == "string" and startswith("@") then $ids[.[1:]] else . end)
  | if .send then .get |= add | .send |= add else . end | if $is_new then .get = null else . end | .n = input_line_number;

# Is all of $wanted there? What the service adds of its own does not count.
def covers($wanted): . as $here
  | if ($wanted | type) == "object" and type == "object" then
      all($wanted | to_entries[]; . as $member | $here[$member.key] | covers($member.value))
    elif ($wanted | type) == "array" and type == "array" then
      length == ($wanted | length) and all(range(length); . as $n | $here[$n] | covers($wanted[$n]))
    else . == $wanted end;

# What has to be sent for an item, given the answer to its `get`: with a method, or with the id of what is there as it should be.
def compared($answer): . as $item
  | if .token then .method = "TOKEN"
    elif .get and ($answer | has("data") or has("id") or .status == 404 | not) then error("GET \(.get) answered \($answer)")
    elif .is_act then
      if $answer.status == .from and ((.unless == null) or ($answer | covers($item.unless) | not)) then . + {method: "POST", version: $answer.version}
      else .id = $answer.id end
    elif .key then
      (first($answer.data[]? | select([.[$item.key[]]] == [$item.body[$item.key[]]])) // null) as $row
      | if $row == null then .method = "POST"
        elif .is_kept or ($row | covers($item.body)) then .id = $row.id
        else . + {method: "PATCH", send: "\(.send)/\($row.id)", version: $row.version}
          | .body |= with_entries(. as $member | select($row[$member.key] | covers($member.value) | not)) end
    elif $answer.id == null then .method = "PUT"
    elif $answer | covers($item.body) then .id = $answer.id
    else .method = "PUT" end;

# ---- Requests in the words of curl's configuration file, whose strings have the escapes of JSON ----

def curl($n; $path; $token): if $n > 0 then "next" else empty end,
  "url = \($ENV.url + $path | tojson)", "output = \("\($ENV.work)/answer-\(100000 + $n)" | tojson)", "silent", "show-error",
  if $token then "header = \("Authorization: Bearer \($token)" | tojson)" else empty end;
def gets: to_entries[] | .key as $n | .value | curl($n; .; $ENV.token);
def sends: to_entries[] | .key as $n | .value
  | if .token then
      curl($n; "/oauth2/token"; null),
      "data-raw = \("grant_type=client_credentials&client_id=\($ENV.client)&client_secret=\($ENV.secret)&acting_user=\(.token)" | tojson)"
    else
      curl($n; .send; .by // $ENV.token), "request = \(.method | tojson)", "data-raw = \(.body | tojson | tojson)",
      "header = \("Content-Type: application/\(if .method == "PATCH" then "merge-patch+" else "" end)json" | tojson)",
      (.version // empty | "header = \("If-Match: \"\(.)\"" | tojson)"),
      if .method == "POST" then "header = \("Idempotency-Key: demo-\($ENV.run)-\(.n)" | tojson)" else empty end
    end;

# ---- What came of them ----

# Each request with its answer, which stands in a file of its number; none, or one that asks for patience, leaves it open.
def answers: [inputs | {key: input_filename[-6:], value: .}] | from_entries | with_entries(select(
  .value | .status != 429 and .status != 503 and .code != "request-in-progress"));
def numbered($all): answers as $answers | $all | to_entries[] | [.value, $answers[100000 + .key | tostring]];

# What acts ask of a record may be asked again: that much is kept as long as nothing was changed.
def heads: with_entries(select(.key | test("[?]|/by-ref/") | not) | .value |= with_entries(select(.value | type != "object" and type != "array")));

def seen($asked): numbered($asked) | if .[1] then {key: .[0], value: .[1]} else {open: .[0]} end;

# Of each change its name and id; once more what was not decided (it has the same key then). A refusal ends all.
def settled($changes): numbered($changes) | .[0] as $item | .[1] as $answer
  | if $answer == null then {open: $item}
    elif $answer | has("access_token") then {key: $item.name, value: $answer.access_token}
    elif $answer | has("id") then {key: $item.name, value: $answer.id},
      if $item.method == "POST" or $answer.version == 1 then {key: "new:\($item.name)", value: true} else empty end
    else error("\($item | {name, method, send, body} | tojson)\n\($answer | tojson)\n") end;
