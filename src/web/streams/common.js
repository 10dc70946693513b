'use strict';
// What all of the web's streams are made of: promises that are settled from outside, queues whose chunks have sizes, and
// the conversions at their doors. The algorithms are those of <https://streams.spec.whatwg.org/>; the object that a
// script holds carries its record under one hidden key, and records know each other.

const {
  NumberIsNaN, ObjectDefineProperties, ObjectDefineProperty, PromisePrototypeThen, PromiseReject,
  PromiseResolve, PromiseWithResolvers, ReflectApply, SymbolFor, SymbolToStringTag,
} = primordials;
const { nodeError } = binding('errors');
const { isPromise } = binding('types');

const kRecord = Symbol('kRecord');
const secret = {};
const kInspect = SymbolFor('nodejs.util.inspect.custom');

function nop() {}

/** `{ promise, resolve, reject }`. */
function deferred() {
  return PromiseWithResolvers();
}

/** The same, settled with `undefined`. */
function resolvedDeferred() {
  return { promise: PromiseResolve(undefined), resolve: undefined, reject: undefined };
}

function rejectedDeferred(reason) {
  const promise = PromiseReject(reason);
  markHandled(promise);
  return { promise, resolve: undefined, reject: undefined };
}

function settleDeferred(it, value) {
  const { resolve } = it;
  if (resolve === undefined) return;
  it.resolve = it.reject = undefined;
  resolve(value);
}

function rejectDeferred(it, reason) {
  const { reject } = it;
  if (reject === undefined) return;
  it.resolve = it.reject = undefined;
  reject(reason);
}

/** A new promise that takes a value over: another promise's outcome reaches it two turns later, as the standard has it. */
function newPromiseOf(value) {
  if (value === null || (typeof value !== 'object' && typeof value !== 'function')) return PromiseResolve(value);
  // Its own `then` may be a program's.
  if (isPromise(value)) return PromisePrototypeThen(PromisePrototypeThen(value));
  const it = PromiseWithResolvers();
  it.resolve(value);
  return it.promise;
}

/** Nobody has to look at a rejection of it. */
function markHandled(promise) {
  PromisePrototypeThen(promise, undefined, nop);
}

/** Runs one of the two when a promise is settled; neither may throw. */
function whenSettled(promise, fulfilled, rejected) {
  PromisePrototypeThen(promise, fulfilled, rejected);
}

/** A function of a program whose result is a promise, whatever it returns or throws. */
function promiseCall(method, self, args) {
  try {
    return PromiseResolve(ReflectApply(method, self, args));
  } catch (error) {
    return PromiseReject(error);
  }
}

// ---- queues with sizes: { queue, head, total } of a controller

function resetQueue(holder) {
  holder.queue = [];
  holder.head = 0;
  holder.total = 0;
}

function queueLength(holder) {
  return holder.queue.length - holder.head;
}

function enqueueWithSize(holder, value, size) {
  size = +size;
  if (NumberIsNaN(size) || size < 0 || size === Infinity) {
    throw nodeError('ERR_INVALID_ARG_VALUE.RangeError', 'size', size);
  }
  const { queue } = holder;
  queue[queue.length] = { value, size };
  holder.total += size;
}

/** Takes the first entry out. */
function shiftQueue(holder) {
  const { queue, head } = holder;
  const entry = queue[head];
  queue[head] = undefined;
  if (head + 1 === queue.length) {
    holder.queue = [];
    holder.head = 0;
  } else if (head > 62) {
    const rest = [];
    for (let i = head + 1; i < queue.length; i++) rest[rest.length] = queue[i];
    holder.queue = rest;
    holder.head = 0;
  } else {
    holder.head = head + 1;
  }
  return entry;
}

function dequeueValue(holder) {
  const { value, size } = shiftQueue(holder);
  holder.total -= size;
  // Sums of fractions don't come out even.
  if (holder.total < 0) holder.total = 0;
  return value;
}

// ---- the doors

