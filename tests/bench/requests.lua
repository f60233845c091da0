-- SPDX-License-Identifier: MIT
-- wrk: requests of one operation, each of a caller (and about a record) at random. The first argument is a Lua file of the bench
-- with tokens, targets and bodies (load.py). A record that is changed is taken in turn, so that its version is known.
local threads = 0
local callers, bodies, turn = {}, {}, -1

function setup(thread)
  thread:set("number_of_thread", threads)
  threads = threads + 1
end

local function id_of(number)
  return string.format("01990000-0000-7000-8000-%012d", number)
end

local function head(caller, media)
  local lines = {" HTTP/1.1", "Host: localhost", "Accept: application/json"}
  if caller.token ~= "" then lines[#lines + 1] = "Authorization: Bearer " .. caller.token end
  if media then lines[#lines + 1] = "Content-Type: " .. media end
  return table.concat(lines, "\r\n") .. "\r\n"
end

local function any()
  return callers[math.random(#callers)]
end

local makers = {}

function makers.getProject()
  local caller = any()
  return "GET /v1/projects/" .. id_of(plan.provinces * math.random(0, plan.count - 1) + caller.province) .. caller.head .. "\r\n"
end

function makers.getPublicCertificate()
  local caller = any()
  return "GET /v1/public/certificates/" .. string.format("%012d", plan.provinces * math.random(0, plan.count - 1) + caller.province) .. caller.head .. "\r\n"
end

function makers.listProjects()
  local caller = any()
  return "GET " .. caller.target .. caller.head .. "\r\n"
end
makers.searchProjects = makers.listProjects

local function changed(method, rest)
  local step = turn * plan.threads + number_of_thread
  local total = plan.provinces * plan.count
  local number = plan.provinces * plan.first + step % total
  local of_province = plan.by_province[number % plan.provinces]
  local caller = callers[of_province[math.random(#of_province)]]
  return method .. " /v1/projects/" .. id_of(number) .. rest .. caller.head .. 'If-Match: "' .. 1 + math.floor(step / total) .. '"\r\n' .. caller.tail
end

function makers.updateProject()
  return changed("PATCH", "")
end

function makers.transitionProject()
  return changed("POST", "/transitions")
end

function makers.createProject()
  local caller = any()
  return "POST /v1/projects" .. caller.head .. caller.tail
end

function init(arguments)
  plan = dofile(arguments[1])
  math.randomseed(plan.seed * 1000 + number_of_thread)
  callers = plan.callers
  for _, caller in ipairs(callers) do
    caller.head = head(caller, plan.media)
    caller.tail = "Content-Length: " .. #caller.body .. "\r\n\r\n" .. caller.body
  end
end

-- wrk looks at one request before it begins; that one is never sent.
function request()
  local made = makers[plan.operation]
  if turn < 0 then
    turn = 0
    if number_of_thread == 0 then return makers.getProject() end
  end
  local text = made()
  turn = turn + 1
  return text
end

-- Open loop, as far as wrk goes: every connection asks at its own times.
if os.getenv("KC_BENCH_PAUSE_MS") then
  local pause = tonumber(os.getenv("KC_BENCH_PAUSE_MS"))
  function delay()
    return math.random() * 2 * pause
  end
end

function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format('\nRESULT {"requests": %d, "seconds": %.6f, "p50_ms": %.3f, "p99_ms": %.3f, "max_ms": %.3f, ' ..
    '"refused": %d, "connect": %d, "read": %d, "write": %d, "timeout": %d}\n', summary.requests, summary.duration / 1e6,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3, latency.max / 1e3, errors.status, errors.connect, errors.read,
    errors.write, errors.timeout))
end
