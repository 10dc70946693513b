// Histograms, entries and their observers: all that doesn't depend on a clock.
const perf = require('perf_hooks');
const { createHistogram, monitorEventLoopDelay, performance, PerformanceObserver } = perf;

const attempt = (name, call) => {
  try {
    console.log(name, call());
  } catch (error) {
    console.log(name, error.name, error.code);
  }
};

const histogram = createHistogram();
const figures = (h) => [h.count, h.min, h.max, Math.round(h.mean), Math.round(h.stddev), h.exceeds, h.countBigInt, h.minBigInt, h.maxBigInt, h.exceedsBigInt];
console.log(figures(histogram), [...histogram.percentiles]);
for (let i = 1; i <= 1000; i++) histogram.record(i * 7);
histogram.record(123456789n);
console.log(figures(histogram));
for (const at of [1, 25, 50, 90, 99, 99.99, 100]) console.log(at, histogram.percentile(at), histogram.percentileBigInt(at));
console.log([...histogram.percentiles.entries()].map(String), [...histogram.percentilesBigInt.values()].length);
const other = createHistogram({ lowest: 1, highest: 1000, figures: 2 });
for (const value of [5, 500, 1000, 10_000_000]) other.record(value);
console.log(figures(other));
const sum = createHistogram();
sum.add(other);
sum.add(histogram);
console.log(figures(sum));
histogram.reset();
console.log(figures(histogram));
for (const value of ['x', undefined, null, {}, 0, -1, 1.5, 2 ** 60]) attempt(`record ${typeof value} ${value}`, () => histogram.record(value));
for (const value of ['x', 0, 101, NaN]) attempt(`percentile ${value}`, () => histogram.percentile(value));
for (const options of [1, { lowest: 'x' }, { lowest: 0 }, { figures: 0 }, { figures: 6 }, { lowest: 5, highest: 6 }]) {
  attempt(`createHistogram ${JSON.stringify(options)}`, () => createHistogram(options).count);
}
for (const options of [1, { resolution: 0 }, { resolution: 'x' }]) {
  attempt(`monitorEventLoopDelay ${JSON.stringify(options)}`, () => monitorEventLoopDelay(options).count);
}
attempt('add', () => histogram.add({}));
attempt('constructor', () => new histogram.constructor());
const delay = monitorEventLoopDelay({ resolution: 1 });
console.log(delay.enable(), delay.enable(), delay.disable(), delay.disable());

performance.mark('a', { startTime: 1, detail: { some: 'thing' } });
performance.mark('b', { startTime: 5 });
performance.measure('m', 'a', 'b');
performance.measure('n', { start: 2, duration: 3, detail: 1 });
for (const entry of performance.getEntries()) console.log(JSON.stringify(entry));
attempt('mark', () => performance.mark('x', { startTime: -1 }));
attempt('measure', () => performance.measure('x', 'nowhere'));
performance.clearMarks('a');
console.log(performance.getEntriesByType('mark').length, performance.getEntriesByName('m', 'measure').length);

const timing = {
  startTime: 1, endTime: 4, finalServiceWorkerStartTime: 0, redirectStartTime: 0, redirectEndTime: 0, postRedirectStartTime: 2,
  finalConnectionTimingInfo: {
    domainLookupStartTime: 0, domainLookupEndTime: 0, connectionStartTime: 0, connectionEndTime: 0, secureConnectionStartTime: 0,
    ALPNNegotiatedProtocol: 'h1',
  },
  finalNetworkRequestStartTime: 2, finalNetworkResponseStartTime: 3, encodedBodySize: 10, decodedBodySize: 20,
};
const resource = performance.markResourceTiming(timing, 'http://localhost/', 'fetch', globalThis, '', {}, 200, '');
for (const name of ['name', 'entryType', 'startTime', 'duration', 'initiatorType', 'nextHopProtocol', 'fetchStart', 'requestStart',
  'responseStart', 'responseEnd', 'transferSize', 'encodedBodySize', 'decodedBodySize']) console.log(name, resource[name]);
console.log(performance.getEntriesByType('resource').length);
performance.clearResourceTimings();
console.log(performance.getEntriesByType('resource').length);

const timed = createHistogram();
const work = performance.timerify((a, b) => a + b, { histogram: timed });
const seen = new PerformanceObserver((list, observer) => {
  console.log(list.getEntries().map((entry) => `${entry.entryType} ${entry.name}`), observer === seen);
  observer.disconnect();
  net();
});
seen.observe({ entryTypes: ['mark', 'measure', 'function', 'resource'] });
performance.mark('later');
performance.measure('since', 'later');
console.log(work(1, 2), work.length, work.name, timed.count);

function net() {
  const http = require('http');
  const lines = [];
  const observer = new PerformanceObserver((list) => {
    for (const { name, entryType, detail } of list.getEntries()) {
      const { host, req, res } = detail;
      if (entryType === 'net') lines.push(`net ${name} ${host}`);
      else lines.push(`${entryType} ${name} ${req.method} ${res.statusCode} ${res.statusMessage} ${Object.keys(req)} ${Object.keys(res)}`);
    }
    if (lines.length < 3) return;
    console.log(lines.sort());
    observer.disconnect();
  });
  observer.observe({ entryTypes: ['net', 'http'] });
  const server = http.createServer((req, res) => res.end('x'));
  server.listen(0, '127.0.0.1', () => {
    http.get({ host: '127.0.0.1', port: server.address().port, agent: false }, (res) => res.resume().on('end', () => server.close()));
  });
}
