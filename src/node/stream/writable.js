// Writable: the sink end of a stream.
//
// State is reached only through `stream._writableState`, which other modules may create late.
'use strict';

const {
  ArrayPrototypeSlice,
  ArrayPrototypeSplice,
  ObjectFreeze,
  ReflectApply,
  StringPrototypeToLowerCase,
  SymbolAsyncDispose,
  SymbolFor,
} = primordials;
const { becomeEmitter, Duplex } = require('stream/core');
const { adopt, construct, destroy, undestroy, errorOrDestroy } = require('stream/destroy');
const { bufferClass, defineBits, highWaterMark, toBuffer } = require('stream/state');
const { nodeError } = binding('errors');
const { nextTick } = binding('task_queue');

// The order of these names is the order of the bits below.
const OBJECT_MODE = 1 << 0;
const FINAL_CALLED = 1 << 1;
const NEED_DRAIN = 1 << 2;
const ENDING = 1 << 3;
const ENDED = 1 << 4;
const FINISHED = 1 << 5;
const DESTROYED = 1 << 6;
const DECODE_STRINGS = 1 << 7;
const WRITING = 1 << 8;
const SYNC = 1 << 9;
const BUFFER_PROCESSING = 1 << 10;
const CONSTRUCTED = 1 << 11;
const PREFINISHED = 1 << 12;
const ERROR_EMITTED = 1 << 13;
const EMIT_CLOSE = 1 << 14;
const AUTO_DESTROY = 1 << 15;
const CLOSED = 1 << 16;
const CLOSE_EMITTED = 1 << 17;
const ALL_BUFFERS = 1 << 18;
const ALL_NOOP = 1 << 19;
const AFTER_WRITE_PENDING = 1 << 20;
const ERRORED = 1 << 21;
const BOOLEANS = [
  'objectMode', 'finalCalled', 'needDrain', 'ending', 'ended', 'finished', 'destroyed', 'decodeStrings', 'writing',
  'sync', 'bufferProcessing', 'constructed', 'prefinished', 'errorEmitted', 'emitClose', 'autoDestroy', 'closed',
  'closeEmitted', 'allBuffers', 'allNoop',
];

// What waits to be written in a stream where nothing does.
const NONE = ObjectFreeze([]);

function nop() {}

function makeWritableState(stream, options, isDuplex) {
  let bits = EMIT_CLOSE | AUTO_DESTROY | CONSTRUCTED | SYNC | DECODE_STRINGS | ALL_BUFFERS | ALL_NOOP;
  if (options) {
    if (options.objectMode || (isDuplex && options.writableObjectMode)) bits |= OBJECT_MODE;
    if (options.emitClose === false) bits &= ~EMIT_CLOSE;
    if (options.autoDestroy === false) bits &= ~AUTO_DESTROY;
    if (options.decodeStrings === false) bits &= ~DECODE_STRINGS;
  }
  const state = {
    __proto__: WritableState.prototype,
    bits,
    highWaterMark: highWaterMark(options, 'writableHighWaterMark', isDuplex, (bits & OBJECT_MODE) !== 0),
    length: 0,
    writecb: nop,
    writelen: 0,
    buffered: NONE,
    pendingcb: 0,
    onwrite: (err) => onwrite(stream, err),
  };
  const encoding = options?.defaultEncoding;
  if (encoding && encoding !== 'utf8' && encoding !== 'utf-8') {
    if (!bufferClass().isEncoding(encoding)) throw nodeError('ERR_UNKNOWN_ENCODING', encoding);
    state.defaultEncoding = encoding;
  }
  return state;
}

function WritableState(options, stream, isDuplex) {
  return makeWritableState(stream, options, isDuplex ?? stream instanceof Duplex);
}

