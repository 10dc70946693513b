// `readable.pipe(dest)`, and the pipe of the oldest streams, which know nothing of states.
'use strict';

const { ArrayIsArray, ArrayPrototypeIncludes, ArrayPrototypeUnshift, SafeSet } = primordials;
const { listenerCount } = require('events');
const { errorOrDestroy } = require('stream/destroy');
const { pipeData } = binding('stream');
const { nextTick } = binding('task_queue');

// Our error handler runs before the user's. Emitters that aren't ours get it by their fields.
function prepend(emitter, type, listener) {
  if (typeof emitter.prependListener === 'function') return emitter.prependListener(type, listener);
  const existing = emitter._events?.[type];
  if (!existing) emitter.on(type, listener);
  else if (ArrayIsArray(existing)) ArrayPrototypeUnshift(existing, listener);
  else emitter._events[type] = [listener, existing];
  return undefined;
}

// Only what has a descriptor can be one of them: asking `process` for them would make them.
function isStdio(dest) {
  if (typeof dest.fd !== 'number') return false;
  const process = require('process');
  return dest === process.stdout || dest === process.stderr;
}

exports.prependListener = prepend;

exports.pipe = function(dest, options) {
  const src = this;
  const state = src._readableState;
  if (state.pipes.length === 1 && !state.multiAwaitDrain) {
    state.multiAwaitDrain = true;
    state.awaitDrainWriters = new SafeSet(state.awaitDrainWriters ? [state.awaitDrainWriters] : []);
  }
  state.pipes[state.pipes.length] = dest;

  const ends = (!options || options.end !== false) && !isStdio(dest);
  const whenEnded = ends ? onend : unpipe;
  if (state.endEmitted) nextTick(whenEnded);
  else src.once('end', whenEnded);

  let ondrain;
  let cleaned = false;
  const ondata = pipeData(dest, pause);
  dest.on('unpipe', onunpipe);
  src.on('data', ondata);
  prepend(dest, 'error', onerror);
  dest.once('close', onclose);
  dest.once('finish', onfinish);
  dest.emit('pipe', src);
  if (dest.writableNeedDrain === true) pause();
  else if (!state.flowing) src.resume();
  return dest;

  function pause() {
    // An 'unpipe' during the write has already undone everything.
    if (!cleaned) {
      if (state.pipes.length === 1 && state.pipes[0] === dest) {
        state.awaitDrainWriters = dest;
        state.multiAwaitDrain = false;
      } else if (state.pipes.length > 1 && ArrayPrototypeIncludes(state.pipes, dest)) {
        state.awaitDrainWriters.add(dest);
      }
      src.pause();
    }
    if (!ondrain) {
      ondrain = drained;
      dest.on('drain', ondrain);
    }
  }

  // The source goes on when the last of the writers it waits for has drained.
  function drained() {
    const state = src._readableState;
    if (state.awaitDrainWriters === dest) state.awaitDrainWriters = null;
    else if (state.multiAwaitDrain) state.awaitDrainWriters.delete(dest);
    if ((!state.awaitDrainWriters || state.awaitDrainWriters.size === 0) && src.listenerCount('data')) src.resume();
  }

  function onend() {
    dest.end();
  }

  function onerror(err) {
    unpipe();
    dest.removeListener('error', onerror);
    if (dest.listenerCount('error') !== 0) return;
    const target = dest._writableState || dest._readableState;
    if (target && !target.errorEmitted) errorOrDestroy(dest, err);
    else dest.emit('error', err);
  }

  function onclose() {
    dest.removeListener('finish', onfinish);
    unpipe();
  }

  function onfinish() {
    dest.removeListener('close', onclose);
    unpipe();
  }

  function unpipe() {
    src.unpipe(dest);
  }

  function onunpipe(readable, info) {
    if (readable !== src || !info || info.hasUnpiped !== false) return;
    info.hasUnpiped = true;
    dest.removeListener('close', onclose);
    dest.removeListener('finish', onfinish);
    if (ondrain) dest.removeListener('drain', ondrain);
    dest.removeListener('error', onerror);
    dest.removeListener('unpipe', onunpipe);
    src.removeListener('end', onend);
    src.removeListener('end', unpipe);
    src.removeListener('data', ondata);
    cleaned = true;
    // The 'drain' that the source waits for may never be heard now.
    if (ondrain && state.awaitDrainWriters && (!dest._writableState || dest._writableState.needDrain)) ondrain();
  }
};

exports.legacyPipe = function(dest, options) {
  const source = this;
  let ended = false;

  source.on('data', ondata);
  dest.on('drain', ondrain);
  if (!dest._isStdio && (!options || options.end !== false)) {
    source.on('end', onend);
    source.on('close', onclose);
  }
  prepend(source, 'error', onerror);
  prepend(dest, 'error', onerror);
  source.on('end', cleanup);
  source.on('close', cleanup);
  dest.on('close', cleanup);
  dest.emit('pipe', source);
  return dest;

  function ondata(chunk) {
    if (dest.writable && dest.write(chunk) === false && source.pause) source.pause();
  }

  function ondrain() {
    if (source.readable && source.resume) source.resume();
  }

  function onend() {
    if (ended) return;
    ended = true;
    dest.end();
  }

  function onclose() {
    if (ended) return;
    ended = true;
    if (typeof dest.destroy === 'function') dest.destroy();
  }

  function onerror(err) {
    cleanup();
    if (listenerCount(this, 'error') === 0) this.emit('error', err);
  }

  function cleanup() {
    source.removeListener('data', ondata);
    dest.removeListener('drain', ondrain);
    source.removeListener('end', onend);
    source.removeListener('close', onclose);
    source.removeListener('error', onerror);
    dest.removeListener('error', onerror);
    source.removeListener('end', cleanup);
    source.removeListener('close', cleanup);
    dest.removeListener('close', cleanup);
  }
};
