'use strict';
// `AbortController` and `AbortSignal`: <https://nodejs.org/docs/latest-v24.x/api/globals.html#class-abortcontroller>

const { ArrayIsArray, ObjectDefineProperties, ObjectDefineProperty, SafeSet, SymbolFor, SymbolToStringTag } = primordials;
const { Event, EventTarget, defineEventHandler, deliver, kTrustEvent } = require('events/event_target');
const { nodeError } = binding('errors');
const { validateAbortSignal, validateUint32 } = binding('validators');
const DOMException = require('dom_exception');

const kAborted = Symbol('kAborted');
const kReason = Symbol('kReason');
const kComposite = Symbol('kComposite');
const kSources = Symbol('kSources');
const kDependants = Symbol('kDependants');
const secret = {};

class AbortSignal extends EventTarget {
  constructor(key) {
    if (key !== secret) throw nodeError('ERR_ILLEGAL_CONSTRUCTOR');
    super();
    ObjectDefineProperties(this, {
      [kAborted]: { __proto__: null, value: false, writable: true },
      [kReason]: { __proto__: null, value: undefined, writable: true },
      [kComposite]: { __proto__: null, value: false, writable: true },
      [kSources]: { __proto__: null, value: undefined, writable: true },
      [kDependants]: { __proto__: null, value: undefined, writable: true },
    });
  }

  get aborted() {
    check(this);
    return this[kAborted];
  }

  get reason() {
    check(this);
    return this[kReason];
  }

  throwIfAborted() {
    check(this);
    if (this[kAborted]) throw this[kReason];
  }

  static abort(reason = new DOMException('This operation was aborted', 'AbortError')) {
    const signal = new AbortSignal(secret);
    signal[kAborted] = true;
    signal[kReason] = reason;
    return signal;
  }

  static timeout(delay) {
    validateUint32(delay, 'delay', false);
    const signal = new AbortSignal(secret);
    const { setTimeout } = require('timers');
    setTimeout(() => {
      abortSignal(signal, new DOMException('The operation was aborted due to timeout', 'TimeoutError'));
    }, delay).unref();
    return signal;
  }

  static any(signals) {
    if (signals === null || typeof signals !== 'object' || typeof signals[Symbol.iterator] !== 'function') {
      throw nodeError('ERR_INVALID_ARG_TYPE', 'signals', 'Array', signals);
    }
    const list = ArrayIsArray(signals) ? signals : [...signals];
    const result = new AbortSignal(secret);
    for (let i = 0; i < list.length; i++) {
      if (list[i] === undefined) throw nodeError('ERR_INVALID_ARG_TYPE', `signals[${i}]`, 'AbortSignal', undefined);
      validateAbortSignal(list[i], `signals[${i}]`);
    }
    for (let i = 0; i < list.length; i++) {
      if (list[i][kAborted]) {
        result[kAborted] = true;
        result[kReason] = list[i][kReason];
        return result;
      }
    }
    result[kComposite] = true;
    result[kSources] = new SafeSet();
    for (let i = 0; i < list.length; i++) {
      if (list[i][kComposite]) list[i][kSources].forEach((source) => follow(result, source));
      else follow(result, list[i]);
    }
    return result;
  }

  [SymbolFor('nodejs.util.inspect.custom')](depth, options, inspect) {
    return shown(this, { aborted: this[kAborted] }, depth, options, inspect);
  }
}

function follow(result, source) {
  source[kDependants] ??= new SafeSet();
  source[kDependants].add(result);
  result[kSources].add(source);
}

function check(signal) {
  if (signal?.[kAborted] === undefined) throw nodeError('ERR_INVALID_THIS', 'AbortSignal');
}

function shown(self, properties, depth, options, inspect) {
  if (depth < 0) return self.constructor.name;
  const inner = { ...options, depth: options.depth === null ? null : options.depth - 1 };
  return `${self.constructor.name} ${inspect(properties, inner)}`;
}

function abortSignal(signal, reason) {
  if (signal[kAborted]) return;
  signal[kAborted] = true;
  signal[kReason] = reason;
  const dependants = [];
  signal[kDependants]?.forEach((dependant) => {
    if (dependant[kAborted]) return;
    dependant[kAborted] = true;
    dependant[kReason] = reason;
    dependants[dependants.length] = dependant;
  });
  announce(signal);
  for (let i = 0; i < dependants.length; i++) announce(dependants[i]);
}

function announce(signal) {
  deliver(signal, new Event('abort', { [kTrustEvent]: true }), 'abort');
}

defineEventHandler(AbortSignal.prototype, 'abort');

const kSignal = Symbol('kSignal');

class AbortController {
  get signal() {
    if (this?.[kSignal] === undefined) {
      if (!(#made in this)) throw nodeError('ERR_INVALID_THIS', 'AbortController');
      ObjectDefineProperty(this, kSignal, { __proto__: null, value: new AbortSignal(secret) });
    }
    return this[kSignal];
  }

  #made = true;

  abort(reason = new DOMException('This operation was aborted', 'AbortError')) {
    abortSignal(this.signal, reason);
  }

  [SymbolFor('nodejs.util.inspect.custom')](depth, options, inspect) {
    return shown(this, { signal: this.signal }, depth, options, inspect);
  }
}

const enumerable = { __proto__: null, enumerable: true };
ObjectDefineProperties(AbortSignal.prototype, { aborted: enumerable, reason: enumerable, throwIfAborted: enumerable });
ObjectDefineProperties(AbortController.prototype, { signal: enumerable, abort: enumerable });
ObjectDefineProperty(AbortSignal.prototype, SymbolToStringTag, { __proto__: null, value: 'AbortSignal', configurable: true });
ObjectDefineProperty(AbortController.prototype, SymbolToStringTag, { __proto__: null, value: 'AbortController', configurable: true });

module.exports = { AbortController, AbortSignal, abortSignal, newSignal: () => new AbortSignal(secret) };