// What few streams set is a default here until then.
WritableState.prototype = {
  corked: 0,
  bufferedIndex: 0,
  defaultEncoding: 'utf8',
  error: null,
  afterWriteTickInfo: null,
  onFinished: null,
  get errored() {
    return this.error;
  },
  set errored(value) {
    this.error = value;
    if (value) this.bits |= ERRORED;
    else this.bits &= ~ERRORED;
  },
  getBuffer() {
    return ArrayPrototypeSlice(this.buffered, this.bufferedIndex);
  },
  get bufferedRequestCount() {
    return this.buffered.length - this.bufferedIndex;
  },
  revive() {
    this.bits = (this.bits | CONSTRUCTED) & ~(CLOSED | CLOSE_EMITTED | DESTROYED | ERROR_EMITTED | FINAL_CALLED |
      PREFINISHED | ENDED | ENDING | FINISHED);
    this.errored = null;
    if (this.writable === false) this.bits |= ENDED | ENDING | FINISHED;
  },
};
defineBits(WritableState.prototype, BOOLEANS);

/** What the constructor does: for emitters that were made without one. */
function initWritable(stream, options) {
  stream._writableState = makeWritableState(stream, options, false);
  if (options) adoptWriter(stream, options);
  becomeEmitter(stream, options);
  if (stream._construct != null) construct(stream, () => sinkConstructed(stream));
}

function adoptWriter(stream, options) {
  if (typeof options.write === 'function') stream._write = options.write;
  if (typeof options.writev === 'function') stream._writev = options.writev;
  if (typeof options.final === 'function') stream._final = options.final;
  adopt(stream, options);
}

function sinkConstructed(stream) {
  const state = stream._writableState;
  if ((state.bits & WRITING) === 0) clearBuffer(stream, state);
  if (state.bits & ENDING) finishMaybe(stream, state);
}

// ---- writing ----

/** True or false as `write` returns it, or the error that it has reported. */
function write(stream, chunk, encoding, cb) {
  const state = stream._writableState;
  if (typeof cb !== 'function') cb = nop;
  if (chunk === null) throw nodeError('ERR_STREAM_NULL_VALUES');
  if ((state.bits & OBJECT_MODE) === 0) {
    if (!encoding) encoding = state.defaultEncoding;
    else if (encoding !== 'buffer' && encoding !== 'utf8' && !bufferClass().isEncoding(encoding)) {
      throw nodeError('ERR_UNKNOWN_ENCODING', encoding);
    }
    if (typeof chunk === 'string') {
      if (state.bits & DECODE_STRINGS) {
        chunk = bufferClass().from(chunk, encoding);
        encoding = 'buffer';
      }
    } else {
      const bytes = toBuffer(chunk);
      if (bytes === undefined) {
        throw nodeError('ERR_INVALID_ARG_TYPE', 'chunk', ['string', 'Buffer', 'TypedArray', 'DataView'], chunk);
      }
      chunk = bytes;
      encoding = 'buffer';
    }
  }
  if (state.bits & (ENDING | DESTROYED)) {
    const err = state.bits & ENDING ? nodeError('ERR_STREAM_WRITE_AFTER_END') : nodeError('ERR_STREAM_DESTROYED', 'write');
    nextTick(cb, err);
    errorOrDestroy(stream, err, true);
    return err;
  }
  state.pendingcb++;
  const size = state.bits & OBJECT_MODE ? 1 : chunk.length;
  state.length += size;
  if ((state.bits & (WRITING | ERRORED | CONSTRUCTED)) !== CONSTRUCTED || state.corked) {
    const entry = { chunk, encoding, callback: cb };
    if (state.buffered === NONE) state.buffered = [entry];
    else state.buffered[state.buffered.length] = entry;
    if (encoding !== 'buffer') state.bits &= ~ALL_BUFFERS;
    if (cb !== nop) state.bits &= ~ALL_NOOP;
  } else {
    state.writelen = size;
    state.writecb = cb;
    state.bits |= WRITING | SYNC;
    stream._write(chunk, encoding, state.onwrite);
    state.bits &= ~SYNC;
  }
  // Asked after writing: a sink that is done at once holds nobody up.
  const more = state.length < state.highWaterMark || state.length === 0;
  if (!more) state.bits |= NEED_DRAIN;
  return more && (state.bits & (ERRORED | DESTROYED)) === 0;
}

function writeNow(stream, state, many, size, chunk, encoding, cb) {
  state.writelen = size;
  state.writecb = cb;
  state.bits |= WRITING | SYNC;
  if (state.bits & DESTROYED) state.onwrite(nodeError('ERR_STREAM_DESTROYED', 'write'));
  else if (many) stream._writev(chunk, state.onwrite);
  else stream._write(chunk, encoding, state.onwrite);
  state.bits &= ~SYNC;
}

