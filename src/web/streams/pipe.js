'use strict';
// `pipeTo`: reads from one stream and writes to another, and carries ends and errors over. <https://streams.spec.whatwg.org/#readable-stream-pipe-to>

const { FunctionPrototypeCall, PromiseAll, PromisePrototypeThen, PromiseResolve } = primordials;
const { deferred, markHandled, nop, whenSettled } = require('streams/common');
const { cancelStream } = require('streams/readable');
const { acquireReader, readDefault, releaseReader } = require('streams/readers');
const { abortStream, closeQueuedOrInFlight } = require('streams/writable');
const { acquireWriter, closeWithErrorPropagation, releaseWriter, writeChunk } = require('streams/writer');
const { EventTarget } = require('events/event_target');

const { addEventListener, removeEventListener } = EventTarget.prototype;

function pipeTo(source, sink, { preventAbort, preventCancel, preventClose, signal }) {
  const reader = acquireReader(source);
  const writer = acquireWriter(sink);
  source.disturbed = true;
  const finished = deferred();
  let shuttingDown = false;
  let currentWrite = PromiseResolve(undefined);
  let abortListener;

  if (signal !== undefined) {
    abortListener = () => {
      const error = signal.reason;
      shutdownWith(() => {
        const actions = [];
        if (!preventAbort) actions[0] = sink.state === 'writable' ? abortStream(sink, error) : PromiseResolve(undefined);
        if (!preventCancel) {
          actions[actions.length] = source.state === 'readable' ? cancelStream(source, error) : PromiseResolve(undefined);
        }
        return PromiseAll(actions);
      }, true, error);
    };
    if (signal.aborted) {
      abortListener();
      return finished.promise;
    }
    FunctionPrototypeCall(addEventListener, signal, 'abort', abortListener, { once: true });
  }

  // Errors go forward, and back; an end goes forward; an end of the sink goes back.
  whenErrored(source, reader, (error) => {
    if (preventAbort) shutdown(true, error);
    else shutdownWith(() => abortStream(sink, error), true, error);
  });
  whenErrored(sink, writer, (error) => {
    if (preventCancel) shutdown(true, error);
    else shutdownWith(() => cancelStream(source, error), true, error);
  });
  whenClosed(source, reader, () => {
    if (preventClose) shutdown();
    else shutdownWith(() => closeWithErrorPropagation(writer));
  });
  if (closeQueuedOrInFlight(sink) || sink.state === 'closed') {
    const { invalidState } = require('streams/common');
    const error = invalidState('Destination WritableStream is closed');
    if (preventCancel) shutdown(true, error);
    else shutdownWith(() => cancelStream(source, error), true, error);
  }

  const request = {
    chunk(chunk) {
      currentWrite = writeChunk(writer, chunk);
      markHandled(currentWrite);
      step();
    },
    close: nop,
    error: nop,
  };
  const read = () => {
    if (!shuttingDown) readDefault(reader, request);
  };
  // A rejection of `ready` is seen as an error of the sink.
  function step() {
    if (!shuttingDown) PromisePrototypeThen(writer.ready.promise, read, nop);
  }
  step();
  return finished.promise;

  function whenErrored(stream, end, action) {
    if (stream.state === 'errored') action(stream.storedError);
    else whenSettled(end.closed.promise, nop, action);
  }

  function whenClosed(stream, end, action) {
    if (stream.state === 'closed') action();
    else whenSettled(end.closed.promise, action, nop);
  }

  /** Everything that was read has been written, whatever was read meanwhile. */
  function writesFinished() {
    const last = currentWrite;
    const after = () => (last === currentWrite ? undefined : writesFinished());
    return PromisePrototypeThen(last, after, after);
  }

  function afterWrites(action) {
    if (sink.state === 'writable' && !closeQueuedOrInFlight(sink)) whenSettled(writesFinished(), action);
    else action();
  }

  function shutdownWith(action, failed = false, error = undefined) {
    if (shuttingDown) return;
    shuttingDown = true;
    afterWrites(() => {
      whenSettled(action(), () => finalize(failed, error), (newError) => finalize(true, newError));
    });
  }

  function shutdown(failed = false, error = undefined) {
    if (shuttingDown) return;
    shuttingDown = true;
    afterWrites(() => finalize(failed, error));
  }

  function finalize(failed, error) {
    releaseWriter(writer);
    releaseReader(reader);
    if (signal !== undefined) FunctionPrototypeCall(removeEventListener, signal, 'abort', abortListener);
    if (failed) finished.reject(error);
    else finished.resolve(undefined);
  }
}

module.exports = { pipeTo };
