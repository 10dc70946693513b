// Readable: the source end of a stream. What isn't needed to move data (async iteration,
// operators, `from`, `wrap`, pipes to web streams) is in files that load at first use.
//
// State is reached only through `stream._readableState`, which other modules may create late.
'use strict';

const {
  ArrayPrototypeIndexOf,
  ArrayPrototypeJoin,
  ArrayPrototypeSlice,
  ArrayPrototypeSplice,
  ArrayPrototypeUnshift,
  NumberIsInteger,
  NumberIsNaN,
  NumberParseInt,
  ReflectApply,
  SymbolAsyncDispose,
  SymbolAsyncIterator,
  SymbolFor,
} = primordials;
const { becomeEmitter, Duplex, Stream } = require('stream/core');
const { adopt, construct, destroy, undestroy, errorOrDestroy } = require('stream/destroy');
const { bufferClass, defineBits, highWaterMark, toBuffer } = require('stream/state');
const { nodeError } = binding('errors');
const { nextTick } = binding('task_queue');

// The order of these names is the order of the bits below.
const OBJECT_MODE = 1 << 0;
const ENDED = 1 << 1;
const END_EMITTED = 1 << 2;
const READING = 1 << 3;
const CONSTRUCTED = 1 << 4;
const SYNC = 1 << 5;
const NEED_READABLE = 1 << 6;
const EMITTED_READABLE = 1 << 7;
const READABLE_LISTENING = 1 << 8;
const RESUME_SCHEDULED = 1 << 9;
const ERROR_EMITTED = 1 << 10;
const EMIT_CLOSE = 1 << 11;
const AUTO_DESTROY = 1 << 12;
const DESTROYED = 1 << 13;
const CLOSED = 1 << 14;
const CLOSE_EMITTED = 1 << 15;
const MULTI_AWAIT_DRAIN = 1 << 16;
const READING_MORE = 1 << 17;
const DATA_EMITTED = 1 << 18;
const ERRORED = 1 << 19;
const DATA_LISTENING = 1 << 20;
const FLOWING = 1 << 21; // `flowing` is null while HAS_FLOWING is unset; `paused` likewise
const HAS_FLOWING = 1 << 22;
const PAUSED = 1 << 23;
const HAS_PAUSED = 1 << 24;
const BOOLEANS = [
  'objectMode', 'ended', 'endEmitted', 'reading', 'constructed', 'sync', 'needReadable', 'emittedReadable',
  'readableListening', 'resumeScheduled', 'errorEmitted', 'emitClose', 'autoDestroy', 'destroyed', 'closed',
  'closeEmitted', 'multiAwaitDrain', 'readingMore', 'dataEmitted',
];

function makeReadableState(stream, options, isDuplex) {
  let bits = EMIT_CLOSE | AUTO_DESTROY | CONSTRUCTED | SYNC;
  if (options) {
    if (options.objectMode || (isDuplex && options.readableObjectMode)) bits |= OBJECT_MODE;
    if (options.emitClose === false) bits &= ~EMIT_CLOSE;
    if (options.autoDestroy === false) bits &= ~AUTO_DESTROY;
  }
  const state = {
    __proto__: ReadableState.prototype,
    bits,
    highWaterMark: highWaterMark(options, 'readableHighWaterMark', isDuplex, (bits & OBJECT_MODE) !== 0),
    buffer: [],
    bufferIndex: 0,
    length: 0,
  };
  if (options) {
    const { defaultEncoding, encoding } = options;
    if (defaultEncoding && defaultEncoding !== 'utf8' && defaultEncoding !== 'utf-8') {
      if (!bufferClass().isEncoding(defaultEncoding)) throw nodeError('ERR_UNKNOWN_ENCODING', defaultEncoding);
      state.defaultEncoding = defaultEncoding;
    }
    if (encoding) decodeAs(state, encoding);
  }
  return state;
}

function ReadableState(options, stream, isDuplex) {
  return makeReadableState(stream, options, isDuplex ?? stream instanceof Duplex);
}

function decodeAs(state, encoding) {
  const { StringDecoder } = require('string_decoder');
  state.decoder = new StringDecoder(encoding);
  state.encoding = state.decoder.encoding;
}