/** An argument that is a dictionary: `undefined` and `null` are empty. */
function dictionary(value, name) {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'object' && typeof value !== 'function') throw nodeError('ERR_INVALID_ARG_TYPE', name, 'Object', value);
  return value;
}

/** A member that is a function, or `undefined`. */
function callback(value, name) {
  if (value !== undefined && typeof value !== 'function') throw nodeError('ERR_INVALID_ARG_TYPE', name, 'Function', value);
  return value;
}

const NO_STRATEGY = { highWaterMark: undefined, size: undefined };

/** `{ highWaterMark, size }` of a strategy, each read once and converted: a number and a function, or `undefined`. */
function strategyOf(strategy) {
  const given = dictionary(strategy, 'strategy');
  if (given === undefined) return NO_STRATEGY;
  let { highWaterMark } = given;
  if (highWaterMark !== undefined) highWaterMark = +highWaterMark;
  return { highWaterMark, size: callback(given.size, 'strategy.size') };
}

/** The high-water mark of what `strategyOf` gave; throws a `RangeError` for what isn't one. */
function checkedMark({ highWaterMark }, otherwise) {
  if (highWaterMark === undefined) return otherwise;
  if (NumberIsNaN(highWaterMark) || highWaterMark < 0) {
    throw nodeError('ERR_INVALID_ARG_VALUE.RangeError', 'strategy.highWaterMark', highWaterMark);
  }
  return highWaterMark;
}

function invalidThis(name) {
  return nodeError('ERR_INVALID_THIS', name);
}

function invalidState(message) {
  return nodeError('ERR_INVALID_STATE.TypeError', message);
}

/** Gives a class its place in the web: the tag, members that can be enumerated, how `util.inspect` shows it. */
function finishClass(constructor, name, members, shown) {
  const { prototype } = constructor;
  const properties = { __proto__: null };
  for (let i = 0; i < members.length; i++) properties[members[i]] = { __proto__: null, enumerable: true };
  ObjectDefineProperties(prototype, properties);
  ObjectDefineProperty(prototype, SymbolToStringTag, { __proto__: null, configurable: true, value: name });
  ObjectDefineProperty(prototype, kInspect, {
    __proto__: null,
    configurable: true,
    writable: true,
    value: { [kInspect](depth, options) {
      if (this === undefined || this === null) throw invalidThis(name);
      return inspectAs(this, name, shown(this), depth, options);
    } }[kInspect],
  });
}

/** Lets instances of a class be transferred; `halves` gives their records, `{ readable, writable }`. */
function makeTransferable({ prototype }, name, halves) {
  const { kTransfer, kTransferList } = binding('structured_clone');
  const method = (value) => ({ __proto__: null, configurable: true, value });
  ObjectDefineProperties(prototype, {
    [kTransferList]: method(function() {
      return require('streams/transfer').takesAlong(this, name, halves(this));
    }),
    [kTransfer]: method(function() {
      return require('streams/transfer').transferred(this, name);
    }),
  });
}

function inspectAs(self, name, properties, depth, options) {
  if (depth < 0) return self;
  const inner = { ...options, depth: options.depth == null ? null : options.depth - 1 };
  return `${name} ${require('util/inspect').inspect(properties, inner)}`;
}

/** Hangs its record on the object that the script holds. */
function setRecord(wrapper, record) {
  ObjectDefineProperty(wrapper, kRecord, { __proto__: null, value: record });
}

module.exports = {
  callback,
  checkedMark,
  deferred,
  dequeueValue,
  dictionary,
  enqueueWithSize,
  finishClass,
  inspectAs,
  invalidState,
  invalidThis,
  kInspect,
  kRecord,
  makeTransferable,
  markHandled,
  newPromiseOf,
  nop,
  promiseCall,
  queueLength,
  rejectDeferred,
  rejectedDeferred,
  resetQueue,
  resolvedDeferred,
  secret,
  setRecord,
  settleDeferred,
  shiftQueue,
  strategyOf,
  whenSettled,
};
