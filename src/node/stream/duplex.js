// Duplex: what making one takes, beyond the two halves.
'use strict';

const { becomeEmitter } = require('stream/core');
const { construct, makeReadableState, makeWritableState } = binding('stream');
const { adoptWriter } = require('stream/writable');

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
  if (stream._construct != null) construct(stream);
};
