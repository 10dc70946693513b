// Readable: making one, and what few of them need. What moves data is native.
'use strict';

const {
  ArrayPrototypeIndexOf,
  ArrayPrototypeSplice,
  ReflectApply,
  SymbolAsyncDispose,
  SymbolAsyncIterator,
  SymbolFor,
} = primordials;
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

  pipe(dest, options) {
    return ReflectApply(require('stream/pipe').pipe, this, [dest, options]);
  },

  unpipe(dest) {
    const state = this._readableState;
    const { pipes } = state;
    if (pipes.length === 0) return this;
    if (!dest) {
      state.pipes = [];
      this.pause();
      for (let i = 0; i < pipes.length; i++) pipes[i].emit('unpipe', this, { hasUnpiped: false });
      return this;
    }
    const at = ArrayPrototypeIndexOf(pipes, dest);
    if (at === -1) return this;
    ArrayPrototypeSplice(pipes, at, 1);
    if (pipes.length === 0) this.pause();
    dest.emit('unpipe', this, { hasUnpiped: false });
    return this;
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

  [SymbolAsyncIterator]() {
    return require('stream/iterator').iterate(this);
  },
};

module.exports = { members, ReadableState, initReadable };
