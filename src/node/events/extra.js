// The rarer half of `events`: rejection capture, leak warnings, unhandled errors, and the
// statics `once`, `on`, `addAbortListener`, `getEventListeners` … `events` loads it on first use.
'use strict';

const {
  ArrayPrototypeShift,
  ArrayPrototypeSlice,
  Error,
  NumberMAX_SAFE_INTEGER,
  ObjectGetOwnPropertySymbols,
  ObjectGetPrototypeOf,
  Promise,
  PromisePrototypeThen,
  PromiseReject,
  PromiseResolve,
  ReflectApply,
  String,
  SymbolAsyncIterator,
  SymbolDispose,
  SymbolFor,
} = primordials;
const EventEmitter = require('events');
const { nodeError } = binding('errors');
const { nextTick } = binding('task_queue');
const {
  validateAbortSignal,
  validateBoolean,
  validateFunction,
  validateInteger,
  validateNumber,
  validateObject,
} = binding('validators');
const { AbortError } = require('errors');

const kRejection = EventEmitter.captureRejectionSymbol;
const kErrorMonitor = EventEmitter.errorMonitor;
const kCapture = ObjectGetOwnPropertySymbols(EventEmitter.prototype)[0];
const eventTargets = () => require('events/event_target');

exports.validateCapture = (value, name = 'options.captureRejections') => validateBoolean(value, name);

exports.validateMax = (n, name) => validateNumber(n, name, 0);

exports.warnAboutLeak = function(target, type, listeners, max) {
  listeners.warned = true;
  const { inspect } = require('util');
  const warning = new Error(
    `Possible EventEmitter memory leak detected. ${listeners.length} ${String(type)} listeners ` +
    `added to ${inspect(target, { depth: -1 })}. MaxListeners is ${max}. Use emitter.setMaxListeners() to increase limit`);
  warning.name = 'MaxListenersExceededWarning';
  warning.emitter = target;
  warning.type = type;
  warning.count = listeners.length;
  require('process').emitWarning(warning);
};

/** Called for `emit('error')` without a listener: always throws. */
exports.throwUnhandled = function(emitter, args) {
  const error = args.length > 0 ? args[0] : undefined;
  if (error instanceof Error) throw error;
  let shown;
  try {
    shown = require('util').inspect(error);
  } catch {
    shown = error;
  }
  const unhandled = nodeError('ERR_UNHANDLED_ERROR', shown);
  unhandled.context = error;
  throw unhandled;
};

// ---- rejections of async listeners ----

exports.addCatch = function(emitter, result, type, args) {
  try {
    const { then } = result;
    if (typeof then === 'function') {
      ReflectApply(then, result, [undefined, (error) => {
        // Outside the promise job, so that what the handler throws is an uncaught exception.
        nextTick(rejected, emitter, error, type, args);
      }]);
    }
  } catch (error) {
    emitter.emit('error', error);
  }
};

function rejected(emitter, error, type, args) {
  if (typeof emitter[kRejection] === 'function') {
    emitter[kRejection](error, type, ...args);
    return;
  }
  // An error handler that rejects in its turn must not come back here.
  const before = emitter[kCapture];
  try {
    emitter[kCapture] = false;
    emitter.emit('error', error);
  } finally {
    emitter[kCapture] = before;
  }
}

// ---- statics ----

function isTarget(value) {
  return typeof value?.addEventListener === 'function';
}

exports.setMaxListeners = function(n, targets) {
  validateNumber(n, 'setMaxListeners', 0);
  if (targets.length === 0) {
    EventEmitter.defaultMaxListeners = n;
    eventTargets().setDefaultMaxListeners(n);
    return;
  }
  for (let i = 0; i < targets.length; i++) {
    const target = targets[i];
    if (typeof target?.setMaxListeners === 'function') target.setMaxListeners(n);
    else if (isTarget(target)) target[eventTargets().kMaxListeners] = n;
    else throw nodeError('ERR_INVALID_ARG_TYPE', 'eventTargets', ['EventEmitter', 'EventTarget'], target);
  }
};

exports.getMaxListeners = function(emitter) {
  if (typeof emitter?.getMaxListeners === 'function') return emitter.getMaxListeners();
  if (isTarget(emitter)) return emitter[eventTargets().kMaxListeners] ?? EventEmitter.defaultMaxListeners;
  throw nodeError('ERR_INVALID_ARG_TYPE', 'emitter', ['EventEmitter', 'EventTarget'], emitter);
};

exports.getEventListeners = function(emitter, type) {
  if (typeof emitter?.listeners === 'function') return emitter.listeners(type);
  if (eventTargets().isEventTarget(emitter)) return eventTargets().getListeners(emitter, type);
  throw nodeError('ERR_INVALID_ARG_TYPE', 'emitter', ['EventEmitter', 'EventTarget'], emitter);
};

exports.addAbortListener = function(signal, listener) {
  if (signal === undefined) throw nodeError('ERR_INVALID_ARG_TYPE', 'signal', 'AbortSignal', signal);
  validateAbortSignal(signal, 'signal');
  validateFunction(listener, 'listener');
  let remove;
  if (signal.aborted) {
    binding('task_queue').queueMicrotask(() => listener());
  } else {
    // `stopImmediatePropagation` of another listener must not hide the abort from this one.
    const { kResistStopPropagation: resist } = eventTargets();
    signal.addEventListener('abort', listener, { __proto__: null, once: true, [resist]: true });
    remove = () => signal.removeEventListener('abort', listener);
  }
  return {
    __proto__: null,
    [SymbolDispose]() {
      remove?.();
    },
  };
};

