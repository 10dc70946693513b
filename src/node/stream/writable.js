// Writable: making one, and what few of them need. What moves data is native.
'use strict';

const { ReflectApply, SymbolAsyncDispose, SymbolFor } = primordials;
const { becomeEmitter, Duplex } = require('stream/core');
const { construct, errorOrDestroy, makeWritableState, writableStatePrototype } = binding('stream');
const { nodeError } = binding('errors');

function WritableState(options, stream, isDuplex) {
  return makeWritableState(stream, options, isDuplex ?? stream instanceof Duplex);
}
WritableState.prototype = writableStatePrototype();

/** What the constructor does: for emitters that were made without one. */
function initWritable(stream, options) {
  stream._writableState = makeWritableState(stream, options, false);
  if (options) adoptWriter(stream, options);
  becomeEmitter(stream, options);
  if (stream._construct != null) construct(stream);
}

function adoptWriter(stream, options) {
  if (typeof options.write === 'function') stream._write = options.write;
  if (typeof options.writev === 'function') stream._writev = options.writev;
  if (typeof options.final === 'function') stream._final = options.final;
  if (options.destroy || options.construct || options.signal) require('stream/destroy').adopt(stream, options);
}

const members = {
  pipe() {
    errorOrDestroy(this, nodeError('ERR_STREAM_CANNOT_PIPE'));
  },

  _undestroy() {
    return ReflectApply(require('stream/destroy').undestroy, this, []);
  },

  [SymbolFor('nodejs.rejection')](err) {
    this.destroy(err);
  },

  [SymbolAsyncDispose]() {
    return require('stream/iterator').dispose(this, this.writableFinished);
  },
};

module.exports = { members, WritableState, initWritable, adoptWriter };