// What few streams set is a default here until then.
ReadableState.prototype = {
  awaitDrainWriters: null,
  pipeList: null,
  defaultEncoding: 'utf8',
  decoder: null,
  encoding: null,
  error: null,
  get errored() {
    return this.error;
  },
  set errored(value) {
    this.error = value;
    if (value) this.bits |= ERRORED;
    else this.bits &= ~ERRORED;
  },
  get flowing() {
    return this.bits & HAS_FLOWING ? (this.bits & FLOWING) !== 0 : null;
  },
  set flowing(value) {
    this.bits &= ~(HAS_FLOWING | FLOWING);
    if (value != null) this.bits |= value ? HAS_FLOWING | FLOWING : HAS_FLOWING;
  },
  get paused() {
    return this.bits & HAS_PAUSED ? (this.bits & PAUSED) !== 0 : null;
  },
  set paused(value) {
    this.bits = (this.bits & ~PAUSED) | (value ? HAS_PAUSED | PAUSED : HAS_PAUSED);
  },
  get pipes() {
    return (this.pipeList ??= []);
  },
  set pipes(value) {
    this.pipeList = value;
  },
  get pipesCount() {
    return this.pipes.length;
  },
  revive() {
    this.bits = (this.bits | CONSTRUCTED) & ~(CLOSED | CLOSE_EMITTED | DESTROYED | ERROR_EMITTED | READING | ENDED | END_EMITTED);
    this.errored = null;
    if (this.readable === false) this.bits |= ENDED | END_EMITTED;
  },
};
defineBits(ReadableState.prototype, BOOLEANS);

/** What the constructor does: for emitters that were made without one. */
function initReadable(stream, options) {
  stream._readableState = makeReadableState(stream, options, false);
  if (options) {
    if (typeof options.read === 'function') stream._read = options.read;
    adopt(stream, options);
  }
  becomeEmitter(stream, options);
  if (stream._construct != null) construct(stream, () => sourceConstructed(stream));
}

function sourceConstructed(stream) {
  if (stream._readableState.bits & NEED_READABLE) maybeReadMore(stream, stream._readableState);
}

// ---- into the buffer ----

/** `push` and `unshift`: true when the stream wants more. */
function addTo(stream, chunk, encoding, front) {
  const state = stream._readableState;
  if (chunk === null) {
    state.bits &= ~READING;
    endOfChunks(stream, state);
    return false;
  }
  if ((state.bits & OBJECT_MODE) === 0) {
    if (typeof chunk === 'string') {
      encoding ||= state.defaultEncoding;
      if (state.encoding !== encoding) {
        chunk = bufferClass().from(chunk, encoding);
        if (front && state.encoding) chunk = chunk.toString(state.encoding);
        else encoding = '';
      }
    } else if (chunk !== undefined) {
      const bytes = toBuffer(chunk);
      if (bytes === undefined) {
        errorOrDestroy(stream, nodeError('ERR_INVALID_ARG_TYPE', 'chunk', ['string', 'Buffer', 'TypedArray', 'DataView'], chunk));
        return false;
      }
      chunk = bytes;
      encoding = '';
    }
    if (!chunk || chunk.length <= 0) {
      if (!front) {
        state.bits &= ~READING;
        maybeReadMore(stream, state);
      }
      return wantsMore(state);
    }
  }
  if (state.bits & (front ? END_EMITTED : ENDED)) {
    errorOrDestroy(stream, nodeError(front ? 'ERR_STREAM_UNSHIFT_AFTER_END_EVENT' : 'ERR_STREAM_PUSH_AFTER_EOF'));
    return false;
  }
  if (state.bits & (DESTROYED | ERRORED)) return false;
  if (!front) {
    state.bits &= ~READING;
    if (state.decoder !== null && !encoding) {
      chunk = state.decoder.write(chunk);
      if (chunk.length === 0 && (state.bits & OBJECT_MODE) === 0) {
        maybeReadMore(stream, state);
        return wantsMore(state);
      }
    }
  }
  addChunk(stream, state, chunk, front);
  return wantsMore(state);
}

function wantsMore(state) {
  return (state.bits & ENDED) === 0 && (state.length < state.highWaterMark || state.length === 0);
}

function addChunk(stream, state, chunk, front) {
  if ((state.bits & (FLOWING | SYNC | DATA_LISTENING)) === (FLOWING | DATA_LISTENING) && state.length === 0) {
    forgetAwaited(state);
    state.bits |= DATA_EMITTED;
    stream.emit('data', chunk);
  } else {
    state.length += state.bits & OBJECT_MODE ? 1 : chunk.length;
    const { buffer } = state;
    if (!front) buffer[buffer.length] = chunk;
    else if (state.bufferIndex > 0) buffer[--state.bufferIndex] = chunk;
    else ArrayPrototypeUnshift(buffer, chunk);
    if (state.bits & NEED_READABLE) emitReadable(stream);
  }
  maybeReadMore(stream, state);
}

