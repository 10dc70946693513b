// `finished`: tells when a stream is no longer readable, writable, or has failed or closed early.
'use strict';

const { ObjectDefineProperty, PromisePrototypeThen, ReflectApply, SymbolDispose, SymbolFor } = primordials;
const utils = require('stream/utils');
const { nodeError } = binding('errors');
const { nextTick } = binding('task_queue');
const { validateAbortSignal, validateFunction, validateObject } = binding('validators');

const {
  errorOf,
  isClosed,
  isNodeStream,
  isReadable,
  isReadableFinished,
  isReadableNode,
  isReadableStream,
  isRequest,
  isWritable,
  isWritableFinished,
  isWritableNode,
  isWritableStream,
  once,
} = utils;

function nop() {}

function abortError(signal) {
  const { AbortError } = require('errors');
  return new AbortError(undefined, { cause: signal.reason });
}

function finished(stream, options, callback) {
  if (arguments.length === 2) {
    callback = options;
    options = {};
  } else if (options == null) {
    options = {};
  } else {
    validateObject(options, 'options');
  }
  validateFunction(callback, 'callback');
  validateAbortSignal(options.signal, 'options.signal');
  return eos(stream, options, inContext(callback));
}

/** `callback` in the async context of this call, not of whoever ends the stream. */
function inContext(callback) {
  const { getFrame, setFrame } = binding('async_context');
  const frame = getFrame();
  if (frame === undefined) return callback;
  return function(...args) {
    const before = setFrame(frame);
    try {
      return ReflectApply(callback, this, args);
    } finally {
      setFrame(before);
    }
  };
}

/** What is to be known of a stream before it is watched: which sides it has, which are done, whether it is closed or says so. */
function factsOf(stream, w, r) {
  if (w === undefined && typeof r?.endEmitted === 'boolean' && typeof stream.write !== 'function') {
    // A stream to read and no more, by far the most frequent: the general questions ask again and again for what it lacks.
    return {
      isReadable: true,
      isWritable: false,
      isRequest: false,
      emitsClose: !!(r.autoDestroy && r.emitClose && r.closed === false),
      writeDone: null,
      readDone: !r.errored && !!(r.endEmitted || (r.ended === true && r.length === 0)),
      closed: typeof stream.closed === 'boolean' ? stream.closed : r.closed,
    };
  }
  return {
    isReadable: isReadableNode(stream),
    isWritable: isWritableNode(stream),
    isRequest: isRequest(stream),
    emitsClose: utils.willEmitClose(stream),
    writeDone: isWritableFinished(stream, false),
    readDone: isReadableFinished(stream, false),
    closed: isClosed(stream),
  };
}

