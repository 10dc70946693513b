'use strict';
// `ReadableStream.prototype.tee`: one source, two streams. <https://streams.spec.whatwg.org/#abstract-opdef-readablestreamtee>

const { PromiseResolve } = primordials;
const { deferred, nop, whenSettled } = require('streams/common');
const { cancelStream, createReadable, createReadableBytes } = require('streams/readable');
const { closeController, enqueue, errorController } = require('streams/readable_controller');
const { acquireReader, attach, readByob, readDefault, releaseReader } = require('streams/readers');
const { queueMicrotask } = binding('task_queue');

function tee(stream) {
  return stream.controller.bytes ? teeBytes(stream) : teeDefault(stream);
}

/** The two sides' cancellations, which become one of the source when both are there. */
function cancellation(stream) {
  const both = deferred();
  const sides = [undefined, undefined];
  const cancel = (index) => (reason) => {
    sides[index] = { reason };
    const other = sides[1 - index];
    if (other !== undefined) {
      both.resolve(cancelStream(stream, [sides[0].reason, sides[1].reason]));
    }
    return both.promise;
  };
  return { both, sides, cancel };
}

function teeDefault(stream) {
  const reader = acquireReader(stream);
  const { both, sides, cancel } = cancellation(stream);
  let reading = false;
  let readAgain = false;
  let branches;
  const request = {
    chunk(chunk) {
      // Later: an error of the source must reach the branches before the chunk does.
      queueMicrotask(() => {
        readAgain = false;
        for (let i = 0; i < 2; i++) {
          if (sides[i] === undefined) enqueue(branches[i].controller, chunk);
        }
        reading = false;
        if (readAgain) pull();
      });
    },
    close() {
      reading = false;
      for (let i = 0; i < 2; i++) {
        if (sides[i] === undefined) closeController(branches[i].controller);
      }
      if (sides[0] === undefined || sides[1] === undefined) both.resolve();
    },
    error() {
      reading = false;
    },
  };
  function pull() {
    if (reading) {
      readAgain = true;
    } else {
      reading = true;
      readDefault(reader, request);
    }
    return PromiseResolve(undefined);
  }
  branches = [createReadable(pull, cancel(0)), createReadable(pull, cancel(1))];
  whenSettled(reader.closed.promise, nop, (error) => {
    errorController(branches[0].controller, error);
    errorController(branches[1].controller, error);
    if (sides[0] === undefined || sides[1] === undefined) both.resolve();
  });
  return branches;
}

function teeBytes(stream) {
  const bytes = require('streams/byte_controller');
  const { cloneBytes } = require('streams/byte_views');
  let reader = acquireReader(stream);
  const { both, sides, cancel } = cancellation(stream);
  let reading = false;
  const again = [false, false];
  let branches;

  function forwardError(from) {
    whenSettled(from.closed.promise, nop, (error) => {
      if (from !== reader) return;
      bytes.errorByteController(branches[0].controller, error);
      bytes.errorByteController(branches[1].controller, error);
      if (sides[0] === undefined || sides[1] === undefined) both.resolve();
    });
  }

  function pullAgain() {
    if (again[0]) pull(0);
    else if (again[1]) pull(1);
  }

  function swapReader(byob) {
    if (reader.byob === byob) return;
    releaseReader(reader);
    reader = byob ? attach(stream, true) : acquireReader(stream);
    forwardError(reader);
  }

  /** A copy for the second branch; if none can be made, all fails. */
  function copyOf(chunk) {
    try {
      return cloneBytes(chunk);
    } catch (error) {
      bytes.errorByteController(branches[0].controller, error);
      bytes.errorByteController(branches[1].controller, error);
      both.resolve(cancelStream(stream, error));
      return undefined;
    }
  }

  const defaultRequest = {
    chunk(chunk) {
      queueMicrotask(() => {
        again[0] = again[1] = false;
        let second = chunk;
        if (sides[0] === undefined && sides[1] === undefined) {
          second = copyOf(chunk);
          if (second === undefined) return;
        }
        if (sides[0] === undefined) bytes.enqueueBytes(branches[0].controller, chunk);
        if (sides[1] === undefined) bytes.enqueueBytes(branches[1].controller, second);
        reading = false;
        pullAgain();
      });
    },
    close() {
      reading = false;
      for (let i = 0; i < 2; i++) {
        if (sides[i] === undefined) bytes.closeByteController(branches[i].controller);
      }
      for (let i = 0; i < 2; i++) {
        if (branches[i].controller.pendingPullIntos.length > 0) bytes.respond(branches[i].controller, 0);
      }
      if (sides[0] === undefined || sides[1] === undefined) both.resolve();
    },
    error() {
      reading = false;
    },
  };

  function byobRequest(index) {
    const own = branches[index].controller;
    const other = branches[1 - index].controller;
    return {
      chunk(chunk) {
        queueMicrotask(() => {
          again[0] = again[1] = false;
          const ownCancelled = sides[index] !== undefined;
          if (sides[1 - index] === undefined) {
            const copy = copyOf(chunk);
            if (copy === undefined) return;
            if (!ownCancelled) bytes.respondWithNewView(own, chunk);
            bytes.enqueueBytes(other, copy);
          } else if (!ownCancelled) {
            bytes.respondWithNewView(own, chunk);
          }
          reading = false;
          pullAgain();
        });
      },
      close(chunk) {
        reading = false;
        const ownCancelled = sides[index] !== undefined;
        const otherCancelled = sides[1 - index] !== undefined;
        if (!ownCancelled) bytes.closeByteController(own);
        if (!otherCancelled) bytes.closeByteController(other);
        if (chunk !== undefined) {
          if (!ownCancelled) bytes.respondWithNewView(own, chunk);
          if (!otherCancelled && other.pendingPullIntos.length > 0) bytes.respond(other, 0);
        }
        if (!ownCancelled || !otherCancelled) both.resolve();
      },
      error() {
        reading = false;
      },
    };
  }

  function pull(index) {
    if (reading) {
      again[index] = true;
      return PromiseResolve(undefined);
    }
    reading = true;
    const request = bytes.byobRequestOf(branches[index].controller);
    if (request === null) {
      swapReader(false);
      readDefault(reader, defaultRequest);
    } else {
      swapReader(true);
      readByob(reader, request.view, 1, byobRequest(index));
    }
    return PromiseResolve(undefined);
  }

  branches = [createReadableBytes(() => pull(0), cancel(0)), createReadableBytes(() => pull(1), cancel(1))];
  forwardError(reader);
  return branches;
}

module.exports = { tee };
