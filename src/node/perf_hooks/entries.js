// What `performance` measures: entries of the timeline, kept until they are cleared, and told to whoever observes them.
'use strict';

const {
  ArrayPrototypePush,
  ArrayPrototypeSort,
  ObjectDefineProperties,
  Symbol,
  SymbolFor,
  SymbolToStringTag,
  TypeError,
} = primordials;
const { nodeError } = binding('errors');
const { validateNumber, validateObject } = binding('validators');
const { now } = binding('process');
const { structuredClone } = binding('structured_clone');

const kMake = Symbol('kMake');
// The engine's own message for this isn't Node's.
function text(value) {
  if (typeof value === 'symbol') throw new TypeError('Cannot convert a Symbol value to a string');
  return `${value}`;
}

const MILESTONES = ['nodeStart', 'v8Start', 'environment', 'loopStart', 'loopExit', 'bootstrapComplete'];

/** Something that happened at a time, in milliseconds since `timeOrigin`, or took some. */
class PerformanceEntry {
  #name;
  #type;
  #start;
  #duration;

  constructor(guard, name, type, start, duration) {
    if (guard !== kMake) throw nodeError('ERR_ILLEGAL_CONSTRUCTOR');
    this.#name = name;
    this.#type = type;
    this.#start = start;
    this.#duration = duration;
  }

