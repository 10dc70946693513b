'use strict';
// `navigator.locks`: <https://w3c.github.io/web-locks/>, among the code of one thread, which is all that there is.

const {
  ArrayPrototypePush, ArrayPrototypeShift, ArrayPrototypeSplice, MapPrototypeDelete, MapPrototypeForEach, MapPrototypeGet,
  MapPrototypeSet, ObjectDefineProperties, ObjectDefineProperty, Promise, PromisePrototypeThen, PromiseReject, PromiseResolve,
  SafeMap, StringPrototypeStartsWith, Symbol, SymbolToStringTag, TypeError,
} = primordials;
const { nodeError } = binding('errors');
const { validateFunction } = binding('validators');

const kMake = Symbol('kMake');

/** What a callback gets while it holds a lock. */
class Lock {
  #name;
  #mode;

  constructor(key, name, mode) {
    if (key !== kMake) throw nodeError('ERR_ILLEGAL_CONSTRUCTOR');
    this.#name = name;
    this.#mode = mode;
  }

  get name() {
    return this.#name;
  }

  get mode() {
    return this.#mode;
  }
}

// By name: what is held, and the requests that wait, in the order in which they came. A name with neither isn't there.
const resources = new SafeMap();

function resourceOf(name) {
  let resource = MapPrototypeGet(resources, name);
  if (resource === undefined) {
    resource = { held: [], waiting: [] };
    MapPrototypeSet(resources, name, resource);
  }
  return resource;
}

function remove(list, entry) {
  for (let i = 0; i < list.length; i++) {
    if (list[i] === entry) {
      ArrayPrototypeSplice(list, i, 1);
      return true;
    }
  }
  return false;
}

/** Whether a request can have its lock beside those that are held. */
function isGrantable(resource, mode) {
  const { held } = resource;
  return held.length === 0 || (mode === 'shared' && held[0].mode === 'shared');
}

/** Grants what waits, first come, first served. */
function proceed(name, resource) {
  const { held, waiting } = resource;
  while (waiting.length > 0 && isGrantable(resource, waiting[0].mode)) grant(resource, ArrayPrototypeShift(waiting));
  if (held.length === 0 && waiting.length === 0 && MapPrototypeGet(resources, name) === resource) {
    MapPrototypeDelete(resources, name);
  }
}

/** Calls the callback of a request that has its lock now, and takes the lock back when its promise is settled. */
function grant(resource, request) {
  ArrayPrototypePush(resource.held, request);
  request.stopListening?.();
  const result = called(request, new Lock(kMake, request.name, request.mode));
  const release = () => {
    if (remove(resource.held, request)) proceed(request.name, resource);
  };
  PromisePrototypeThen(result, (value) => {
    release();
    request.resolve(value);
  }, (error) => {
    release();
    request.reject(error);
  });
}

// What the callback returns, as a promise.
function called({ callback }, lock) {
  try {
    return PromiseResolve(callback(lock));
  } catch (error) {
    return PromiseReject(error);
  }
}

/** Takes all locks of a name from those that hold them: their requests fail, what they do goes on. */
function stealFrom(resource) {
  const { held } = resource;
  const DOMException = require('dom_exception');
  while (held.length > 0) {
    ArrayPrototypeShift(held).reject(new DOMException('The operation was aborted', 'AbortError'));
  }
}

/** A request is dropped when its signal says so before it was granted. */
function listen(resource, request, signal) {
  const onAbort = () => {
    if (!remove(resource.waiting, request)) return;
    request.reject(signal.reason);
    proceed(request.name, resource);
  };
  signal.addEventListener('abort', onAbort, { __proto__: null, once: true });
  request.stopListening = () => signal.removeEventListener('abort', onAbort);
}

function invalid(message) {
  const error = new TypeError(message);
  error.code = 'ERR_INVALID_ARG_TYPE';
  return error;
}

