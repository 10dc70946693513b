// The pipe of the oldest streams, which know nothing of states; that of Readable is native.
'use strict';

const { ArrayIsArray, ArrayPrototypeUnshift } = primordials;
const { listenerCount } = require('events');

// Our error handler runs before the user's. Emitters that aren't ours get it by their fields.
function prepend(emitter, type, listener) {
  if (typeof emitter.prependListener === 'function') return emitter.prependListener(type, listener);
  const existing = emitter._events?.[type];
  if (!existing) emitter.on(type, listener);
  else if (ArrayIsArray(existing)) ArrayPrototypeUnshift(existing, listener);
  else emitter._events[type] = [listener, existing];
  return undefined;
}

exports.prepend = prepend;

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
