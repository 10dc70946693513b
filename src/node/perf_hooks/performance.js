// The global `performance`.
'use strict';

const { ObjectDefineProperties, ObjectDefineProperty, ObjectGetOwnPropertyDescriptor, ReflectApply, ReflectConstruct, Symbol,
  SymbolFor, SymbolToStringTag } = primordials;
const { nodeError } = binding('errors');
const { validateFunction, validateObject } = binding('validators');
const { now } = binding('process');
const native = binding('perf_hooks');
const { EventTarget } = require('events/event_target');
const entries = require('perf_hooks/entries');
const { kMake } = entries;

const kBrand = Symbol('kBrand');
const inspectCustom = SymbolFor('nodejs.util.inspect.custom');

function check(value) {
  if (value?.[kBrand] !== true) throw nodeError('ERR_INVALID_THIS', 'Performance');
}

function required(count, name) {
  if (count === 0) throw nodeError('ERR_MISSING_ARGS', name);
}

/**
 * How long the loop slept and how long it worked, in milliseconds, since it started; or since an earlier answer; or between two.
 * @see https://nodejs.org/docs/latest-v24.x/api/perf_hooks.html#performanceeventlooputilizationutilization1-utilization2
 */
function eventLoopUtilization(first, second) {
  const { 0: loopStart, 1: slept } = native.loopTimes();
  if (loopStart < 0) return { idle: 0, active: 0, utilization: 0 };
  if (second) {
    const idle = first.idle - second.idle;
    const active = first.active - second.active;
    return { idle, active, utilization: active / (idle + active) };
  }
  const idle = slept - (first?.idle ?? 0);
  const active = now() - loopStart - slept - (first?.active ?? 0);
  return { idle, active, utilization: active / (idle + active) };
}

/** A function that tells observers of `'function'` how long each call of `fn` took. */
function timerify(fn, options = {}) {
  validateFunction(fn, 'fn');
  validateObject(options, 'options');
  const { histogram } = options;
  if (histogram !== undefined) {
    if (!require('perf_hooks/histogram').isRecordable(histogram)) {
      throw nodeError('ERR_INVALID_ARG_TYPE', 'options.histogram', 'RecordableHistogram', histogram);
    }
  }
  function timerified(...args) {
    const start = now();
    const result = new.target ? ReflectConstruct(fn, args, fn) : ReflectApply(fn, this, args);
    const finish = () => {
      const duration = now() - start;
      if (histogram !== undefined) require('perf_hooks/histogram').recordDuration(histogram, duration);
      entries.add(new entries.PerformanceFunction(fn.name, start, duration, args));
    };
    if (!new.target && typeof result?.finally === 'function') return result.finally(finish);
    finish();
    return result;
  }
  return ObjectDefineProperties(timerified, {
    length: { __proto__: null, configurable: false, enumerable: true, value: fn.length },
    name: { __proto__: null, configurable: false, enumerable: true, value: `timerified ${fn.name}` },
  });
}

/** The times of the process itself. Of the engine's start no more is known than when it was there. */
class PerformanceNodeTiming {
  get name() { return 'node'; }

  get entryType() { return 'node'; }

  get startTime() { return 0; }

  get duration() { return now(); }

  get nodeStart() { return native.milestones()[0] / 2; }

  get v8Start() { return native.milestones()[0]; }

  get environment() { return native.milestones()[1]; }

  get bootstrapComplete() { return native.milestones()[2]; }

  get loopStart() { return native.loopTimes()[0]; }

  get loopExit() { return native.milestones()[3]; }

  get idleTime() { return native.loopTimes()[1]; }

  get uvMetricsInfo() {
    const { 0: loopCount, 1: events } = native.loopMetrics();
    return { loopCount, events, eventsWaiting: 0 };
  }

  [inspectCustom](depth, options) {
    if (depth < 0) return this;
    return `${this.constructor.name} ${require('util').inspect(this.toJSON(), options)}`;
  }