/** What the sink calls when it is done with a chunk. */
function onwrite(stream, err) {
  const state = stream._writableState;
  const cb = state.writecb;
  if ((state.bits & WRITING) === 0) {
    errorOrDestroy(stream, nodeError('ERR_MULTIPLE_CALLBACK'));
    return;
  }
  const sync = state.bits & SYNC;
  state.bits &= ~WRITING;
  state.writecb = nop;
  state.length -= state.writelen;
  state.writelen = 0;
  if (err) {
    err.stack; // eslint-disable-line no-unused-expressions
    if (!state.errored) state.errored = err;
    const r = stream._readableState;
    if (r && !r.errored) r.errored = err;
    if (sync) nextTick(failed, stream, state, err, cb);
    else failed(stream, state, err, cb);
    return;
  }
  if (state.buffered.length > state.bufferedIndex) clearBuffer(stream, state);
  if (!sync) {
    afterWrite(stream, state, 1, cb);
  } else if (cb === nop) {
    // In object mode Node always takes the tick, and `pendingcb` shows it.
    const ticks = state.bits & OBJECT_MODE || (state.bits & NEED_DRAIN && state.length === 0);
    if ((state.bits & AFTER_WRITE_PENDING) === 0 && ticks) {
      state.bits |= AFTER_WRITE_PENDING;
      nextTick(afterWrite, stream, state, 1, cb);
    } else {
      state.pendingcb--;
      if (state.bits & ENDING) finishMaybe(stream, state, true);
    }
  } else if (state.afterWriteTickInfo?.cb === cb) {
    // Many writes with one callback: one tick calls it as often as it was given.
    state.afterWriteTickInfo.count++;
  } else {
    const info = state.afterWriteTickInfo = { count: 1, cb, stream, state };
    state.bits |= AFTER_WRITE_PENDING;
    nextTick(afterWriteTick, info);
  }
}

function failed(stream, state, err, cb) {
  --state.pendingcb;
  cb(err);
  // Everything that was still to be written fails too.
  dropBuffered(state);
  errorOrDestroy(stream, err);
}

function afterWriteTick(info) {
  info.state.afterWriteTickInfo = null;
  afterWrite(info.stream, info.state, info.count, info.cb);
}

function afterWrite(stream, state, count, cb) {
  state.bits &= ~AFTER_WRITE_PENDING;
  if ((state.bits & (ENDING | NEED_DRAIN | DESTROYED)) === NEED_DRAIN && !stream.destroyed && state.length === 0) {
    state.bits &= ~NEED_DRAIN;
    stream.emit('drain');
  }
  while (count-- > 0) {
    state.pendingcb--;
    cb(null);
  }
  if (state.bits & DESTROYED) dropBuffered(state);
  if (state.bits & ENDING) finishMaybe(stream, state, true);
}

function clearBuffer(stream, state) {
  const { buffered } = state;
  let at = state.bufferedIndex;
  const waiting = buffered.length - at;
  if (waiting === 0 || state.corked || (state.bits & (DESTROYED | BUFFER_PROCESSING | CONSTRUCTED)) !== CONSTRUCTED) return;
  state.bits |= BUFFER_PROCESSING;
  if (waiting > 1 && stream._writev) {
    state.pendingcb -= waiting - 1;
    const callback = state.bits & ALL_NOOP ? nop : (err) => {
      for (let i = at; i < buffered.length; i++) buffered[i].callback(err);
    };
    const chunks = state.bits & ALL_NOOP && at === 0 ? buffered : ArrayPrototypeSlice(buffered, at);
    chunks.allBuffers = (state.bits & ALL_BUFFERS) !== 0;
    writeNow(stream, state, true, state.length, chunks, '', callback);
    resetBuffer(state);
  } else {
    do {
      const { chunk, encoding, callback } = buffered[at];
      buffered[at++] = null;
      writeNow(stream, state, false, state.bits & OBJECT_MODE ? 1 : chunk.length, chunk, encoding, callback);
    } while (at < buffered.length && (state.bits & WRITING) === 0);
    if (at === buffered.length) {
      resetBuffer(state);
    } else if (at > 256) {
      ArrayPrototypeSplice(buffered, 0, at);
      state.bufferedIndex = 0;
    } else {
      state.bufferedIndex = at;
    }
  }
  state.bits &= ~BUFFER_PROCESSING;
}

