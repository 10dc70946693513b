'use strict';
// `ReadableStreamDefaultController`, the queue behind an ordinary readable stream: <https://streams.spec.whatwg.org/#rs-default-controller-class>

const { FunctionPrototypeCall, PromiseResolve } = primordials;
const {
  dequeueValue, enqueueWithSize, finishClass, invalidState, invalidThis, kRecord, newPromiseOf, promiseCall, queueLength,
  resetQueue, secret, setRecord, whenSettled,
} = require('streams/common');
const { nodeError } = binding('errors');

/** What a source enqueues with. */
class ReadableStreamDefaultController {
  constructor(key = undefined, record = undefined) {
    if (key !== secret) throw nodeError('ERR_ILLEGAL_CONSTRUCTOR');
    setRecord(this, record);
  }

  get desiredSize() {
    return desiredSize(recordOf(this));
  }

  close() {
    const controller = recordOf(this);
    if (!canCloseOrEnqueue(controller)) throw invalidState('Controller is already closed');
    closeController(controller);
  }

  enqueue(chunk = undefined) {
    const controller = recordOf(this);
    if (!canCloseOrEnqueue(controller)) throw invalidState('Controller is already closed');
    enqueue(controller, chunk);
  }

  error(error = undefined) {
    errorController(recordOf(this), error);
  }
}
finishClass(
  ReadableStreamDefaultController, 'ReadableStreamDefaultController', ['close', 'desiredSize', 'enqueue', 'error'], () => ({}));

function recordOf(wrapper) {
  const record = wrapper?.[kRecord];
  if (record === undefined || record.readableController !== true) throw invalidThis('ReadableStreamDefaultController');
  return record;
}

function wrapperOf(controller) {
  return controller.wrapper ??= new ReadableStreamDefaultController(secret, controller);
}

/** `start` is a function that is called at once, or `undefined`; a promise may stand for its outcome. */
function setUpDefaultController(stream, start, pull, cancel, highWaterMark, size, startPromise = undefined) {
  const controller = {
    readableController: true, bytes: false, wrapper: undefined, stream, queue: undefined, head: 0, total: 0, started: false,
    closeRequested: false, pullAgain: false, pulling: false, highWaterMark, size, pull, cancel, pulled: undefined,
    pullFailed: undefined,
  };
  resetQueue(controller);
  stream.controller = controller;
  const result = start === undefined ? startPromise : start(controller);
  whenSettled(newPromiseOf(result), () => {
    controller.started = true;
    callPullIfNeeded(controller);
  }, (error) => errorController(controller, error));
  return controller;
}

function defaultControllerFromSource(stream, source, highWaterMark, size) {
  const { self, cancel, pull, start } = source;
  setUpDefaultController(
    stream,
    start && ((controller) => FunctionPrototypeCall(start, self, wrapperOf(controller))),
    pull && ((controller) => promiseCall(pull, self, [wrapperOf(controller)])),
    cancel && ((reason) => promiseCall(cancel, self, [reason])),
    highWaterMark, size);
}

function callPullIfNeeded(controller) {
  if (!shouldPull(controller)) return;
  if (controller.pulling) {
    controller.pullAgain = true;
    return;
  }
  controller.pulling = true;
  if (controller.pulled === undefined) {
    controller.pulled = () => {
      controller.pulling = false;
      if (controller.pullAgain) {
        controller.pullAgain = false;
        callPullIfNeeded(controller);
      }
    };
    controller.pullFailed = (error) => errorController(controller, error);
  }
  const { pull } = controller;
  const promise = pull === undefined ? PromiseResolve(undefined) : pull(controller);
  whenSettled(promise, controller.pulled, controller.pullFailed);
}

function shouldPull(controller) {
  if (!controller.started || !canCloseOrEnqueue(controller)) return false;
  const { reader } = controller.stream;
  if (reader !== undefined && reader.requests.length > 0) return true;
  return controller.highWaterMark - controller.total > 0;
}

/** After the end or a failure the source's functions are let go. */
function clearAlgorithms(controller) {
  controller.pull = controller.cancel = controller.size = undefined;
}

function canCloseOrEnqueue(controller) {
  return !controller.closeRequested && controller.stream.state === 'readable';
}

function closeController(controller) {
  if (!canCloseOrEnqueue(controller)) return;
  controller.closeRequested = true;
  if (queueLength(controller) === 0) {
    clearAlgorithms(controller);
    require('streams/readable').closeStream(controller.stream);
  }
}

function enqueue(controller, chunk) {
  if (!canCloseOrEnqueue(controller)) return;
  const { reader } = controller.stream;
  if (reader !== undefined && reader.requests.length > 0) {
    require('streams/readers').takeRequest(reader).chunk(chunk);
  } else {
    try {
      const { size } = controller;
      enqueueWithSize(controller, chunk, size === undefined ? 1 : size(chunk));
    } catch (error) {
      errorController(controller, error);
      throw error;
    }
  }
  callPullIfNeeded(controller);
}

function errorController(controller, error) {
  if (controller.stream.state !== 'readable') return;
  resetQueue(controller);
  clearAlgorithms(controller);
  require('streams/readable').errorStream(controller.stream, error);
}

function desiredSize(controller) {
  const { state } = controller.stream;
  if (state === 'errored') return null;
  return state === 'closed' ? 0 : controller.highWaterMark - controller.total;
}

function hasBackpressure(controller) {
  return !shouldPull(controller);
}

function cancelController(controller, reason) {
  resetQueue(controller);
  const { cancel } = controller;
  const result = cancel === undefined ? PromiseResolve(undefined) : cancel(reason);
  clearAlgorithms(controller);
  return result;
}

/** A reader wants a chunk. */
function pullSteps(controller, request) {
  const { stream } = controller;
  if (queueLength(controller) > 0) {
    const chunk = dequeueValue(controller);
    if (controller.closeRequested && queueLength(controller) === 0) {
      clearAlgorithms(controller);
      require('streams/readable').closeStream(stream);
    } else {
      callPullIfNeeded(controller);
    }
    request.chunk(chunk);
    return;
  }
  const { requests } = stream.reader;
  requests[requests.length] = request;
  callPullIfNeeded(controller);
}

module.exports = {
  ReadableStreamDefaultController, canCloseOrEnqueue, cancelController, closeController, defaultControllerFromSource,
  desiredSize, enqueue, errorController, hasBackpressure, pullSteps, setUpDefaultController,
};
