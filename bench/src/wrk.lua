-- What wrk has measured, as one line of numbers. `requests` stands before this text where there are several.
if requests then
  local next = 0
  function request()
    next = next % #requests + 1
    return requests[next]
  end
end

function done(summary, latency, _)
  local failed = summary.errors
  io.write(string.format("ouro-bench %d %d %d %d %d %d\n", summary.requests, summary.duration, summary.bytes,
    failed.connect + failed.read + failed.write + failed.status + failed.timeout,
    latency:percentile(50), latency:percentile(99)))
end
