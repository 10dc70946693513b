'use strict';
// `ReadableStream.from`: <https://streams.spec.whatwg.org/#rs-from>

const {
  FunctionPrototypeCall, PromisePrototypeThen, PromiseReject, PromiseResolve, SymbolAsyncIterator, SymbolIterator, TypeError,
} = primordials;
const { nodeError } = binding('errors');
const { createReadable } = require('streams/readable');
const { closeController, enqueue } = require('streams/readable_controller');

const isObject = (value) => value !== null && (typeof value === 'object' || typeof value === 'function');

/** `{ iterator, next, sync }` */
function iteratorOf(iterable) {
  if (iterable === null || iterable === undefined) throw notIterable(iterable);
  let sync = false;
  let method = iterable[SymbolAsyncIterator];
  if (method === undefined || method === null) {
    sync = true;
    method = iterable[SymbolIterator];
  }
  if (typeof method !== 'function') throw notIterable(iterable);
  const iterator = FunctionPrototypeCall(method, iterable);
  if (!isObject(iterator)) throw nodeError('ERR_INVALID_STATE.TypeError', 'The iterator method must return an object');
  return { iterator, next: iterator.next, sync };
}

function notIterable(value) {
  return nodeError('ERR_ARG_NOT_ITERABLE', value);
}

/** What a synchronous iterator's result comes to: its value may be a promise. */
function awaited(result) {
  if (!isObject(result)) throw notAnObject('next');
  const { done } = result;
  return PromisePrototypeThen(PromiseResolve(result.value), (value) => ({ done, value }));
}

function notAnObject(name) {
  return new TypeError(`The promise returned by the iterator.${name}() method must fulfill with an object`);
}

function fromIterable(iterable) {
  const { iterator, next, sync } = iteratorOf(iterable);
  function pull(controller) {
    let result;
    try {
      result = FunctionPrototypeCall(next, iterator);
      result = sync ? awaited(result) : PromiseResolve(result);
    } catch (error) {
      return PromiseReject(error);
    }
    return PromisePrototypeThen(result, (step) => {
      if (!isObject(step)) throw notAnObject('next');
      if (step.done) closeController(controller);
      else enqueue(controller, step.value);
    });
  }
  function cancel(reason) {
    let result;
    try {
      const method = iterator.return;
      if (method === undefined || method === null) return PromiseResolve(undefined);
      result = FunctionPrototypeCall(method, iterator, reason);
      if (sync && !isObject(result)) throw notAnObject('return');
      result = sync ? awaited(result) : PromiseResolve(result);
    } catch (error) {
      return PromiseReject(error);
    }
    return PromisePrototypeThen(result, (step) => {
      if (!isObject(step)) throw notAnObject('return');
    });
  }
  return createReadable(pull, cancel, 0);
}

module.exports = { fromIterable };