/** The options of a request, checked. */
function optionsOf(given, name) {
  if (given === undefined || given === null) given = { __proto__: null };
  if (typeof given !== 'object' && typeof given !== 'function') throw invalid('Value cannot be converted to a dictionary');
  const { ifAvailable = false, mode = 'exclusive', signal, steal = false } = given;
  if (mode !== 'exclusive' && mode !== 'shared') {
    const error = new TypeError(`mode '${mode}' is not a valid enum value of type LockMode.`);
    error.code = 'ERR_INVALID_ARG_VALUE';
    throw error;
  }
  const isSignal = signal !== null && typeof signal === 'object' && 'aborted' in signal;
  if (signal !== undefined && !isSignal) throw invalid('signal is not an object.');
  const fault = faultOf(name, mode, ifAvailable, steal, signal);
  if (fault !== undefined) throw new (require('dom_exception'))(fault, 'NotSupportedError');
  return { ifAvailable: !!ifAvailable, mode, signal, steal: !!steal };
}

function faultOf(name, mode, ifAvailable, steal, signal) {
  if (StringPrototypeStartsWith(name, '-')) return 'Lock name may not start with hyphen';
  if (ifAvailable && steal) return 'ifAvailable and steal are mutually exclusive';
  if (mode !== 'exclusive' && steal) return `mode: "${mode}" and steal are mutually exclusive`;
  if (signal && (steal || ifAvailable)) return 'signal cannot be used with steal or ifAvailable';
  return undefined;
}

function start(name, { ifAvailable, mode, signal, steal }, callback) {
  return new Promise((resolve, reject) => {
    const request = { name, mode, callback, resolve, reject, stopListening: undefined };
    const resource = resourceOf(name);
    if (steal) {
      stealFrom(resource);
    } else if (!isGrantable(resource, mode) || resource.waiting.length > 0) {
      if (ifAvailable) {
        PromisePrototypeThen(called(request, null), resolve, reject);
        return;
      }
      if (signal) listen(resource, request, signal);
      ArrayPrototypePush(resource.waiting, request);
      return;
    }
    grant(resource, request);
  });
}

function describe(request) {
  const { pid } = require('process');
  return { name: request.name, mode: request.mode, clientId: `node-${pid}-0` };
}

/** Locks by name. */
class LockManager {
  constructor(key) {
    if (key !== kMake) throw nodeError('ERR_ILLEGAL_CONSTRUCTOR');
  }

  /**
   * Calls back as soon as a lock can be had, and holds it until what that returns is settled.
   * @param {string} name
   * @param {object} [options] `mode`, `ifAvailable`, `steal`, `signal`
   * @param {Function} callback
   */
  async request(name, options, callback = undefined) {
    if (callback === undefined) {
      callback = options;
      options = undefined;
    }
    if (typeof name === 'symbol') throw invalid('Value is a Symbol and cannot be converted to a string.');
    name = `${name}`;
    validateFunction(callback, 'callback');
    const checked = optionsOf(options, name);
    if (checked.signal?.aborted) throw checked.signal.reason;
    return start(name, checked, callback);
  }

  /** What is held, and what waits. */
  async query() {
    const held = [], pending = [];
    MapPrototypeForEach(resources, (resource) => {
      for (let i = 0; i < resource.held.length; i++) ArrayPrototypePush(held, describe(resource.held[i]));
      for (let i = 0; i < resource.waiting.length; i++) ArrayPrototypePush(pending, describe(resource.waiting[i]));
    });
    return { held, pending };
  }
}

const shown = { __proto__: null, enumerable: true };
ObjectDefineProperties(Lock.prototype, { name: shown, mode: shown });
ObjectDefineProperties(LockManager.prototype, { request: shown, query: shown });
function tag(prototype, value) {
  ObjectDefineProperty(prototype, SymbolToStringTag, { __proto__: null, configurable: true, value });
}
tag(Lock.prototype, 'Lock');
tag(LockManager.prototype, 'LockManager');

module.exports = { locks: new LockManager(kMake) };
