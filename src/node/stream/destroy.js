// How a stream is built up: options that all kinds know, and what is destroyed before it is built. The rest is native.
'use strict';

const { Symbol } = primordials;
const { destroy, emitError, errorOrDestroy, runDestroy } = binding('stream');

const kDestroy = Symbol('kDestroy');

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

/** It has been constructed, or has failed to be. */
function constructedTooLate(stream, err) {
  stream.emit(kDestroy, err);
}

module.exports = { adopt, destroy, undestroy, errorOrDestroy, emitError, whenConstructed, constructedTooLate };
