// Collections of garbage, for observers of 'gc' and for `v8.GCProfiler`: those that the runtime starts. What the engine's collector
// does by itself it tells nobody.
'use strict';

const { ArrayPrototypeIndexOf, ArrayPrototypeSplice } = primordials;
const native = binding('perf_hooks');

const MAJOR = 4;
const FORCED = 4;
// Who listens: functions and observers. While there is any, the runtime remembers.
const listeners = [];

/** Tells what has been collected since the last time. */
function tell() {
  const list = native.takeCollections();
  for (let at = 0; at < list.length; at += 5) {
    const collection = {
      start: list[at], duration: list[at + 1], before: list[at + 2], after: list[at + 3], forced: list[at + 4],
    };
    for (let i = 0; i < listeners.length; i++) if (typeof listeners[i] === 'function') listeners[i](collection);
    const { PerformanceNodeEntry, add } = require('perf_hooks/entries');
    const detail = { kind: MAJOR, flags: collection.forced ? FORCED : 0 };
    const entry = new PerformanceNodeEntry('gc', 'gc', collection.start, collection.duration, detail);
    entry.kind = detail.kind;
    entry.flags = detail.flags;
    add(entry);
  }
}

function observe(listener) {
  if (ArrayPrototypeIndexOf(listeners, listener) >= 0) return;
  listeners[listeners.length] = listener;
  native.watchCollections(tell);
}

function unobserve(listener) {
  const at = ArrayPrototypeIndexOf(listeners, listener);
  if (at < 0) return;
  ArrayPrototypeSplice(listeners, at, 1);
  if (listeners.length > 0) return;
  native.watchCollections(undefined);
}

module.exports = { observe, unobserve, tell };
