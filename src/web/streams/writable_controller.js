'use strict';
// `WritableStreamDefaultController`, the queue before a sink: <https://streams.spec.whatwg.org/#ws-default-controller-class>

const { FunctionPrototypeCall, PromiseResolve } = primordials;
const {
  dequeueValue, enqueueWithSize, finishClass, invalidThis, kRecord, newPromiseOf, promiseCall, queueLength, resetQueue, secret, setRecord,
  whenSettled,
} = require('streams/common');
const { nodeError } = binding('errors');

const closeMark = Symbol('close');

/** What a sink hears of aborts with, and fails with. */
class WritableStreamDefaultController {
  constructor(key = undefined, record = undefined) {
    if (key !== secret) throw nodeError('ERR_ILLEGAL_CONSTRUCTOR');
    setRecord(this, record);
  }

  get signal() {
    const controller = recordOf(this);
    if (controller.abortController === undefined) {
      const { AbortController } = require('events/abort');
      controller.abortController = new AbortController();
      if (controller.aborted !== undefined) controller.abortController.abort(controller.aborted.reason);
    }
    return controller.abortController.signal;
  }

  error(error = undefined) {
    const controller = recordOf(this);
    if (controller.stream.state === 'writable') errorController(controller, error);
  }
}
finishClass(WritableStreamDefaultController, 'WritableStreamDefaultController', ['error', 'signal'], (self) => {
  return { stream: recordOf(self).stream.wrapper };
});

function recordOf(wrapper) {
  const record = wrapper?.[kRecord];
  if (record === undefined || record.writableController !== true) throw invalidThis('WritableStreamDefaultController');
  return record;
}

function wrapperOf(controller) {
  return controller.wrapper ??= new WritableStreamDefaultController(secret, controller);
}

function setUpController(stream, start, write, close, abort, highWaterMark, size, startPromise = undefined) {
  const streams = require('streams/writable');
  const controller = {
    writableController: true, wrapper: undefined, stream, queue: undefined, head: 0, total: 0, started: false,
    highWaterMark, size, write, close, abort, abortController: undefined, aborted: undefined, written: undefined,
    writeFailed: undefined,
  };
  resetQueue(controller);
  stream.controller = controller;
  streams.updateBackpressure(stream, hasBackpressure(controller));
  const result = start === undefined ? startPromise : start(controller);
  whenSettled(newPromiseOf(result), () => {
    controller.started = true;
    advanceQueue(controller);
  }, (error) => {
    controller.started = true;
    streams.dealWithRejection(stream, error);
  });
}

function controllerFromSink(stream, sink, highWaterMark, size) {
  const { self, abort, close, start, write } = sink;
  setUpController(
    stream,
    start && ((controller) => FunctionPrototypeCall(start, self, wrapperOf(controller))),
    write && ((chunk, controller) => promiseCall(write, self, [chunk, wrapperOf(controller)])),
    close && (() => promiseCall(close, self, [])),
    abort && ((reason) => promiseCall(abort, self, [reason])),
    highWaterMark, size);
}

function clearAlgorithms(controller) {
  controller.write = controller.close = controller.abort = controller.size = undefined;
}

function signalAbort(controller, reason) {
  if (controller.aborted !== undefined) return;
  controller.aborted = { reason };
  if (controller.abortController !== undefined) controller.abortController.abort(reason);
}

function abortSteps(controller, reason) {
  const { abort } = controller;
  const result = abort === undefined ? PromiseResolve(undefined) : abort(reason);
  clearAlgorithms(controller);
  return result;
}

function errorSteps(controller) {
  resetQueue(controller);
}

function closeRequested(controller) {
  enqueueWithSize(controller, closeMark, 0);
  advanceQueue(controller);
}

function desiredSize(controller) {
  return controller.highWaterMark - controller.total;
}

function hasBackpressure(controller) {
  return desiredSize(controller) <= 0;
}

function chunkSize(controller, chunk) {
  const { size } = controller;
  if (size === undefined) return 1;
  try {
    return size(chunk);
  } catch (error) {
    errorIfNeeded(controller, error);
    return 1;
  }
}

function write(controller, chunk, size) {
  try {
    enqueueWithSize(controller, chunk, size);
  } catch (error) {
    errorIfNeeded(controller, error);
    return;
  }
  const { stream } = controller;
  const { closeQueuedOrInFlight, updateBackpressure } = require('streams/writable');
  if (stream.state === 'writable' && !closeQueuedOrInFlight(stream)) updateBackpressure(stream, hasBackpressure(controller));
  advanceQueue(controller);
}

function advanceQueue(controller) {
  const { stream } = controller;
  if (!controller.started || stream.inFlightWrite !== undefined) return;
  if (stream.state === 'erroring') {
    require('streams/writable').finishErroring(stream);
    return;
  }
  if (queueLength(controller) === 0) return;
  const { value } = controller.queue[controller.head];
  if (value === closeMark) processClose(controller);
  else processWrite(controller, value);
}

function processClose(controller) {
  const { stream } = controller;
  const { failInFlightClose, finishInFlightClose } = require('streams/writable');
  stream.inFlightClose = stream.closeRequest;
  stream.closeRequest = undefined;
  dequeueValue(controller);
  const { close } = controller;
  const result = close === undefined ? PromiseResolve(undefined) : close();
  clearAlgorithms(controller);
  whenSettled(result, () => finishInFlightClose(stream), (error) => failInFlightClose(stream, error));
}

function processWrite(controller, chunk) {
  const { stream } = controller;
  const { writeRequests } = stream;
  stream.inFlightWrite = writeRequests[0];
  const rest = [];
  for (let i = 1; i < writeRequests.length; i++) rest[i - 1] = writeRequests[i];
  stream.writeRequests = rest;
  if (controller.written === undefined) prepareCallbacks(controller);
  const result = controller.write === undefined ? PromiseResolve(undefined) : controller.write(chunk, controller);
  whenSettled(result, controller.written, controller.writeFailed);
}

/** What follows a write is the same each time. */
function prepareCallbacks(controller) {
  const { stream } = controller;
  const { closeQueuedOrInFlight, failInFlightWrite, finishInFlightWrite, updateBackpressure } = require('streams/writable');
  controller.written = () => {
    finishInFlightWrite(stream);
    const { state } = stream;
    dequeueValue(controller);
    if (!closeQueuedOrInFlight(stream) && state === 'writable') updateBackpressure(stream, hasBackpressure(controller));
    advanceQueue(controller);
  };
  controller.writeFailed = (error) => {
    if (stream.state === 'writable') clearAlgorithms(controller);
    failInFlightWrite(stream, error);
  };
}

function errorIfNeeded(controller, error) {
  if (controller.stream.state === 'writable') errorController(controller, error);
}

function errorController(controller, error) {
  clearAlgorithms(controller);
  require('streams/writable').startErroring(controller.stream, error);
}

module.exports = {
  WritableStreamDefaultController, abortSteps, chunkSize, closeRequested, controllerFromSink, desiredSize, errorController,
  errorIfNeeded, errorSteps, setUpController, signalAbort, write,
};
