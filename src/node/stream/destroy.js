// How a stream is built up: options that all kinds know, and `_construct`. Tearing down is native.
'use strict';

const { Symbol } = primordials;
const { destroy, emitError, errorOrDestroy, runDestroy } = binding('stream');
const { nodeError } = binding('errors');
const { nextTick } = binding('task_queue');

const kDestroy = Symbol('kDestroy');
const kConstruct = Symbol('kConstruct');

/** Options that every kind of stream knows. */
function adopt(stream, options) {
  if (typeof options.destroy === 'function') stream._destroy = options.destroy;
  if (typeof options.construct === 'function') stream._construct = options.construct;
  if (options.signal) require('stream/abort').tie(options.signal, stream);
}

/** Destroyed while it was being constructed: what is left to do then. */
function whenConstructed(stream, err, cb) {
  stream.once(kDestroy, (late) => {
    runDestroy(stream, late && err && late !== err ? require('stream/utils').aggregateTwoErrors(late, err) : late || err, cb);
  });
}

/** Makes a destroyed stream usable again: sockets that reconnect need it. */
function undestroy() {
  this._readableState?.revive();
  this._writableState?.revive();
}

/** Runs `_construct` before anything else of the stream, then `cb`. */
function construct(stream, cb) {
  if (typeof stream._construct !== 'function') return;
  const r = stream._readableState;
  const w = stream._writableState;
  if (r) r.constructed = false;
  if (w) w.constructed = false;
  stream.once(kConstruct, cb);
  if (stream.listenerCount(kConstruct) === 1) nextTick(runConstruct, stream);
}

function runConstruct(stream) {
  let called = false;
  function done(err) {
    if (called) {
      errorOrDestroy(stream, err ?? nodeError('ERR_MULTIPLE_CALLBACK'));
      return;
    }
    called = true;
    const r = stream._readableState;
    const w = stream._writableState;
    if (r) r.constructed = true;
    if (w) w.constructed = true;
    if ((w || r).destroyed) stream.emit(kDestroy, err);
    else if (err) errorOrDestroy(stream, err, true);
    else stream.emit(kConstruct);
  }
  try {
    stream._construct((err) => nextTick(done, err));
  } catch (err) {
    nextTick(done, err);
  }
}

module.exports = { adopt, construct, destroy, undestroy, errorOrDestroy, emitError, whenConstructed };
