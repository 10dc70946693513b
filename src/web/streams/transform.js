'use strict';
// `TransformStream`: a writable and a readable stream with a function between them. <https://streams.spec.whatwg.org/#ts-model>

const { FunctionPrototypeCall, ObjectCreate, PromisePrototypeThen, PromiseReject, PromiseResolve } = primordials;
const {
  callback, checkedMark, deferred, finishClass, invalidState, invalidThis, kRecord, makeTransferable, newPromiseOf, promiseCall, secret, setRecord, strategyOf,
  whenSettled,
} = require('streams/common');
const { nodeError } = binding('errors');
const readables = require('streams/readable_controller');
const { createReadable } = require('streams/readable');
const { createWritable } = require('streams/writable');
const { errorIfNeeded } = require('streams/writable_controller');

/** What is written to `writable` comes out of `readable`, changed. */
class TransformStream {
  constructor(transformer = undefined, writableStrategy = undefined, readableStrategy = undefined) {
    if (transformer !== undefined && (transformer === null ||
      (typeof transformer !== 'object' && typeof transformer !== 'function'))) {
      throw nodeError('ERR_INVALID_ARG_TYPE', 'transformer', 'Object', transformer);
    }
    const writing = strategyOf(writableStrategy);
    const reading = strategyOf(readableStrategy);
    const given = transformerOf(transformer);
    const readableMark = checkedMark(reading, 0);
    const writableMark = checkedMark(writing, 1);
    const start = deferred();
    const record = setUp(start.promise, writableMark, writing.size, readableMark, reading.size);
    setRecord(this, record);
    const { controller } = record;
    const { self, cancel, flush, transform } = given;
    controller.transform = transform && ((chunk) => promiseCall(transform, self, [chunk, wrapperOf(controller)]));
    controller.flush = flush && (() => promiseCall(flush, self, [wrapperOf(controller)]));
    // What it returns is taken over, not used itself: an error that it sets off comes first.
    controller.cancel = cancel && ((reason) => newPromiseOf(promiseCall(cancel, self, [reason])));
    start.resolve(given.start && FunctionPrototypeCall(given.start, self, wrapperOf(controller)));
  }

  get readable() {
    return recordOf(this).readable.wrapper;
  }

  get writable() {
    return recordOf(this).writable.wrapper;
  }
}
finishClass(TransformStream, 'TransformStream', ['readable', 'writable'], (self) => {
  const { readable, writable, backpressure } = recordOf(self);
  return { readable: readable.wrapper, writable: writable.wrapper, backpressure };
});

function recordOf(wrapper) {
  const record = wrapper?.[kRecord];
  if (record === undefined || record.transformer !== true) throw invalidThis('TransformStream');
  return record;
}

/** What a transformer puts out with. */
class TransformStreamDefaultController {
  constructor(key = undefined, record = undefined) {
    if (key !== secret) throw nodeError('ERR_ILLEGAL_CONSTRUCTOR');
    setRecord(this, record);
  }

  get desiredSize() {
    return readables.desiredSize(controllerOf(this).stream.readable.controller);
  }

  enqueue(chunk = undefined) {
    enqueueOut(controllerOf(this), chunk);
  }

  error(reason = undefined) {
    errorTransform(controllerOf(this).stream, reason);
  }

  terminate() {
    terminate(controllerOf(this));
  }
}
finishClass(
  TransformStreamDefaultController, 'TransformStreamDefaultController', ['desiredSize', 'enqueue', 'error', 'terminate'],
  (self) => ({ stream: controllerOf(self).stream.readable.wrapper }));

function controllerOf(wrapper) {
  const record = wrapper?.[kRecord];
  if (record === undefined || record.transformController !== true) throw invalidThis('TransformStreamDefaultController');
  return record;
}

function wrapperOf(controller) {
  return controller.wrapper ??= new TransformStreamDefaultController(secret, controller);
}

function transformerOf(transformer) {
  if (transformer === undefined) return { self: undefined };
  const cancel = callback(transformer.cancel, 'transformer.cancel');
  const flush = callback(transformer.flush, 'transformer.flush');
  const { readableType } = transformer;
  if (readableType !== undefined) throw nodeError('ERR_INVALID_ARG_VALUE.RangeError', 'transformer.readableType', readableType);
  const start = callback(transformer.start, 'transformer.start');
  const transform = callback(transformer.transform, 'transformer.transform');
  const { writableType } = transformer;
  if (writableType !== undefined) throw nodeError('ERR_INVALID_ARG_VALUE.RangeError', 'transformer.writableType', writableType);
  return { self: transformer, cancel, flush, start, transform };
}

function setUp(startPromise, writableMark, writableSize, readableMark, readableSize) {
  const stream = {
    transformer: true, readable: undefined, writable: undefined, backpressure: undefined, backpressureChange: undefined,
    controller: undefined,
  };
  stream.controller = {
    transformController: true, wrapper: undefined, stream, transform: undefined, flush: undefined, cancel: undefined,
    finish: undefined,
  };
  stream.writable = createWritable(
    (chunk) => sinkWrite(stream, chunk), () => sinkClose(stream), (reason) => sinkAbort(stream, reason),
    writableMark, writableSize, startPromise);
  stream.readable = createReadable(
    () => sourcePull(stream), (reason) => sourceCancel(stream, reason), readableMark, readableSize, startPromise);
  setBackpressure(stream, true);
  return stream;
}

