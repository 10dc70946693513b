// Readable: making one, and what few of them need. What moves data is native.
'use strict';

const { ReflectApply, SymbolAsyncDispose, SymbolFor } = primordials;
const { becomeEmitter, Duplex } = require('stream/core');
const { construct, makeReadableState, readableStatePrototype } = binding('stream');
const { nodeError } = binding('errors');

function ReadableState(options, stream, isDuplex) {
  return makeReadableState(stream, options, isDuplex ?? stream instanceof Duplex);
}
ReadableState.prototype = readableStatePrototype();

/** What the constructor does: for emitters that were made without one. */
function initReadable(stream, options) {
  stream._readableState = makeReadableState(stream, options, false);
  if (options) {
    if (typeof options.read === 'function') stream._read = options.read;
    if (options.destroy || options.construct || options.signal) require('stream/destroy').adopt(stream, options);
  }
  becomeEmitter(stream, options);
  if (stream._construct != null) construct(stream);
}

const members = {
  _undestroy() {
    return ReflectApply(require('stream/destroy').undestroy, this, []);
  },

  _read() {
    throw nodeError('ERR_METHOD_NOT_IMPLEMENTED', '_read()');
  },

  wrap(source) {
    return require('stream/from').wrapInto(this, source);
  },

  [SymbolFor('nodejs.rejection')](err) {
    this.destroy(err);
  },

  [SymbolAsyncDispose]() {
    return require('stream/iterator').dispose(this, this.readableEnded);
  },
};

module.exports = { members, ReadableState, initReadable };
