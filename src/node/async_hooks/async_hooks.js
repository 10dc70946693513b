'use strict';
// AsyncLocalStorage and AsyncResource on the runtime's frames: the stores are a map from storage to store, never changed
// once it is made; undefined stands for the empty one. Hooks load late.
// Behaviour: <https://nodejs.org/docs/latest-v24.x/api/async_context.html>

const { FunctionPrototypeBind, NumberIsSafeInteger, ObjectDefineProperties, ObjectDefineProperty, ObjectIs, ReflectApply, SafeMap,
  Symbol, SymbolFor } = primordials;
const {
  getFrame, setFrame, executionAsyncId, triggerAsyncId, executionAsyncResource, newScope, scopeId, scopeTrigger, runInScope,
  destroyScope,
} = binding('async_context');
const { nodeError } = binding('errors');
const { validateFunction, validateObject, validateString } = binding('validators');

function withStore(frame, storage, store) {
  const next = new SafeMap(frame);
  next.set(storage, store);
  return next;
}

/** What `withScope` returns: ends with the block that it is declared in. */
class RunScope {
  #storage;
  #before;
  #over = false;

  constructor(storage, store) {
    this.#storage = storage;
    this.#before = storage.getStore();
    storage.enterWith(store);
  }

  dispose() {
    if (this.#over) return;
    this.#over = true;
    this.#storage.enterWith(this.#before);
  }

  [Symbol.dispose]() {
    this.dispose();
  }
}

class AsyncLocalStorage {
  #default;
  #name = '';

  constructor(options = { __proto__: null }) {
    validateObject(options, 'options');
    this.#default = options.defaultValue;
    if (options.name !== undefined) this.#name = `${options.name}`;
  }

  /** The name that it was given, or an empty string. */
  get name() {
    return this.#name;
  }

  static bind(fn) {
    return AsyncResource.bind(fn);
  }

  static snapshot() {
    return AsyncLocalStorage.bind((fn, ...args) => fn(...args));
  }

  disable() {
    const frame = getFrame();
    if (frame !== undefined) frame.delete(this);
  }

  enterWith(store) {
    setFrame(withStore(getFrame(), this, store));
  }

  run(store, fn, ...args) {
    const before = this.getStore();
    if (ObjectIs(before, store)) return ReflectApply(fn, null, args);
    this.enterWith(store);
    try {
      return ReflectApply(fn, null, args);
    } finally {
      this.enterWith(before);
    }
  }

  exit(fn, ...args) {
    return this.run(undefined, fn, ...args);
  }

  getStore() {
    const frame = getFrame();
    return frame !== undefined && frame.has(this) ? frame.get(this) : this.#default;
  }

  withScope(store) {
    return new RunScope(this, store);
  }
}

class AsyncResource {
  #scope;

  constructor(type, options = { __proto__: null }) {
    validateString(type, 'type');
    let trigger = options;
    let manual = false;
    if (typeof options !== 'number') {
      validateObject(options, 'options', { nullable: true });
      trigger = options?.triggerAsyncId;
      manual = !!options?.requireManualDestroy;
    }
    if (trigger !== undefined && (!NumberIsSafeInteger(trigger) || trigger < -1)) {
      throw nodeError('ERR_INVALID_ASYNC_ID', 'triggerAsyncId', trigger);
    }
    if (type.length === 0 && require('async_hooks/hooks').wantsInit()) throw nodeError('ERR_ASYNC_TYPE', type);
    this.#scope = newScope(type, trigger, this, !manual);
  }

  runInAsyncScope(fn, thisArg, ...args) {
    return runInScope(this.#scope, fn, thisArg, ...args);
  }

  emitDestroy() {
    destroyScope(this.#scope);
    return this;
  }

  asyncId() {
    return scopeId(this.#scope);
  }

  triggerAsyncId() {
    return scopeTrigger(this.#scope);
  }

  bind(fn, thisArg) {
    validateFunction(fn, 'fn');
    const resource = this;
    const bound = thisArg === undefined ?
      function(...args) { return resource.runInAsyncScope(fn, this, ...args); } :
      FunctionPrototypeBind(this.runInAsyncScope, this, fn, thisArg);
    let shown = this;
    const told = (read) => () => {
      const { emitWarning } = require('process');
      emitWarning('The asyncResource property on bound functions is deprecated', 'DeprecationWarning', 'DEP0172');
      return read();
    };
    let get = told(() => { get = () => shown; return shown; });
    ObjectDefineProperties(bound, {
      length: { __proto__: null, value: fn.length, configurable: true, enumerable: false, writable: false },
      asyncResource: {
        __proto__: null,
        configurable: true,
        enumerable: true,
        get() { return get(); },
        set(value) { shown = value; },
      },
    });
    return bound;
  }

  static bind(fn, type, thisArg) {
    type ||= fn.name;
    return new AsyncResource(type || 'bound-anonymous-fn').bind(fn, thisArg);
  }
}

const inspect = SymbolFor('nodejs.util.inspect.custom');
ObjectDefineProperty(AsyncResource.prototype, inspect, {
  __proto__: null,
  configurable: true,
  writable: true,
  value(depth, options) {
    const shown = {
      [Symbol('async_id_symbol')]: this.asyncId(),
      [Symbol('trigger_async_id_symbol')]: this.triggerAsyncId(),
    };
    return `${this.constructor?.name ?? 'AsyncResource'} ${require('util').inspect({ ...this, ...shown }, options)}`;
  },
});

function createHook(functions) {
  return require('async_hooks/hooks').createHook(functions);
}

module.exports = {
  AsyncLocalStorage,
  createHook,
  executionAsyncId,
  triggerAsyncId,
  executionAsyncResource,
  get asyncWrapProviders() { return require('async_hooks/hooks').providers(); },
  AsyncResource,
};