function resetBuffer(state) {
  state.buffered = NONE;
  state.bufferedIndex = 0;
  state.bits |= ALL_BUFFERS | ALL_NOOP;
}

function dropBuffered(state) {
  if (state.bits & WRITING) return;
  const { buffered } = state;
  for (let i = state.bufferedIndex; i < buffered.length; i++) {
    const { chunk, callback } = buffered[i];
    state.length -= state.bits & OBJECT_MODE ? 1 : chunk.length;
    callback(state.errored ?? nodeError('ERR_STREAM_DESTROYED', 'write'));
  }
  callFinished(state, state.errored ?? nodeError('ERR_STREAM_DESTROYED', 'end'));
  resetBuffer(state);
}

// ---- finishing ----

function needFinish(state) {
  return (state.bits & (ENDING | DESTROYED | CONSTRUCTED | FINISHED | WRITING | ERROR_EMITTED | CLOSE_EMITTED | ERRORED)) ===
    (ENDING | CONSTRUCTED) && state.length === 0 && state.buffered.length === 0;
}

function finishMaybe(stream, state, sync) {
  if (!needFinish(state)) return;
  prefinish(stream, state);
  if (state.pendingcb !== 0) return;
  if (sync) {
    state.pendingcb++;
    nextTick(finishLater, stream, state);
  } else if (needFinish(state)) {
    state.pendingcb++;
    finish(stream, state);
  }
}

function finishLater(stream, state) {
  if (needFinish(state)) finish(stream, state);
  else state.pendingcb--;
}

function prefinish(stream, state) {
  if (state.bits & (PREFINISHED | FINAL_CALLED)) return;
  if (typeof stream._final === 'function' && (state.bits & DESTROYED) === 0) {
    state.bits |= FINAL_CALLED;
    callFinal(stream, state);
  } else {
    state.bits |= FINAL_CALLED | PREFINISHED;
    stream.emit('prefinish');
  }
}

function callFinal(stream, state) {
  let called = false;
  function done(err) {
    if (called) {
      errorOrDestroy(stream, err ?? nodeError('ERR_MULTIPLE_CALLBACK'));
      return;
    }
    called = true;
    state.pendingcb--;
    if (err) {
      callFinished(state, err);
      errorOrDestroy(stream, err, (state.bits & SYNC) !== 0);
    } else if (needFinish(state)) {
      state.bits |= PREFINISHED;
      stream.emit('prefinish');
      // Others may listen for 'prefinish' to write their last words: finish in a tick.
      state.pendingcb++;
      nextTick(finish, stream, state);
    }
  }
  state.bits |= SYNC;
  state.pendingcb++;
  try {
    stream._final(done);
  } catch (err) {
    done(err);
  }
  state.bits &= ~SYNC;
}

function finish(stream, state) {
  state.pendingcb--;
  state.bits |= FINISHED;
  callFinished(state, null);
  stream.emit('finish');
  if (state.bits & AUTO_DESTROY) {
    // A duplex waits for its other half.
    const r = stream._readableState;
    if (!r || (r.autoDestroy && (r.endEmitted || r.readable === false))) stream.destroy();
  }
}

/** Calls what was given to `end`. */
function callFinished(state, err) {
  const callbacks = state.onFinished;
  if (callbacks === null) return;
  state.onFinished = null;
  for (let i = 0; i < callbacks.length; i++) callbacks[i](err);
}