/** A transform stream of the runtime's own, already started: `transform(chunk, controller)` and `flush(controller)`. */
function createTransform(transform, flush) {
  const stream = setUp(undefined, 1, undefined, 0, undefined);
  const { controller } = stream;
  const call = (f, chunk) => {
    try {
      f(chunk, controller);
      return PromiseResolve(undefined);
    } catch (error) {
      return PromiseReject(error);
    }
  };
  controller.transform = (chunk) => call(transform, chunk);
  controller.flush = () => call(flush, undefined);
  return stream;
}

function setBackpressure(stream, backpressure) {
  if (stream.backpressureChange !== undefined) stream.backpressureChange.resolve(undefined);
  stream.backpressureChange = deferred();
  stream.backpressure = backpressure;
}

function errorTransform(stream, error) {
  readables.errorController(stream.readable.controller, error);
  errorWritableAndUnblock(stream, error);
}

function errorWritableAndUnblock(stream, error) {
  clearAlgorithms(stream.controller);
  errorIfNeeded(stream.writable.controller, error);
  if (stream.backpressure) setBackpressure(stream, false);
}

function clearAlgorithms(controller) {
  controller.transform = controller.flush = controller.cancel = undefined;
}

function enqueueOut(controller, chunk) {
  const { stream } = controller;
  const out = stream.readable.controller;
  if (!readables.canCloseOrEnqueue(out)) throw invalidState('Unable to enqueue');
  try {
    readables.enqueue(out, chunk);
  } catch (error) {
    errorWritableAndUnblock(stream, error);
    throw stream.readable.storedError;
  }
  const backpressure = readables.hasBackpressure(out);
  if (backpressure !== stream.backpressure) setBackpressure(stream, true);
}

function terminate({ stream }) {
  const out = stream.readable.controller;
  if (readables.canCloseOrEnqueue(out)) readables.closeController(out);
  errorWritableAndUnblock(stream, invalidState('TransformStream terminated'));
}

function performTransform(controller, chunk) {
  const { stream, transform } = controller;
  let result;
  if (transform === undefined) {
    try {
      enqueueOut(controller, chunk);
      result = PromiseResolve(undefined);
    } catch (error) {
      result = PromiseReject(error);
    }
  } else {
    result = transform(chunk);
  }
  return PromisePrototypeThen(result, undefined, (error) => {
    errorTransform(stream, error);
    throw error;
  });
}

function sinkWrite(stream, chunk) {
  const { controller, writable } = stream;
  if (!stream.backpressure) return performTransform(controller, chunk);
  return PromisePrototypeThen(stream.backpressureChange.promise, () => {
    if (writable.state === 'erroring') throw writable.storedError;
    return performTransform(controller, chunk);
  });
}

function sinkAbort(stream, reason) {
  const { controller, readable } = stream;
  if (controller.finish !== undefined) return controller.finish.promise;
  const finish = controller.finish = deferred();
  const { cancel } = controller;
  const done = cancel === undefined ? PromiseResolve(undefined) : cancel(reason);
  clearAlgorithms(controller);
  whenSettled(done, () => {
    if (readable.state === 'errored') {
      finish.reject(readable.storedError);
    } else {
      readables.errorController(readable.controller, reason);
      finish.resolve(undefined);
    }
  }, (error) => {
    readables.errorController(readable.controller, error);
    finish.reject(error);
  });
  return finish.promise;
}

function sinkClose(stream) {
  const { controller, readable } = stream;
  if (controller.finish !== undefined) return controller.finish.promise;
  const finish = controller.finish = deferred();
  const { flush } = controller;
  const done = flush === undefined ? PromiseResolve(undefined) : flush();
  clearAlgorithms(controller);
  whenSettled(done, () => {
    if (readable.state === 'errored') {
      finish.reject(readable.storedError);
    } else {
      readables.closeController(readable.controller);
      finish.resolve(undefined);
    }
  }, (error) => {
    readables.errorController(readable.controller, error);
    finish.reject(error);
  });
  return finish.promise;
}

function sourceCancel(stream, reason) {
  const { controller, writable } = stream;
  if (controller.finish !== undefined) return controller.finish.promise;
  const finish = controller.finish = deferred();
  const { cancel } = controller;
  const done = cancel === undefined ? PromiseResolve(undefined) : cancel(reason);
  clearAlgorithms(controller);
  const unblock = (error) => {
    errorIfNeeded(writable.controller, error);
    if (stream.backpressure) setBackpressure(stream, false);
  };
  whenSettled(done, () => {
    if (writable.state === 'errored') {
      finish.reject(writable.storedError);
    } else {
      unblock(reason);
      finish.resolve(undefined);
    }
  }, (error) => {
    unblock(error);
    finish.reject(error);
  });
  return finish.promise;
}

function sourcePull(stream) {
  setBackpressure(stream, false);
  return stream.backpressureChange.promise;
}

makeTransferable(TransformStream, 'TransformStream', (self) => {
  const { readable, writable } = recordOf(self);
  return { readable, writable };
});

/** Two streams of which one gives what the other was given, elsewhere. */
function pairOf(readable, writable) {
  const pair = ObjectCreate(TransformStream.prototype);
  setRecord(pair, { transformer: true, readable, writable, backpressure: undefined, controller: undefined });
  return pair;
}

module.exports = { TransformStream, TransformStreamDefaultController, createTransform, enqueueOut, pairOf };
