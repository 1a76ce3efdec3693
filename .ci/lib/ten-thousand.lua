-- wrk runs for a time; this makes it stop after a number of answers, and counts those that are not what was asked for.
local threads = {}

function setup(thread)
  thread:set("limit", tonumber(os.getenv("REQUESTS")))
  table.insert(threads, thread)
end

function init()
  answers = 0
  wrong = 0
end

function response(status, headers, body)
  answers = answers + 1
  if status ~= 200 or body ~= os.getenv("EXPECTED_BODY") .. "\n" then
    wrong = wrong + 1
  end
  if answers == limit then
    -- Its main thread sleeps for the whole duration, but an interrupt ends that early as if the time were over. One
    -- alone is lost often, so they are repeated until wrk is gone.
    -- Not by os.execute: system(3) ignores interrupts until its child has ended.
    io.popen("while kill -INT $PPID; do sleep 0.1; done >/dev/null 2>&1 &"):close()
  end
end

function done(summary, latency, requests)
  local answers, wrong = 0, 0
  for _, thread in ipairs(threads) do
    answers = answers + thread:get("answers")
    wrong = wrong + thread:get("wrong")
  end
  local errors = summary.errors
  io.write(string.format("answers=%d wrong=%d connect=%d read=%d write=%d timeout=%d seconds=%.1f\n",
    answers, wrong, errors.connect, errors.read, errors.write, errors.timeout, summary.duration / 1e6))
end