const members = {
  pipe() {
    errorOrDestroy(this, nodeError('ERR_STREAM_CANNOT_PIPE'));
  },

  write(chunk, encoding, cb) {
    if (typeof encoding === 'function') {
      cb = encoding;
      encoding = null;
    }
    return write(this, chunk, encoding, cb) === true;
  },

  cork() {
    this._writableState.corked++;
  },

  uncork() {
    const state = this._writableState;
    if (state.corked) {
      state.corked--;
      if ((state.bits & WRITING) === 0) clearBuffer(this, state);
    }
  },

  setDefaultEncoding(encoding) {
    if (typeof encoding === 'string') encoding = StringPrototypeToLowerCase(encoding);
    if (!bufferClass().isEncoding(encoding)) throw nodeError('ERR_UNKNOWN_ENCODING', encoding);
    this._writableState.defaultEncoding = encoding;
    return this;
  },

  _write(chunk, encoding, cb) {
    if (!this._writev) throw nodeError('ERR_METHOD_NOT_IMPLEMENTED', '_write()');
    this._writev([{ chunk, encoding }], cb);
  },

  end(chunk, encoding, cb) {
    const state = this._writableState;
    if (typeof chunk === 'function') {
      cb = chunk;
      chunk = encoding = null;
    } else if (typeof encoding === 'function') {
      cb = encoding;
      encoding = null;
    }
    let err;
    if (chunk != null) {
      const result = write(this, chunk, encoding);
      if (typeof result === 'object') err = result;
    }
    if (state.corked) {
      state.corked = 1;
      this.uncork();
    }
    if (err === undefined) {
      if ((state.bits & (ERRORED | ENDING)) === 0) {
        // Ending, but not yet ended: a sink that finishes in a later tick sees both.
        state.bits |= ENDING;
        finishMaybe(this, state, true);
        state.bits |= ENDED;
      } else if (state.bits & FINISHED) {
        err = nodeError('ERR_STREAM_ALREADY_FINISHED', 'end');
      } else if (state.bits & DESTROYED) {
        err = nodeError('ERR_STREAM_DESTROYED', 'end');
      }
    }
    if (typeof cb === 'function') {
      if (err) nextTick(cb, err);
      else if (state.bits & ERRORED) nextTick(cb, state.errored);
      else if (state.bits & FINISHED) nextTick(cb);
      else if (state.onFinished === null) state.onFinished = [cb];
      else state.onFinished[state.onFinished.length] = cb;
    }
    return this;
  },

  destroy(err, cb) {
    const state = this._writableState;
    // Callbacks that wait are told, but not before `destroy` has returned.
    if ((state.bits & DESTROYED) === 0 && (state.bufferedIndex < state.buffered.length || state.onFinished !== null)) {
      nextTick(dropBuffered, state);
    }
    ReflectApply(destroy, this, [err, cb]);
    return this;
  },

  _undestroy: undestroy,

  _destroy(err, cb) {
    cb(err);
  },

  [SymbolFor('nodejs.rejection')](err) {
    this.destroy(err);
  },

  [SymbolAsyncDispose]() {
    return require('stream/iterator').dispose(this, this.writableFinished);
  },

  get closed() {
    return this._writableState ? this._writableState.closed : false;
  },
  get destroyed() {
    return this._writableState ? this._writableState.destroyed : false;
  },
  set destroyed(value) {
    // Classes from before `destroy` existed keep this flag themselves.
    if (this._writableState) this._writableState.destroyed = value;
  },
  get writable() {
    const w = this._writableState;
    // A legacy stream may say no by hand: `writable = false`.
    return !!w && w.writable !== false && (w.bits & (DESTROYED | ERRORED | ENDING | ENDED)) === 0;
  },
  set writable(value) {
    if (this._writableState) this._writableState.writable = !!value;
  },
  get writableFinished() {
    return this._writableState ? this._writableState.finished : false;
  },
  get writableObjectMode() {
    return this._writableState ? this._writableState.objectMode : false;
  },
  get writableBuffer() {
    return this._writableState?.getBuffer();
  },
  get writableEnded() {
    return this._writableState ? this._writableState.ending : false;
  },
  get writableNeedDrain() {
    const w = this._writableState;
    return !!w && (w.bits & (DESTROYED | ENDING | NEED_DRAIN)) === NEED_DRAIN;
  },
  get writableHighWaterMark() {
    return this._writableState?.highWaterMark;
  },
  get writableCorked() {
    return this._writableState ? this._writableState.corked : 0;
  },
  get writableLength() {
    return this._writableState?.length;
  },
  get errored() {
    return this._writableState ? this._writableState.errored : null;
  },
  get writableAborted() {
    const w = this._writableState;
    return w.writable !== false && (w.bits & (DESTROYED | ERRORED)) !== 0 && (w.bits & FINISHED) === 0;
  },
};

module.exports = { members, WritableState, makeWritableState, initWritable, adoptWriter, sinkConstructed };
