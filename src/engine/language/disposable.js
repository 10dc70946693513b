'use strict';
// `DisposableStack`, `AsyncDisposableStack`, `SuppressedError`, and what a `using` declaration becomes:
// <https://tc39.es/proposal-explicit-resource-management/>

const {
  Error, FunctionPrototypeCall, ObjectDefineProperty, PromiseReject, ReferenceError, ReflectConstruct, SymbolAsyncDispose,
  SymbolDispose, SymbolToStringTag, TypeError,
} = primordials;

function hidden(object, key, value) {
  ObjectDefineProperty(object, key, { __proto__: null, value, writable: true, enumerable: false, configurable: true });
}

/** An error of disposing, and the one that it would have hidden. */
function SuppressedError(error, suppressed, message) {
  const made = ReflectConstruct(Error, message === undefined ? [] : [message], new.target ?? SuppressedError);
  hidden(made, 'error', error);
  hidden(made, 'suppressed', suppressed);
  return made;
}
primordials.ObjectSetPrototypeOf(SuppressedError, Error);
ObjectDefineProperty(SuppressedError, 'prototype', {
  __proto__: null, value: primordials.ObjectCreate(primordials.ErrorPrototype), writable: false,
});
hidden(SuppressedError.prototype, 'constructor', SuppressedError);
hidden(SuppressedError.prototype, 'name', 'SuppressedError');
hidden(SuppressedError.prototype, 'message', '');

const isObject = (value) => value !== null && (typeof value === 'object' || typeof value === 'function');

/** `{ value, method }` of a resource; a method that is only there for synchronous disposal isn't waited for. */
function resourceOf(value, asynchronous) {
  if (value === null || value === undefined) return { value: undefined, method: undefined, wait: asynchronous };
  if (!isObject(value)) throw new TypeError('An object with Symbol.dispose is required');
  let method, wait = false;
  if (asynchronous) {
    method = value[SymbolAsyncDispose];
    wait = true;
  }
  if (method === undefined || method === null) {
    method = value[SymbolDispose];
    wait = false;
  }
  if (method === undefined || method === null) {
    throw new TypeError(`Property [Symbol.${asynchronous ? 'asyncDispose' : 'dispose'}] is not a function`);
  }
  if (typeof method !== 'function') throw new TypeError('The dispose method is not a function');
  return { value, method, wait };
}

/** What has gone wrong so far. */
function joined(failure, error) {
  return { error: failure === undefined ? error : new SuppressedError(error, failure.error) };
}

function disposeAll(resources, failure) {
  for (let i = resources.length - 1; i >= 0; i--) {
    const { value, method } = resources[i];
    try {
      if (method !== undefined) FunctionPrototypeCall(method, value);
    } catch (error) {
      failure = joined(failure, error);
    }
  }
  if (failure !== undefined) throw failure.error;
}

async function disposeAllAsync(resources, failure) {
  let waited = false;
  let needed = false;
  for (let i = resources.length - 1; i >= 0; i--) {
    const { value, method, wait } = resources[i];
    try {
      if (method === undefined) {
        needed = true;
      } else {
        const result = FunctionPrototypeCall(method, value);
        if (wait) {
          waited = true;
          await result;
        }
      }
    } catch (error) {
      failure = joined(failure, error);
    }
  }
  if (needed && !waited) await undefined;
  if (failure !== undefined) throw failure.error;
}

/** A block with `using` declarations: each assigns to `value`, an exception goes to `fail`, the end is `done`. */
class Scope {
  #resources = [];
  #failure;
  #asynchronous;

  constructor(asynchronous) {
    this.#asynchronous = asynchronous;
  }

  set value(value) {
    const resource = resourceOf(value, false);
    if (resource.method !== undefined) this.#resources[this.#resources.length] = resource;
  }

  set awaited(value) {
    this.#resources[this.#resources.length] = resourceOf(value, true);
  }

  fail(error) {
    this.#failure = { error };
  }

  done() {
    return this.#asynchronous ?
      disposeAllAsync(this.#resources, this.#failure) :
      disposeAll(this.#resources, this.#failure);
  }
}
hidden(Scope.prototype, 'constructor', undefined);

/** Resources that are disposed of together, the last one first. */
class DisposableStack {
  #resources = [];

  get disposed() {
    return this.#resources === undefined;
  }

  #open() {
    if (this.#resources === undefined) throw new ReferenceError('Cannot add values to a disposed stack!');
    return this.#resources;
  }

  use(value) {
    const list = this.#open();
    const resource = resourceOf(value, false);
    if (resource.method !== undefined) list[list.length] = resource;
    return value;
  }

  adopt(value, onDispose) {
    const list = this.#open();
    if (typeof onDispose !== 'function') throw new TypeError(`${typeof onDispose} is not a function`);
    list[list.length] = { value: undefined, method: () => onDispose(value), wait: false };
    return value;
  }

  defer(onDispose) {
    const list = this.#open();
    if (typeof onDispose !== 'function') throw new TypeError(`${typeof onDispose} is not a function`);
    list[list.length] = { value: undefined, method: onDispose, wait: false };
  }

  move() {
    const list = this.#open();
    const next = new DisposableStack();
    next.#resources = list;
    this.#resources = undefined;
    return next;
  }

  dispose() {
    const list = this.#resources;
    if (list === undefined) return;
    this.#resources = undefined;
    disposeAll(list, undefined);
  }
}
hidden(DisposableStack.prototype, SymbolDispose, DisposableStack.prototype.dispose);

/** The same for resources whose disposal takes time. */
class AsyncDisposableStack {
  #resources = [];

  get disposed() {
    return this.#resources === undefined;
  }

  #open() {
    if (this.#resources === undefined) throw new ReferenceError('Cannot add values to a disposed stack!');
    return this.#resources;
  }

  use(value) {
    const list = this.#open();
    list[list.length] = resourceOf(value, true);
    return value;
  }

  adopt(value, onDispose) {
    const list = this.#open();
    if (typeof onDispose !== 'function') throw new TypeError(`${typeof onDispose} is not a function`);
    list[list.length] = { value: undefined, method: () => onDispose(value), wait: true };
    return value;
  }

  defer(onDispose) {
    const list = this.#open();
    if (typeof onDispose !== 'function') throw new TypeError(`${typeof onDispose} is not a function`);
    list[list.length] = { value: undefined, method: onDispose, wait: true };
  }

  move() {
    const list = this.#open();
    const next = new AsyncDisposableStack();
    next.#resources = list;
    this.#resources = undefined;
    return next;
  }

  disposeAsync() {
    let list;
    try {
      list = this.#resources;
      this.#resources = undefined;
    } catch (error) {
      return PromiseReject(error);
    }
    return disposeAllAsync(list ?? [], undefined);
  }
}
hidden(AsyncDisposableStack.prototype, SymbolAsyncDispose, AsyncDisposableStack.prototype.disposeAsync);

for (const [constructor, name] of [[DisposableStack, 'DisposableStack'], [AsyncDisposableStack, 'AsyncDisposableStack']]) {
  ObjectDefineProperty(constructor.prototype, SymbolToStringTag, { __proto__: null, value: name, configurable: true });
}

module.exports = {
  AsyncDisposableStack, DisposableStack, SuppressedError, makeScope: (asynchronous) => new Scope(asynchronous),
};
