// `PerformanceObserver`: entries told later, in batches.
'use strict';

const { ArrayIsArray, ArrayPrototypeIndexOf, ArrayPrototypePush, ArrayPrototypeSort, ArrayPrototypeSplice, ReflectApply, Symbol,
  SymbolFor } = primordials;
const { nodeError } = binding('errors');
const { validateFunction, validateObject } = binding('validators');
const entries = require('perf_hooks/entries');

const TYPES = ['dns', 'function', 'gc', 'http', 'mark', 'measure', 'net', 'resource', 'threadpool'];
// The bits by which modules know that they are observed.
const BITS = { __proto__: null, net: 64, dns: 128, http: 256 };
const kMake = Symbol('kMake');
const observers = [];
let pending = false;
let jobs = false;

function byStart(list) {
  return ArrayPrototypeSort(list, (a, b) => a.startTime - b.startTime);
}

class PerformanceObserverEntryList {
  #entries;

  constructor(guard, list) {
    if (guard !== kMake) throw nodeError('ERR_ILLEGAL_CONSTRUCTOR');
    this.#entries = byStart(list);
  }

  getEntries() {
    return entries.pick(this.#entries, () => true);
  }

  getEntriesByType(type) {
    if (arguments.length === 0) throw nodeError('ERR_MISSING_ARGS', 'type');
    return entries.pick(this.#entries, (entry) => entry.entryType === `${type}`);
  }

  getEntriesByName(name, type = undefined) {
    if (arguments.length === 0) throw nodeError('ERR_MISSING_ARGS', 'name');
    return entries.pick(this.#entries,
      (entry) => entry.name === `${name}` && (type === undefined || entry.entryType === type));
  }

  [SymbolFor('nodejs.util.inspect.custom')](depth, options) {
    if (depth < 0) return this;
    const inner = { ...options, depth: options.depth == null ? null : options.depth - 1 };
    return `PerformanceObserverEntryList ${require('util').inspect(this.#entries, inner)}`;
  }
}

/** Calls back with the entries of the types that it observes. */
class PerformanceObserver {
  #callback;
  #types = [];
  #mode;
  #buffer = [];

  constructor(callback) {
    validateFunction(callback, 'callback');
    this.#callback = callback;
  }

  static get supportedEntryTypes() {
    return entries.pick(TYPES, () => true);
  }

  observe(options = {}) {
    validateObject(options, 'options');
    const { entryTypes, type, buffered } = options;
    if (entryTypes === undefined && type === undefined) {
      throw nodeError('ERR_MISSING_ARGS', 'options.entryTypes', 'options.type');
    }
    if (entryTypes != null && type != null) {
      throw nodeError('ERR_INVALID_ARG_VALUE', 'options.entryTypes', entryTypes,
        'options.entryTypes can not set with options.type together');
    }
    const mode = type === undefined ? 'multiple' : 'single';
    this.#mode ??= mode;
    if (this.#mode !== mode) {
      const DOMException = require('dom_exception');
      throw new DOMException(mode === 'single' ?
        'PerformanceObserver can not change to single observe mode' :
        'PerformanceObserver can not change to multiple observe mode', 'InvalidModificationError');
    }
    if (mode === 'multiple') {
      if (!ArrayIsArray(entryTypes)) {
        throw nodeError('ERR_INVALID_ARG_TYPE', 'options.entryTypes', 'string[]', entryTypes);
      }
      const types = [];
      for (let i = 0; i < entryTypes.length; i++) {
        if (ArrayPrototypeIndexOf(TYPES, entryTypes[i]) >= 0) ArrayPrototypePush(types, entryTypes[i]);
      }
      this.#types = types;
      if (types.length === 0) {
        this.disconnect();
        return;
      }
    } else {
      if (ArrayPrototypeIndexOf(TYPES, type) < 0) return;
      if (ArrayPrototypeIndexOf(this.#types, type) < 0) ArrayPrototypePush(this.#types, type);
      if (buffered) {
        const list = entries.timeline((entry) => entry.entryType === type);
        for (let i = 0; i < list.length; i++) this.#take(list[i]);
      }
    }
    if (ArrayPrototypeIndexOf(observers, this) < 0) ArrayPrototypePush(observers, this);
    if (ArrayPrototypeIndexOf(this.#types, 'gc') >= 0) require('perf_hooks/collections').observe(this);
    noteBits();
    entries.setObserver(tell);
  }

  disconnect() {
    const at = ArrayPrototypeIndexOf(observers, this);
    if (at >= 0) ArrayPrototypeSplice(observers, at, 1);
    if (ArrayPrototypeIndexOf(this.#types, 'gc') >= 0) require('perf_hooks/collections').unobserve(this);
    if (observers.length === 0) entries.setObserver(undefined);
    this.#buffer = [];
    this.#types = [];
    this.#mode = undefined;
    noteBits();
  }

  takeRecords() {
    const list = this.#buffer;
    this.#buffer = [];
    return list;
  }

  #take(entry) {
    ArrayPrototypePush(this.#buffer, entry);
    if (pending) return;
    pending = true;
    require('timers').setImmediate(deliver);
  }

  static observes(observer, type) {
    return ArrayPrototypeIndexOf(observer.#types, type) >= 0;
  }

  static tell(observer, entry) {
    if (ArrayPrototypeIndexOf(observer.#types, entry.entryType) >= 0) observer.#take(entry);
  }

  static deliver(observer) {
    if (observer.#buffer.length === 0) return;
    const list = new PerformanceObserverEntryList(kMake, observer.takeRecords());
    ReflectApply(observer.#callback, observer, [list, observer]);
  }

  [SymbolFor('nodejs.util.inspect.custom')](depth, options) {
    if (depth < 0) return this;
    const inner = { ...options, depth: options.depth == null ? null : options.depth - 1 };
    const shown = { connected: ArrayPrototypeIndexOf(observers, this) >= 0, pending, entryTypes: this.#types, buffer: this.#buffer };
    return `PerformanceObserver ${require('util').inspect(shown, inner)}`;
  }
}

const { tell: tellOne, deliver: deliverOne, observes } = PerformanceObserver;
delete PerformanceObserver.observes;
delete PerformanceObserver.tell;
delete PerformanceObserver.deliver;

function isObserved(type) {
  for (let i = 0; i < observers.length; i++) if (observes(observers[i], type)) return true;
  return false;
}

// Modules, and the thread pool, measure while somebody observes them.
function noteBits() {
  const { setChannel } = binding('async_context');
  for (const type in BITS) setChannel(BITS[type], isObserved(type));
  if (isObserved('threadpool') !== jobs) {
    jobs = !jobs;
    require('perf_hooks/jobs').watch(jobs);
  }
}

function tell(entry) {
  for (let i = 0; i < observers.length; i++) tellOne(observers[i], entry);
}

function deliver() {
  pending = false;
  const all = entries.pick(observers, () => true);
  for (let i = 0; i < all.length; i++) deliverOne(all[i]);
}

module.exports = { PerformanceObserver, PerformanceObserverEntryList };