  toJSON() {
    const shown = {};
    for (let i = 0; i < TIMES.length; i++) shown[TIMES[i]] = this[TIMES[i]];
    return shown;
  }
}
// Own properties, as in Node: copies of it have them.
const TIMES = ['name', 'entryType', 'startTime', 'duration', 'nodeStart', 'v8Start', 'bootstrapComplete', 'environment',
  'loopStart', 'loopExit', 'idleTime'];
function ownTimes(timing) {
  const { prototype } = PerformanceNodeTiming;
  for (let i = 0; i < TIMES.length; i++) {
    const { get } = ObjectGetOwnPropertyDescriptor(prototype, TIMES[i]);
    ObjectDefineProperty(timing, TIMES[i], { __proto__: null, enumerable: true, configurable: true, get });
  }
  return timing;
}
const nodeTiming = ownTimes(new PerformanceNodeTiming());

class Performance extends EventTarget {
  constructor(guard) {
    if (guard !== kMake) throw nodeError('ERR_ILLEGAL_CONSTRUCTOR');
    super();
    ObjectDefineProperty(this, kBrand, { __proto__: null, value: true });
  }

  clearMarks(name = undefined) {
    check(this);
    entries.clearMarks(name);
  }

  clearMeasures(name = undefined) {
    check(this);
    entries.clearMeasures(name);
  }

  clearResourceTimings(name = undefined) {
    check(this);
    require('perf_hooks/resources').clearResourceTimings(name);
  }

  markResourceTiming(...args) {
    return ReflectApply(require('perf_hooks/resources').markResourceTiming, undefined, args);
  }

  setResourceTimingBufferSize(size) {
    check(this);
    require('perf_hooks/resources').setResourceTimingBufferSize(size);
  }

  getEntries() {
    check(this);
    return entries.timeline(() => true);
  }

  getEntriesByName(name, type = undefined) {
    check(this);
    required(arguments.length, 'name');
    name = `${name}`;
    return entries.timeline((entry) => entry.name === name && (type === undefined || entry.entryType === type));
  }

  getEntriesByType(type) {
    check(this);
    required(arguments.length, 'type');
    type = `${type}`;
    return entries.timeline((entry) => entry.entryType === type);
  }

  mark(name, options = undefined) {
    check(this);
    required(arguments.length, 'name');
    return entries.mark(name, options);
  }

  measure(name, startOrOptions = undefined, endMark = undefined) {
    check(this);
    required(arguments.length, 'name');
    return entries.measure(name, startOrOptions, endMark);
  }

  now() {
    check(this);
    return now();
  }

  get timeOrigin() {
    check(this);
    return native.timeOrigin;
  }

  toJSON() {
    check(this);
    return { nodeTiming: nodeTiming.toJSON(), timeOrigin: native.timeOrigin, eventLoopUtilization: eventLoopUtilization() };
  }

  [inspectCustom](depth, options) {
    if (depth < 0) return this;
    const inner = { ...options, depth: options.depth == null ? null : options.depth - 1 };
    return `Performance ${require('util').inspect({ nodeTiming, timeOrigin: native.timeOrigin }, inner)}`;
  }
}

const shown = { __proto__: null };
const METHODS = ['clearMarks', 'clearMeasures', 'clearResourceTimings', 'setResourceTimingBufferSize', 'getEntries', 'getEntriesByName', 'getEntriesByType',
  'mark', 'measure', 'now', 'timeOrigin', 'toJSON'];
for (let i = 0; i < METHODS.length; i++) shown[METHODS[i]] = { __proto__: null, enumerable: true };
ObjectDefineProperties(Performance.prototype, {
  ...shown,
  eventLoopUtilization: { __proto__: null, configurable: true, writable: true, value: eventLoopUtilization },
  nodeTiming: { __proto__: null, configurable: true, writable: true, value: nodeTiming },
  timerify: { __proto__: null, configurable: true, writable: true, value: timerify },
  [SymbolToStringTag]: { __proto__: null, configurable: true, value: 'Performance' },
});

module.exports = { Performance, performance: new Performance(kMake), eventLoopUtilization, timerify };