  get name() { return this.#name; }

  get entryType() { return this.#type; }

  get startTime() { return this.#start; }

  get duration() { return this.#duration; }

  [SymbolFor('nodejs.util.inspect.custom')](depth, options) {
    if (depth < 0) return this;
    const { inspect } = require('util');
    return `${this.constructor.name} ${inspect(this.toJSON(), { ...options, depth: options.depth == null ? null : options.depth - 1 })}`;
  }

  toJSON() {
    return { name: this.name, entryType: this.entryType, startTime: this.startTime, duration: this.duration };
  }
}

/** A moment with a name. */
class PerformanceMark extends PerformanceEntry {
  #detail;

  constructor(name, options = undefined) {
    if (arguments.length === 0) throw nodeError('ERR_MISSING_ARGS', 'name');
    name = text(name);
    for (let i = 0; i < MILESTONES.length; i++) {
      if (MILESTONES[i] === name) throw nodeError('ERR_INVALID_ARG_VALUE', 'name', name);
    }
    if (options != null) validateObject(options, 'options');
    const start = options?.startTime ?? now();
    validateNumber(start, 'startTime');
    if (start < 0) throw nodeError('ERR_PERFORMANCE_INVALID_TIMESTAMP', start);
    super(kMake, name, 'mark', start, 0);
    this.#detail = options?.detail == null ? null : structuredClone(options.detail);
  }

  /** A clone of what the caller gave. */
  get detail() { return this.#detail; }

  toJSON() {
    return { ...super.toJSON(), detail: this.#detail };
  }
}

/** The time between two moments. */
class PerformanceMeasure extends PerformanceEntry {
  #detail;

  constructor(guard, name, start, duration, detail) {
    super(guard, name, 'measure', start, duration);
    this.#detail = detail == null ? null : structuredClone(detail);
  }

  get detail() { return this.#detail; }

  toJSON() {
    return { ...super.toJSON(), detail: this.#detail };
  }
}

/** Something else that the runtime has measured: a connection, a lookup, a request, a collection. */
class PerformanceNodeEntry extends PerformanceEntry {
  #detail;

  constructor(name, type, start, duration, detail) {
    super(kMake, name, type, start, duration);
    this.#detail = detail;
  }

  get detail() { return this.#detail; }

  toJSON() {
    return { ...super.toJSON(), detail: this.#detail };
  }
}

/** The time that a function of `timerify` took. */
class PerformanceFunction extends PerformanceEntry {
  constructor(name, start, duration, args) {
    super(kMake, name, 'function', start, duration);
    this.detail = args;
    for (let i = 0; i < args.length; i++) this[i] = args[i];
  }

  toJSON() {
    return { ...super.toJSON(), detail: this.detail };
  }
}

function enumerable(target, names, tag) {
  const properties = { __proto__: null };
  for (let i = 0; i < names.length; i++) properties[names[i]] = { __proto__: null, enumerable: true };
  if (tag) properties[SymbolToStringTag] = { __proto__: null, configurable: true, value: tag };
  ObjectDefineProperties(target, properties);
}
enumerable(PerformanceEntry.prototype, ['name', 'entryType', 'startTime', 'duration', 'toJSON']);
enumerable(PerformanceMark.prototype, ['detail'], 'PerformanceMark');
enumerable(PerformanceMeasure.prototype, ['detail'], 'PerformanceMeasure');

let marks = [];
let resources;
let measures = [];
/** Called with each new entry. */
let observe;

function add(entry) {
  const type = entry.entryType;
  if (type === 'mark') ArrayPrototypePush(marks, entry);
  else if (type === 'measure') ArrayPrototypePush(measures, entry);
  observe?.(entry);
  return entry;
}

function pick(entries, keep) {
  const kept = [];
  for (let i = 0; i < entries.length; i++) if (keep(entries[i])) ArrayPrototypePush(kept, entries[i]);
  return kept;
}

/** The entries that are kept, in the order of their start. */
function timeline(keep) {
  const kept = pick(marks, keep);
  if (resources !== undefined) {
    const loaded = pick(resources(), keep);
    for (let i = 0; i < loaded.length; i++) ArrayPrototypePush(kept, loaded[i]);
  }
  const others = pick(measures, keep);
  for (let i = 0; i < others.length; i++) ArrayPrototypePush(kept, others[i]);
  return ArrayPrototypeSort(kept, (a, b) => a.startTime - b.startTime);
}

/** The start of the last mark of a name. */
function timeOfMark(name) {
  for (let i = marks.length - 1; i >= 0; i--) if (marks[i].name === name) return marks[i].startTime;
  for (let i = 0; i < MILESTONES.length; i++) {
    if (MILESTONES[i] === name) return require('perf_hooks/performance').performance.nodeTiming[name];
  }
  const DOMException = require('dom_exception');
  throw new DOMException(`The "${name}" performance mark has not been set`, 'SyntaxError');
}

/** A time, or that of a mark. */
function timeOf(value) {
  if (value === undefined) return undefined;
  if (typeof value !== 'number') return timeOfMark(`${value}`);
  if (value < 0) throw nodeError('ERR_PERFORMANCE_INVALID_TIMESTAMP', value);
  return value;
}

function wrong(message) {
  throw nodeError('ERR_PERFORMANCE_MEASURE_INVALID_OPTIONS', message);
}

exports.mark = (name, options) => add(new PerformanceMark(name, options));

exports.measure = function measure(name, startOrOptions, endMark) {
  name = text(name);
  const options = startOrOptions !== null && typeof startOrOptions === 'object' ? startOrOptions : undefined;
  const { start: from, end: to, duration, detail } = options ?? {};
  const named = from !== undefined || to !== undefined || duration !== undefined || detail !== undefined;
  if (options && named) {
    if (endMark !== undefined) wrong('endMark must not be specified');
    if (from === undefined && to === undefined) {
      if (duration !== undefined) wrong('One of options.start or options.end is required');
    } else if (from !== undefined && to !== undefined && duration !== undefined) {
      wrong('Must not have options.start, options.end, and options.duration specified');
    }
  }
  let end;
  if (endMark !== undefined) end = timeOf(endMark);
  else if (to !== undefined) end = timeOf(to);
  else if (from !== undefined && duration !== undefined) end = timeOf(from) + timeOf(duration);
  else end = now();
  let start = 0;
  if (options) {
    if (from !== undefined) start = timeOf(from);
    else if (to !== undefined && duration !== undefined) start = timeOf(to) - timeOf(duration);
  } else if (typeof startOrOptions === 'string') {
    start = timeOf(startOrOptions);
  }
  return add(new PerformanceMeasure(kMake, name, start, end - start, detail));
};

exports.clearMarks = (name) => {
  if (name !== undefined) name = text(name);
  marks = name === undefined ? [] : pick(marks, (entry) => entry.name !== name);
};
exports.clearMeasures = (name) => {
  if (name !== undefined) name = text(name);
  measures = name === undefined ? [] : pick(measures, (entry) => entry.name !== name);
};
/** Where the timings of resources are, once there are any. */
exports.setResources = (list) => { resources = list; };
exports.isObserved = () => observe !== undefined;
exports.setObserver = (listener) => { observe = listener; };

module.exports = {
  ...exports, kMake, PerformanceEntry, PerformanceMark, PerformanceMeasure, PerformanceFunction, PerformanceNodeEntry, add, pick, timeline,
};