function forgetAwaited(state) {
  if (state.bits & MULTI_AWAIT_DRAIN) state.awaitDrainWriters.clear();
  else if (state.awaitDrainWriters !== null) state.awaitDrainWriters = null;
}

function endOfChunks(stream, state) {
  if (state.bits & ENDED) return;
  if (state.decoder !== null) {
    const chunk = state.decoder.end();
    if (chunk?.length) {
      state.buffer[state.buffer.length] = chunk;
      state.length += state.bits & OBJECT_MODE ? 1 : chunk.length;
    }
  }
  state.bits |= ENDED;
  if (state.bits & SYNC) {
    // Inside `_read`: the reader must return before it hears of the end.
    emitReadable(stream);
  } else {
    state.bits = (state.bits & ~NEED_READABLE) | EMITTED_READABLE;
    emitReadableNow(stream);
  }
}

// ---- out of the buffer ----

function howMuch(n, state) {
  if (n <= 0 || (state.length === 0 && state.bits & ENDED)) return 0;
  if (state.bits & OBJECT_MODE) return 1;
  if (NumberIsNaN(n)) {
    // Flowing: one buffer at a time, so that nothing is copied.
    return state.bits & FLOWING && state.length ? state.buffer[state.bufferIndex].length : state.length;
  }
  if (n <= state.length) return n;
  return state.bits & ENDED ? state.length : 0;
}

// A reader that asks for much gets a mark that can hold it: the next power of two.
function raiseMark(n) {
  if (n > 0x40000000) throw nodeError('ERR_OUT_OF_RANGE', 'size', '<= 1GiB', n);
  let mark = 1;
  while (mark < n) mark *= 2;
  return mark;
}

function take(n, state) {
  if (state.length === 0) return null;
  const { buffer } = state;
  let at = state.bufferIndex;
  const first = buffer[at];
  let taken;
  if (state.bits & OBJECT_MODE) {
    taken = first;
    buffer[at++] = null;
  } else if (!n || n >= state.length) {
    taken = buffer.length - at === 1 && state.decoder === null ? first : gather(state, ArrayPrototypeSlice(buffer, at), state.length);
    at = buffer.length;
  } else if (n === first.length) {
    taken = first;
    buffer[at++] = null;
  } else if (n < first.length) {
    taken = first.slice(0, n);
    buffer[at] = first.slice(n);
  } else {
    const parts = [];
    let left = n;
    while (left > 0) {
      const part = buffer[at];
      if (part.length > left) {
        parts[parts.length] = part.slice(0, left);
        buffer[at] = part.slice(left);
        break;
      }
      parts[parts.length] = part;
      left -= part.length;
      buffer[at++] = null;
    }
    taken = gather(state, parts, n);
  }
  // Not `buffer.length = 0`: the engine's cache of that place would leave the elements there.
  if (at === buffer.length) {
    state.buffer = [];
    at = 0;
  } else if (at > 1024) {
    ArrayPrototypeSplice(buffer, 0, at);
    at = 0;
  }
  state.bufferIndex = at;
  return taken;
}

function gather(state, parts, length) {
  return state.decoder !== null ? ArrayPrototypeJoin(parts, '') : bufferClass().concat(parts, length);
}

// ---- telling the reader ----

function emitReadable(stream) {
  const state = stream._readableState;
  state.bits &= ~NEED_READABLE;
  if ((state.bits & EMITTED_READABLE) === 0) {
    state.bits |= EMITTED_READABLE;
    nextTick(emitReadableNow, stream);
  }
}

function emitReadableNow(stream) {
  const state = stream._readableState;
  if ((state.bits & (DESTROYED | ERRORED)) === 0 && (state.length || state.bits & ENDED)) {
    stream.emit('readable');
    state.bits &= ~EMITTED_READABLE;
  }
  if ((state.bits & (FLOWING | ENDED)) === 0 && state.length <= state.highWaterMark) state.bits |= NEED_READABLE;
  flow(stream);
}

function maybeReadMore(stream, state) {
  if ((state.bits & (READING_MORE | CONSTRUCTED)) === CONSTRUCTED) {
    state.bits |= READING_MORE;
    nextTick(readMore, stream, state);
  }
}

function readMore(stream, state) {
  while ((state.bits & (READING | ENDED)) === 0 &&
         (state.length < state.highWaterMark || (state.bits & FLOWING && state.length === 0))) {
    const { length } = state;
    stream.read(0);
    if (length === state.length) break;
  }
  state.bits &= ~READING_MORE;
}

function flow(stream) {
  const state = stream._readableState;
  while (state.bits & FLOWING && stream.read() !== null);
}