/** Returns a function that takes all listeners away. */
function eos(stream, options, given) {
  if (!isNodeStream(stream)) {
    if (isReadableStream(stream) || isWritableStream(stream)) return eosWeb(stream, options, once(given));
    throw nodeError('ERR_INVALID_ARG_TYPE', 'stream', ['ReadableStream', 'WritableStream', 'Stream'], stream);
  }
  const w = stream._writableState;
  const r = stream._readableState;
  const facts = factsOf(stream, w, r);
  const readable = options.readable ?? facts.isReadable;
  const writable = options.writable ?? facts.isWritable;
  // Where 'close' is sure to come and concerns exactly what is asked for, it is waited for.
  let willClose = facts.emitsClose && facts.isReadable === readable && facts.isWritable === writable;
  let { writeDone, readDone, closed } = facts;
  let cleaned = false;
  // Nothing once it has been called.
  let callback = given;

  function tell(err) {
    const told = callback;
    callback = nop;
    if (err === undefined) ReflectApply(told, stream, []);
    else ReflectApply(told, stream, [err]);
  }

  function onfinish() {
    writeDone = true;
    // Destroyed by hand on older streams: no 'close' will follow.
    if (stream.destroyed) willClose = false;
    if (willClose && (!stream.writable || writable)) return;
    if (!readable || readDone) tell();
  }

  function onend() {
    readDone = true;
    if (stream.destroyed) willClose = false;
    if (willClose && (!stream.readable || readable)) return;
    if (!writable || writeDone) tell();
  }

  function onclose() {
    closed = true;
    tell(closeError(stream, readable && !readDone, writable && !writeDone));
  }

  const listeners = [];

  if (facts.isRequest) {
    listen(stream, listeners, 'complete', onfinish);
    if (!willClose) listen(stream, listeners, 'abort', onclose);
    if (stream.req) stream.req.on('finish', onfinish);
    else listen(stream, listeners, 'request', () => { stream.req.on('finish', onfinish); });
  } else if (writable && !w) {
    const onLegacyFinish = () => {
      if (!stream.writable) onfinish();
    };
    listen(stream, listeners, 'end', onLegacyFinish);
    listen(stream, listeners, 'close', onLegacyFinish);
  }
  if (!willClose && typeof stream.aborted === 'boolean') listen(stream, listeners, 'aborted', onclose);
  listen(stream, listeners, 'end', onend);
  listen(stream, listeners, 'finish', onfinish);
  if (options.error !== false) {
    listen(stream, listeners, 'error', (err) => {
      const told = callback;
      callback = nop;
      ReflectApply(told, stream, [err]);
    });
  }
  listen(stream, listeners, 'close', onclose);

  if (closed) {
    // How it ended is known; what happens to it from now on changes nothing, and an error of
    // which it still has to tell is not unhandled.
    const told = callback;
    const err = closeError(stream, readable && !readDone, writable && !writeDone);
    callback = nop;
    nextTick(() => {
      if (!cleaned) ReflectApply(told, stream, err === undefined ? [] : [err]);
    });
  } else if (isOver(stream, w, r, readable, writable, willClose, readDone, writeDone)) {
    nextTick(() => {
      closed = true;
      const err = errorOf(stream, 'writable') || errorOf(stream, 'readable');
      tell(err && typeof err !== 'boolean' ? err : undefined);
    });
  }

  function cleanup() {
    cleaned = true;
    callback = nop;
    for (let i = 0; i < listeners.length; i += 2) stream.removeListener(listeners[i], listeners[i + 1]);
    if (stream.req) stream.req.removeListener('finish', onfinish);
  }

  const { signal } = options;
  if (signal && !closed) {
    const abort = () => {
      const told = callback;
      cleanup();
      ReflectApply(told, stream, [abortError(signal)]);
    };
    callback = untilAborted(stream, signal, abort, callback);
  }
  return cleanup;
}

function listen(stream, listeners, type, listener) {
  stream.on(type, listener);
  listeners[listeners.length] = type;
  listeners[listeners.length] = listener;
}

/** Whether a stream that isn't closed was over before we looked: nothing will come of it. */
function isOver(stream, w, r, readable, writable, willClose, readDone, writeDone) {
  if (w?.errorEmitted || r?.errorEmitted) return !willClose;
  if (!readable && (!willClose || isReadable(stream)) && (writeDone || isWritable(stream) === false) && !w?.pendingcb) {
    return true;
  }
  if (!writable && (!willClose || isWritable(stream)) && (readDone || isReadable(stream) === false)) return true;
  return !!(r && stream.req && stream.aborted);
}

/** With what a stream that is closed has ended, whose sides are waited for still or not. */
function closeError(stream, reads, writes) {
  const err = errorOf(stream, 'writable') || errorOf(stream, 'readable');
  if (err && typeof err !== 'boolean') return err;
  if ((reads && isReadableNode(stream, true) && !isReadableFinished(stream, false)) ||
      (writes && !isWritableFinished(stream, false))) {
    return nodeError('ERR_STREAM_PREMATURE_CLOSE');
  }
  return undefined;
}

// Calls `abort` when the signal says so, until the callback that is returned is called.
function untilAborted(stream, signal, abort, callback) {
  if (signal.aborted) {
    nextTick(abort);
    return callback;
  }
  const listener = require('events/extra').addAbortListener(signal, abort);
  return once(function(...args) {
    listener[SymbolDispose]();
    ReflectApply(callback, stream, args);
  });
}

function eosWeb(stream, options, callback) {
  let aborted = false;
  let abort = nop;
  const { signal } = options;
  if (signal) {
    abort = () => {
      aborted = true;
      ReflectApply(callback, stream, [abortError(signal)]);
    };
    callback = untilAborted(stream, signal, abort, callback);
  }
  const settled = (...args) => {
    if (!aborted) nextTick(() => ReflectApply(callback, stream, args));
  };
  PromisePrototypeThen(stream[utils.kIsClosedPromise].promise, settled, settled);
  return nop;
}

ObjectDefineProperty(finished, SymbolFor('nodejs.util.promisify.custom'), {
  __proto__: null,
  enumerable: true,
  get: () => require('stream/promises').finished,
});

module.exports = { finished, eos };
