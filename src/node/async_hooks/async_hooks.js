'use strict';
// AsyncLocalStorage and AsyncResource on the runtime's frames: a frame is a map from storage to store, never changed once
// it is made; undefined stands for the empty one.
// Behaviour: <https://nodejs.org/docs/latest-v24.x/api/async_context.html>

const { FunctionPrototypeBind, ObjectDefineProperty, ReflectApply, SafeMap } = primordials;
const { getFrame, setFrame } = binding('async_context');
const { nodeError } = binding('errors');
const { validateFunction, validateObject, validateString } = binding('validators');

function withStore(frame, storage, store) {
  const next = new SafeMap(frame);
  next.set(storage, store);
  return next;
}

class AsyncLocalStorage {
  #default;
  #name = '';

  constructor(options = undefined) {
    if (options !== undefined) {
      validateObject(options, 'options');
      if (options.defaultValue !== undefined) this.#default = options.defaultValue;
      if (options.name !== undefined) {
        validateString(options.name, 'options.name');
        this.#name = options.name;
      }
    }
  }

  get name() {
    return this.#name;
  }

  static bind(fn) {
    return AsyncResource.bind(fn);
  }

  static snapshot() {
    const frame = getFrame();
    return function runInAsyncScope(fn, ...args) {
      const before = setFrame(frame);
      try {
        return ReflectApply(fn, this, args);
      } finally {
        setFrame(before);
      }
    };
  }

  disable() {
    const frame = getFrame();
    if (frame === undefined || !frame.has(this)) return;
    const next = new SafeMap(frame);
    next.delete(this);
    setFrame(next.size === 0 ? undefined : next);
  }

  enterWith(store) {
    setFrame(withStore(getFrame(), this, store));
  }

  run(store, fn, ...args) {
    const before = getFrame();
    if (before !== undefined && before.has(this) && before.get(this) === store) return ReflectApply(fn, null, args);
    setFrame(withStore(before, this, store));
    try {
      return ReflectApply(fn, null, args);
    } finally {
      setFrame(before);
    }
  }

  exit(fn, ...args) {
    return this.run(undefined, fn, ...args);
  }

  getStore() {
    const frame = getFrame();
    return frame !== undefined && frame.has(this) ? frame.get(this) : this.#default;
  }
}

let lastId = 1;

class AsyncResource {
  #id;
  #trigger;
  #frame;

  constructor(type, options = {}) {
    validateString(type, 'type');
    let trigger = options;
    if (typeof options !== 'number') {
      validateObject(options, 'options', { nullable: true });
      trigger = options?.triggerAsyncId === undefined ? 1 : options.triggerAsyncId;
    }
    if (!(trigger >= -1) || trigger % 1 !== 0) throw nodeError('ERR_INVALID_ASYNC_ID', 'triggerAsyncId', trigger);
    this.#id = ++lastId;
    this.#trigger = trigger;
    this.#frame = getFrame();
  }

  runInAsyncScope(fn, thisArg, ...args) {
    const before = setFrame(this.#frame);
    try {
      return ReflectApply(fn, thisArg, args);
    } finally {
      setFrame(before);
    }
  }

  emitDestroy() {
    return this;
  }

  asyncId() {
    return this.#id;
  }

  triggerAsyncId() {
    return this.#trigger;
  }

  bind(fn, thisArg) {
    validateFunction(fn, 'fn');
    const resource = this;
    const bound = thisArg === undefined ?
      function(...args) { return resource.runInAsyncScope(fn, this, ...args); } :
      FunctionPrototypeBind(this.runInAsyncScope, this, fn, thisArg);
    ObjectDefineProperty(bound, 'length', {
      __proto__: null, value: fn.length, configurable: true, enumerable: false, writable: false,
    });
    return bound;
  }

  static bind(fn, type, thisArg) {
    type ||= fn.name;
    return new AsyncResource(type || 'bound-anonymous-fn').bind(fn, thisArg);
  }
}

// Resources have no ids yet, and hooks would have to see every promise being made, which the engine doesn't tell.
function unsupported(name) {
  throw nodeError('ERR_FEATURE_UNAVAILABLE_ON_PLATFORM', `async_hooks.${name}`);
}

module.exports = {
  AsyncLocalStorage,
  AsyncResource,
  createHook: () => unsupported('createHook'),
  executionAsyncId: () => unsupported('executionAsyncId'),
  triggerAsyncId: () => unsupported('triggerAsyncId'),
  executionAsyncResource: () => unsupported('executionAsyncResource'),
};
