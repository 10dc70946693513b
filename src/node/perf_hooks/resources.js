// The timing of resources: who loads something over the network tells what it took; entries wait in a buffer of limited size.
// Behaviour: <https://nodejs.org/docs/latest-v24.x/api/perf_hooks.html#class-performanceresourcetiming>
'use strict';

const { ArrayPrototypeShift, MathFloor, NumberIsFinite, ObjectDefineProperties, SymbolToStringTag } = primordials;
const { nodeError } = binding('errors');
const entries = require('perf_hooks/entries');
const { kMake, PerformanceEntry } = entries;

/** What loading a resource took. */
class PerformanceResourceTiming extends PerformanceEntry {
  #timing;
  #initiator;
  #delivery;
  #cache;
  #status;

  constructor(guard, timing, url, initiator, cache, status, delivery) {
    if (guard !== kMake) throw nodeError('ERR_ILLEGAL_CONSTRUCTOR');
    super(kMake, url, 'resource', timing.startTime, timing.endTime - timing.startTime);
    this.#timing = timing;
    this.#initiator = initiator;
    this.#cache = cache;
    this.#status = status;
    this.#delivery = delivery;
  }

  get initiatorType() { return this.#initiator; }

  get deliveryType() { return this.#delivery; }

  get responseStatus() { return this.#status; }

  get workerStart() { return this.#timing.finalServiceWorkerStartTime; }

  get redirectStart() { return this.#timing.redirectStartTime; }

  get redirectEnd() { return this.#timing.redirectEndTime; }

  get fetchStart() { return this.#timing.postRedirectStartTime; }

  get domainLookupStart() { return this.#timing.finalConnectionTimingInfo?.domainLookupStartTime; }

  get domainLookupEnd() { return this.#timing.finalConnectionTimingInfo?.domainLookupEndTime; }

  get connectStart() { return this.#timing.finalConnectionTimingInfo?.connectionStartTime; }

  get connectEnd() { return this.#timing.finalConnectionTimingInfo?.connectionEndTime; }

  get secureConnectionStart() { return this.#timing.finalConnectionTimingInfo?.secureConnectionStartTime; }

  get nextHopProtocol() { return this.#timing.finalConnectionTimingInfo?.ALPNNegotiatedProtocol; }

  get requestStart() { return this.#timing.finalNetworkRequestStartTime; }

  get responseStart() { return this.#timing.finalNetworkResponseStartTime; }

  get responseEnd() { return this.#timing.endTime; }

  get encodedBodySize() { return this.#timing.encodedBodySize; }

  get decodedBodySize() { return this.#timing.decodedBodySize; }

  // 300 stands for the head, which nobody has counted.
  get transferSize() {
    if (this.#cache === 'local') return 0;
    if (this.#cache === 'validated') return 300;
    return this.#timing.encodedBodySize + 300;
  }

  toJSON() {
    const shown = { name: this.name, entryType: this.entryType, startTime: this.startTime, duration: this.duration };
    for (let i = 0; i < FIELDS.length; i++) shown[FIELDS[i]] = this[FIELDS[i]];
    return shown;
  }
}

const FIELDS = ['initiatorType', 'nextHopProtocol', 'workerStart', 'redirectStart', 'redirectEnd', 'fetchStart', 'domainLookupStart',
  'domainLookupEnd', 'connectStart', 'connectEnd', 'secureConnectionStart', 'requestStart', 'responseStart', 'responseEnd',
  'transferSize', 'encodedBodySize', 'decodedBodySize', 'deliveryType', 'responseStatus'];
const properties = { __proto__: null, toJSON: { __proto__: null, enumerable: true } };
for (let i = 0; i < FIELDS.length; i++) properties[FIELDS[i]] = { __proto__: null, enumerable: true };
properties[SymbolToStringTag] = { __proto__: null, configurable: true, value: 'PerformanceResourceTiming' };
ObjectDefineProperties(PerformanceResourceTiming.prototype, properties);

let limit = 250;
let kept = [];
let waiting = [];
let announced = false;
entries.setResources(() => kept);

function announce() {
  const { performance } = require('perf_hooks/performance');
  const { Event } = require('events/event_target');
  while (waiting.length > 0) {
    const before = waiting.length;
    performance.dispatchEvent(new Event('resourcetimingbufferfull'));
    while (kept.length < limit && waiting.length > 0) kept[kept.length] = ArrayPrototypeShift(waiting);
    // Nobody has made room: what came too late is lost.
    if (waiting.length === before) waiting = [];
  }
  announced = false;
}

function keep(entry) {
  if (kept.length < limit && !announced) {
    kept[kept.length] = entry;
    return;
  }
  waiting[waiting.length] = entry;
  if (announced) return;
  announced = true;
  require('timers').setImmediate(announce);
}

/** Notes what loading a resource took. */
function markResourceTiming(timing, url, initiator, global, cache, body, status = 0, delivery = '') {
  if (cache !== '' && cache !== 'local') {
    const { AssertionError } = require('assert');
    throw new AssertionError({ message: 'cache must be an empty string or \'local\'', actual: cache, expected: '', operator: '==' });
  }
  const entry = new PerformanceResourceTiming(kMake, timing, url, initiator, cache, status, delivery);
  entries.add(entry);
  keep(entry);
  return entry;
}

function setResourceTimingBufferSize(size) {
  limit = typeof size === 'number' && NumberIsFinite(size) && size > 0 ? MathFloor(size) : 0;
}

function clearResourceTimings(name) {
  kept = name === undefined ? [] : entries.pick(kept, (entry) => entry.name !== name);
}

module.exports = { PerformanceResourceTiming, markResourceTiming, setResourceTimingBufferSize, clearResourceTimings };
