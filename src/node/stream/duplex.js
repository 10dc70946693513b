// Duplex: what making one takes, beyond the two halves.
'use strict';

const { becomeEmitter } = require('stream/core');
const { makeReadableState, sourceConstructed } = binding('stream');
const { adoptWriter, makeWritableState, sinkConstructed } = require('stream/writable');
const { construct } = require('stream/destroy');

/** What the constructor does: for emitters that were made without one. */
exports.initDuplex = function(stream, options) {
  const r = stream._readableState = makeReadableState(stream, options, true);
  const w = stream._writableState = makeWritableState(stream, options, true);
  stream.allowHalfOpen = true;
  if (options) {
    if (options.allowHalfOpen === false) stream.allowHalfOpen = false;
    if (options.readable === false) {
      r.readable = false;
      r.ended = r.endEmitted = true;
    }
    if (options.writable === false) {
      w.writable = false;
      w.ending = w.ended = w.finished = true;
    }
    if (typeof options.read === 'function') stream._read = options.read;
    adoptWriter(stream, options);
  }
  becomeEmitter(stream, options);
  if (stream._construct != null) {
    construct(stream, () => {
      sourceConstructed(stream);
      sinkConstructed(stream);
    });
  }
};

exports.members = {
  // Destroyed means both halves.
  get destroyed() {
    const r = this._readableState;
    const w = this._writableState;
    return r && w ? r.destroyed && w.destroyed : false;
  },
  set destroyed(value) {
    if (this._readableState && this._writableState) {
      this._readableState.destroyed = value;
      this._writableState.destroyed = value;
    }
  },
};