function resumeSoon(stream, state) {
  if ((state.bits & RESUME_SCHEDULED) === 0) {
    state.bits |= RESUME_SCHEDULED;
    nextTick(resumeNow, stream, state);
  }
}

function resumeNow(stream, state) {
  if ((state.bits & READING) === 0) stream.read(0);
  state.bits &= ~RESUME_SCHEDULED;
  stream.emit('resume');
  flow(stream);
  if ((state.bits & (FLOWING | READING)) === FLOWING) stream.read(0);
}

function readNothing(stream) {
  stream.read(0);
}

function updateListening(stream) {
  const state = stream._readableState;
  if (stream.listenerCount('readable') > 0) state.bits |= READABLE_LISTENING;
  else state.bits &= ~READABLE_LISTENING;
  if ((state.bits & (HAS_PAUSED | PAUSED | RESUME_SCHEDULED)) === (HAS_PAUSED | RESUME_SCHEDULED)) state.flowing = true;
  else if (stream.listenerCount('data') > 0) stream.resume();
  else if ((state.bits & READABLE_LISTENING) === 0) state.bits &= ~(FLOWING | HAS_FLOWING);
}

function endReadable(stream) {
  const state = stream._readableState;
  if ((state.bits & END_EMITTED) === 0) {
    state.bits |= ENDED;
    nextTick(endReadableNow, stream, state);
  }
}

function endReadableNow(stream, state) {
  if (state.bits & (ERRORED | CLOSE_EMITTED | END_EMITTED) || state.length !== 0) return;
  state.bits |= END_EMITTED;
  stream.emit('end');
  if (stream.writable && stream.allowHalfOpen === false) {
    nextTick(endWritable, stream);
  } else if (state.bits & AUTO_DESTROY) {
    // A duplex waits for its other half.
    const w = stream._writableState;
    if (!w || (w.autoDestroy && (w.finished || w.writable === false))) stream.destroy();
  }
}

function endWritable(stream) {
  if (stream.writable && !stream.writableEnded && !stream.destroyed) stream.end();
}

/** After a 'readable' or 'data' listener has gone. */
function listenersChanged(stream, type) {
  if (type === 'readable' || type === undefined) {
    nextTick(updateListening, stream);
  } else if (type === 'data' && stream.listenerCount('data') === 0) {
    stream._readableState.bits &= ~DATA_LISTENING;
  }
}

