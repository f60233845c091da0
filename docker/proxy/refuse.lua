-- SPDX-License-Identifier: MIT
-- The first request of an HTTP/1.1 connection, looked at as bytes (haproxy.cfg says why): `look` finds what cannot be
-- read, and framing that two readers could take for two things; `refuse` answers it. Titles are those of
-- api/messages.yaml.
local HEAD_MAX = 8192
local PUBLIC_URL = os.getenv("PROXY_PUBLIC_URL") or ""
local REQUEST_MS = tonumber(os.getenv("PROXY_REQUEST_SECONDS") or 10) * 1000
local REFUSALS = {
  ["malformed"] = {400, "Bad Request", "Không đọc được yêu cầu"},
  ["too-slow"] = {408, "Request Timeout", "Yêu cầu đến quá chậm"},
  ["header-too-large"] = {431, "Request Header Fields Too Large", "Dòng yêu cầu và tiêu đề quá dài"},
}

-- Whether as much of a chunked body as has come already can be read.
local function chunks_are_sound(data)
  local at = 1
  while at <= #data do
    local ends = data:find("\n", at, true)
    local digits, rest = data:sub(at, (ends or 0) - 1):match("^(%x+)%s*(.?)")
    if not digits or #digits > 8 or not (rest == "" or rest == ";") then return false end
    local size = tonumber(digits, 16)
    if not ends or size == 0 then return true end
    at = ends + 1 + size
    local mark = data:sub(at, at + 1)
    if mark ~= ("\r\n"):sub(1, #mark) then return false end
    at = at + 2
  end
  return true
end

local function reason(txn, data)
  local _, head = data:find("\r?\n\r?\n")
  if txn:get_var("sess.readable") then
    local fields, coding = data:sub(1, head), txn.sf:req_fhdr("transfer-encoding"):lower()
    local has_length = fields:lower():find("\ncontent%-length%s*:")
    local is_framed = coding == "" or coding == "chunked" and not has_length and chunks_are_sound(data:sub(head + 1))
    local is_plain = fields:find("^[\r\n]*[^\n]+ HTTP/1%.[01]\r?\n") and not fields:find("\0", 1, true)
    return not (is_framed and is_plain) and "malformed" or nil
  end
  if not head and #data > HEAD_MAX then return "header-too-large" end
  local waited_ms = tonumber(txn.sf:date(0, "ms")) - txn:get_var("sess.began")
  return waited_ms + 50 >= REQUEST_MS and "too-slow" or "malformed"
end

core.register_action("look", {"tcp-req"}, function(txn)
  local refusal = reason(txn, txn.req:data() or "")
  if not refusal then return end
  txn:set_var("sess.refusal", refusal)
  txn:set_var("txn.status", REFUSALS[refusal][1])
  txn:set_var("txn.trace", (txn.sf:uuid():gsub("-", "")))
end)

core.register_service("refuse", "tcp", function(applet)
  local code, trace = applet:get_var("sess.refusal"), applet:get_var("txn.trace")
  local status, phrase, title = table.unpack(REFUSALS[code])
  local body = string.format('{"type":"%s/problems/%s","title":"%s","status":%d,"code":"%s","trace_id":"%s"}\n',
    PUBLIC_URL, code, title, status, code, trace)
  applet:send(table.concat({
    string.format("HTTP/1.1 %d %s", status, phrase),
    "Content-Type: application/problem+json",
    "Content-Language: vi",
    "Content-Length: " .. #body,
    "Cache-Control: no-store",
    string.format("traceparent: 00-%s-%s-00", trace, trace:sub(1, 16)),
    "Connection: close",
    "",
    body}, "\r\n"))
end)
