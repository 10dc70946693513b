// How every stream is built up and torn down: construct, destroy, errors. The two halves of a
// duplex share these steps, so they are written for "the states that this stream has".
'use strict';

const { Symbol } = primordials;
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

function noteError(err, w, r) {
  if (!err) return;
  // Formats the stack now, while the frames that matter are known.
  err.stack; // eslint-disable-line no-unused-expressions
  if (w && !w.errored) w.errored = err;
  if (r && !r.errored) r.errored = err;
}

/** `stream.destroy(err, cb)`. */
function destroy(err, cb) {
  const r = this._readableState;
  const w = this._writableState;
  const state = w || r;
  if (w?.destroyed || r?.destroyed) {
    if (typeof cb === 'function') cb();
    return this;
  }
  noteError(err, w, r);
  if (w) w.destroyed = true;
  if (r) r.destroyed = true;
  if (state.constructed) {
    runDestroy(this, err, cb);
  } else {
    this.once(kDestroy, function(late) {
      runDestroy(this, late && err && late !== err ? require('stream/utils').aggregateTwoErrors(late, err) : late || err, cb);
    });
  }
  return this;
}

function runDestroy(self, err, cb) {
  let called = false;
  function done(err) {
    if (called) return;
    called = true;
    const r = self._readableState;
    const w = self._writableState;
    noteError(err, w, r);
    if (w) w.closed = true;
    if (r) r.closed = true;
    if (typeof cb === 'function') cb(err);
    nextTick(err ? emitErrorAndClose : emitClose, self, err);
  }
  try {
    self._destroy(err || null, done);
  } catch (thrown) {
    done(thrown);
  }
}

function emitErrorAndClose(self, err) {
  emitError(self, err);
  emitClose(self);
}

function emitClose(self) {
  const r = self._readableState;
  const w = self._writableState;
  if (w) w.closeEmitted = true;
  if (r) r.closeEmitted = true;
  if (w?.emitClose || r?.emitClose) self.emit('close');
}

function emitError(self, err) {
  const r = self._readableState;
  const w = self._writableState;
  if (w?.errorEmitted || r?.errorEmitted) return;
  if (w) w.errorEmitted = true;
  if (r) r.errorEmitted = true;
  self.emit('error', err);
}

/** Makes a destroyed stream usable again: sockets that reconnect need it. */
function undestroy() {
  this._readableState?.revive();
  this._writableState?.revive();
}

/** The one way a stream reports an error: by destroying itself, or else by 'error' alone. */
function errorOrDestroy(stream, err, sync) {
  const r = stream._readableState;
  const w = stream._writableState;
  if (w?.destroyed || r?.destroyed) return;
  if (r?.autoDestroy || w?.autoDestroy) {
    stream.destroy(err);
  } else if (err) {
    noteError(err, w, r);
    if (sync) nextTick(emitError, stream, err);
    else emitError(stream, err);
  }
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

module.exports = { adopt, construct, destroy, undestroy, errorOrDestroy, emitError };