function listen(emitter, name, listener, options) {
  if (typeof emitter.on === 'function') {
    if (options?.once) emitter.once(name, listener);
    else emitter.on(name, listener);
  } else if (isTarget(emitter)) {
    emitter.addEventListener(name, listener, options);
  } else {
    throw nodeError('ERR_INVALID_ARG_TYPE', 'emitter', 'EventEmitter', emitter);
  }
}

function unlisten(emitter, name, listener, options) {
  if (typeof emitter.removeListener === 'function') emitter.removeListener(name, listener);
  else if (isTarget(emitter)) emitter.removeEventListener(name, listener, options);
  else throw nodeError('ERR_INVALID_ARG_TYPE', 'emitter', 'EventEmitter', emitter);
}

const abortError = (signal) => new AbortError(undefined, { cause: signal?.reason });

exports.once = async function(emitter, name, options = {}) {
  validateObject(options, 'options');
  const { signal } = options;
  validateAbortSignal(signal, 'options.signal');
  if (signal?.aborted) throw abortError(signal);
  return new Promise((resolve, reject) => {
    const onError = (error) => {
      if (typeof emitter.removeListener === 'function') emitter.removeListener(name, onEvent);
      if (signal != null) unlisten(signal, 'abort', onAbort);
      reject(error);
    };
    const onEvent = (...args) => {
      if (typeof emitter.removeListener === 'function') emitter.removeListener('error', onError);
      if (signal != null) unlisten(signal, 'abort', onAbort);
      resolve(args);
    };
    const onAbort = () => {
      unlisten(emitter, name, onEvent);
      unlisten(emitter, 'error', onError);
      reject(abortError(signal));
    };
    listen(emitter, name, onEvent, { __proto__: null, once: true });
    if (name !== 'error' && typeof emitter.once === 'function') emitter.once('error', onError);
    if (signal != null) listen(signal, 'abort', onAbort, { __proto__: null, once: true });
  });
};

const AsyncIteratorPrototype = ObjectGetPrototypeOf(ObjectGetPrototypeOf(async function* () {}).prototype);

// `isFirst` gives the first argument of each event instead of all of them.
exports.on = function(emitter, event, options = {}, isFirst = false) {
  validateObject(options, 'options');
  const { signal } = options;
  validateAbortSignal(signal, 'options.signal');
  if (signal?.aborted) throw abortError(signal);
  // Both spellings are accepted: the older one was `highWatermark`.
  const high = options.highWaterMark ?? options.highWatermark ?? NumberMAX_SAFE_INTEGER;
  validateInteger(high, 'options.highWaterMark', 1);
  const low = options.lowWaterMark ?? options.lowWatermark ?? 1;
  validateInteger(low, 'options.lowWaterMark', 1);

  const values = [];
  const waiting = [];
  const listening = [];
  let paused = false;
  let error = null;
  let finished = false;
  let abortListener;

  function attach(target, name, listener) {
    listen(target, name, listener);
    listening[listening.length] = [target, name, listener];
  }

  function close() {
    abortListener?.[SymbolDispose]();
    while (listening.length > 0) {
      const { 0: target, 1: name, 2: listener } = ArrayPrototypeShift(listening);
      unlisten(target, name, listener);
    }
    finished = true;
    while (waiting.length > 0) ArrayPrototypeShift(waiting).resolve({ value: undefined, done: true });
    return PromiseResolve({ value: undefined, done: true });
  }

  function onEvent(...args) {
    const value = isFirst ? args[0] : args;
    if (waiting.length > 0) {
      ArrayPrototypeShift(waiting).resolve({ value, done: false });
      return;
    }
    values[values.length] = value;
    if (!paused && values.length > high) {
      paused = true;
      emitter.pause?.();
    }
  }

  function onError(reason) {
    if (waiting.length > 0) ArrayPrototypeShift(waiting).reject(reason);
    else error = reason;
    close();
  }

  const iterator = {
    __proto__: AsyncIteratorPrototype,
    next() {
      if (values.length > 0) {
        const value = ArrayPrototypeShift(values);
        if (paused && values.length < low) {
          emitter.resume?.();
          paused = false;
        }
        return PromiseResolve({ value, done: false });
      }
      if (error !== null) {
        const rejection = PromiseReject(error);
        error = null;
        return rejection;
      }
      if (finished) return close();
      return new Promise((resolve, reject) => {
        waiting[waiting.length] = { resolve, reject };
      });
    },
    return() {
      return close();
    },
    throw(reason) {
      if (!(reason instanceof Error)) {
        throw nodeError('ERR_INVALID_ARG_TYPE', 'EventEmitter.AsyncIterator', 'Error', reason);
      }
      onError(reason);
    },
    [SymbolAsyncIterator]() {
      return this;
    },
    [SymbolFor('nodejs.watermarkData')]: {
      get size() { return values.length; },
      get low() { return low; },
      get high() { return high; },
      get isPaused() { return paused; },
    },
  };

  attach(emitter, event, onEvent);
  if (event !== 'error' && typeof emitter.on === 'function') attach(emitter, 'error', onError);
  const closers = options.close;
  for (let i = 0; i < (closers?.length ?? 0); i++) attach(emitter, closers[i], close);
  if (signal) {
    abortListener = exports.addAbortListener(signal, () => onError(abortError(signal)));
  }
  return iterator;
};
