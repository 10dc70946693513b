-- What wrk has measured, as one line of numbers. `requests` and `percentiles` stand before this text.
local next = 0
function request()
  next = next % #requests + 1
  return requests[next]
end

function done(summary, latency, _)
  local failed = summary.errors
  io.write(string.format("ouro-bench %d %d %d %d", summary.requests, summary.duration, summary.bytes,
    failed.connect + failed.read + failed.write + failed.status + failed.timeout))
  for _, percentile in ipairs(percentiles) do
    io.write(string.format(" %d", latency:percentile(percentile)))
  end
  io.write("\n")
end