const members = {
  destroy,
  _undestroy: undestroy,
  _destroy(err, cb) {
    cb(err);
  },

  push(chunk, encoding) {
    return addTo(this, chunk, encoding, false);
  },

  unshift(chunk, encoding) {
    return addTo(this, chunk, encoding, true);
  },

  isPaused() {
    const { bits } = this._readableState;
    return (bits & PAUSED) !== 0 || (bits & (HAS_FLOWING | FLOWING)) === HAS_FLOWING;
  },

  setEncoding(encoding) {
    const state = this._readableState;
    decodeAs(state, encoding);
    // What waits already was split without regard to characters.
    let content = '';
    for (let i = state.bufferIndex; i < state.buffer.length; i++) content += state.decoder.write(state.buffer[i]);
    state.buffer = content === '' ? [] : [content];
    state.bufferIndex = 0;
    state.length = content.length;
    return this;
  },

  read(n) {
    if (n === undefined) n = NaN;
    else if (!NumberIsInteger(n)) n = NumberParseInt(n, 10);
    const state = this._readableState;
    const asked = n;
    if (n > state.highWaterMark) state.highWaterMark = raiseMark(n);
    if (n !== 0) state.bits &= ~EMITTED_READABLE;

    // read(0) with enough at hand only tells of it.
    if (n === 0 && state.bits & NEED_READABLE &&
        ((state.highWaterMark !== 0 ? state.length >= state.highWaterMark : state.length > 0) || state.bits & ENDED)) {
      if (state.length === 0 && state.bits & ENDED) endReadable(this);
      else emitReadable(this);
      return null;
    }
    n = howMuch(n, state);
    if (n === 0 && state.bits & ENDED) {
      if (state.length === 0) endReadable(this);
      return null;
    }

    const wanted = state.bits & NEED_READABLE || state.length === 0 || state.length - n < state.highWaterMark;
    if (wanted && (state.bits & (ENDED | READING | DESTROYED | ERRORED | CONSTRUCTED)) === CONSTRUCTED) {
      state.bits |= READING | SYNC;
      if (state.length === 0) state.bits |= NEED_READABLE;
      try {
        this._read(state.highWaterMark);
      } catch (err) {
        errorOrDestroy(this, err);
      }
      state.bits &= ~SYNC;
      // Data that came at once counts for this call.
      if ((state.bits & READING) === 0) n = howMuch(asked, state);
    }

    const chunk = n > 0 ? take(n, state) : null;
    if (chunk === null) {
      if (state.length <= state.highWaterMark) state.bits |= NEED_READABLE;
      n = 0;
    } else {
      state.length -= n;
      forgetAwaited(state);
    }
    if (state.length === 0) {
      if ((state.bits & ENDED) === 0) state.bits |= NEED_READABLE;
      else if (asked !== n) endReadable(this);
    }
    if (chunk !== null && (state.bits & (ERROR_EMITTED | CLOSE_EMITTED)) === 0) {
      state.bits |= DATA_EMITTED;
      this.emit('data', chunk);
    }
    return chunk;
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

  on(type, listener) {
    const result = ReflectApply(Stream.prototype.on, this, [type, listener]);
    if (type === 'data') {
      const state = this._readableState;
      state.bits |= DATA_LISTENING;
      if (this.listenerCount('readable') > 0) state.bits |= READABLE_LISTENING;
      // Not after an explicit pause.
      if ((state.bits & (HAS_FLOWING | FLOWING)) !== HAS_FLOWING) this.resume();
    } else if (type === 'readable') {
      const state = this._readableState;
      if ((state.bits & (END_EMITTED | READABLE_LISTENING)) === 0) {
        state.bits = (state.bits & ~(FLOWING | EMITTED_READABLE)) | HAS_FLOWING | READABLE_LISTENING | NEED_READABLE;
        if (state.length) emitReadable(this);
        else if ((state.bits & READING) === 0) nextTick(readNothing, this);
      }
    }
    return result;
  },

  removeListener(type, listener) {
    const result = ReflectApply(Stream.prototype.removeListener, this, [type, listener]);
    // Later, because a 'readable' listener may be replaced by another at once.
    listenersChanged(this, type === undefined ? null : type);
    return result;
  },

  removeAllListeners(type) {
    const result = ReflectApply(Stream.prototype.removeAllListeners, this, arguments);
    if (type !== 'data') listenersChanged(this, type);
    return result;
  },

  resume() {
    const state = this._readableState;
    if ((state.bits & FLOWING) === 0) {
      // A 'readable' listener keeps the data to itself.
      state.flowing = (state.bits & READABLE_LISTENING) === 0;
      resumeSoon(this, state);
    }
    state.bits = (state.bits & ~PAUSED) | HAS_PAUSED;
    return this;
  },

  pause() {
    const state = this._readableState;
    if ((state.bits & (HAS_FLOWING | FLOWING)) !== HAS_FLOWING) {
      state.flowing = false;
      this.emit('pause');
    }
    state.bits |= HAS_PAUSED | PAUSED;
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

  get readable() {
    const r = this._readableState;
    // A legacy stream may say no by hand: `readable = false`.
    return !!r && r.readable !== false && (r.bits & (DESTROYED | ERROR_EMITTED | END_EMITTED)) === 0;
  },
  set readable(value) {
    if (this._readableState) this._readableState.readable = !!value;
  },
  get readableDidRead() {
    return this._readableState.dataEmitted;
  },
  get readableAborted() {
    const r = this._readableState;
    return r.readable !== false && (r.bits & (DESTROYED | ERRORED)) !== 0 && (r.bits & END_EMITTED) === 0;
  },
  get readableHighWaterMark() {
    return this._readableState.highWaterMark;
  },
  get readableBuffer() {
    return this._readableState?.buffer;
  },
  get readableFlowing() {
    return this._readableState.flowing;
  },
  set readableFlowing(value) {
    if (this._readableState) this._readableState.flowing = value;
  },
  get readableLength() {
    return this._readableState.length;
  },
  get readableObjectMode() {
    return this._readableState ? this._readableState.objectMode : false;
  },
  get readableEncoding() {
    return this._readableState ? this._readableState.encoding : null;
  },
  get errored() {
    return this._readableState ? this._readableState.errored : null;
  },
  get closed() {
    return this._readableState ? this._readableState.closed : false;
  },
  get destroyed() {
    return this._readableState ? this._readableState.destroyed : false;
  },
  set destroyed(value) {
    // Classes from before `destroy` existed keep this flag themselves.
    if (this._readableState) this._readableState.destroyed = value;
  },
  get readableEnded() {
    return this._readableState ? this._readableState.endEmitted : false;
  },
};
members.addListener = members.on;
members.off = members.removeListener;

module.exports = { members, ReadableState, take, makeReadableState, initReadable, sourceConstructed };
