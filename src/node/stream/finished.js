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

/** Returns a function that takes all listeners away. */
function eos(stream, options, given) {
  let callback = once(given);
  if (isReadableStream(stream) || isWritableStream(stream)) return eosWeb(stream, options, callback);
  if (!isNodeStream(stream)) {
    throw nodeError('ERR_INVALID_ARG_TYPE', 'stream', ['ReadableStream', 'WritableStream', 'Stream'], stream);
  }
  const readable = options.readable ?? isReadableNode(stream);
  const writable = options.writable ?? isWritableNode(stream);
  const w = stream._writableState;
  const r = stream._readableState;

  // Where 'close' is sure to come and concerns exactly what is asked for, it is waited for.
  let willClose = utils.willEmitClose(stream) &&
    isReadableNode(stream) === readable && isWritableNode(stream) === writable;
  let writeDone = isWritableFinished(stream, false);
  let readDone = isReadableFinished(stream, false);
  let closed = isClosed(stream);
  let cleaned = false;

  const done = (err) => (err === undefined ? ReflectApply(callback, stream, []) : ReflectApply(callback, stream, [err]));

  function onfinish() {
    writeDone = true;
    // Destroyed by hand on older streams: no 'close' will follow.
    if (stream.destroyed) willClose = false;
    if (willClose && (!stream.writable || writable)) return;
    if (!readable || readDone) done();
  }

  function onend() {
    readDone = true;
    if (stream.destroyed) willClose = false;
    if (willClose && (!stream.readable || readable)) return;
    if (!writable || writeDone) done();
  }

  function onLegacyFinish() {
    if (!stream.writable) onfinish();
  }

  function onerror(err) {
    ReflectApply(callback, stream, [err]);
  }

  function closeError() {
    const err = errorOf(stream, 'writable') || errorOf(stream, 'readable');
    if (err && typeof err !== 'boolean') return err;
    if ((readable && !readDone && isReadableNode(stream, true) && !isReadableFinished(stream, false)) ||
        (writable && !writeDone && !isWritableFinished(stream, false))) {
      return nodeError('ERR_STREAM_PREMATURE_CLOSE');
    }
    return undefined;
  }

  function onclose() {
    closed = true;
    done(closeError());
  }

  // For what was over before we looked.
  function onclosed() {
    closed = true;
    const err = errorOf(stream, 'writable') || errorOf(stream, 'readable');
    done(err && typeof err !== 'boolean' ? err : undefined);
  }

  function onrequest() {
    stream.req.on('finish', onfinish);
  }

  const listeners = [];
  function listen(type, listener) {
    stream.on(type, listener);
    listeners[listeners.length] = type;
    listeners[listeners.length] = listener;
  }

  if (isRequest(stream)) {
    listen('complete', onfinish);
    if (!willClose) listen('abort', onclose);
    if (stream.req) onrequest();
    else listen('request', onrequest);
  } else if (writable && !w) {
    listen('end', onLegacyFinish);
    listen('close', onLegacyFinish);
  }
  if (!willClose && typeof stream.aborted === 'boolean') listen('aborted', onclose);
  listen('end', onend);
  listen('finish', onfinish);
  if (options.error !== false) listen('error', onerror);
  listen('close', onclose);

  if (closed) {
    // How it ended is known; what happens to it from now on changes nothing, and an error of
    // which it still has to tell is not unhandled.
    const told = callback;
    const err = closeError();
    callback = nop;
    nextTick(() => {
      if (!cleaned) ReflectApply(told, stream, err === undefined ? [] : [err]);
    });
  } else if (w?.errorEmitted || r?.errorEmitted) {
    if (!willClose) nextTick(onclosed);
  } else if (!readable && (!willClose || isReadable(stream)) && (writeDone || isWritable(stream) === false) &&
             !w?.pendingcb) {
    nextTick(onclosed);
  } else if (!writable && (!willClose || isWritable(stream)) && (readDone || isReadable(stream) === false)) {
    nextTick(onclosed);
  } else if (r && stream.req && stream.aborted) {
    nextTick(onclosed);
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
