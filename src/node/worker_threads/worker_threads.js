'use strict';
// `worker_threads` as the main thread sees it. Workers are not there yet: making one says so.

const { SafeMap, SafeWeakSet, SymbolFor } = primordials;
const { nodeError } = binding('errors');
const { defineLate } = binding('util');

const environment = new SafeMap();

class Worker {
  constructor() {
    throw nodeError('ERR_METHOD_NOT_IMPLEMENTED', 'new worker_threads.Worker()');
  }
}

function missing(name) {
  return {
    [name]() {
      throw nodeError('ERR_METHOD_NOT_IMPLEMENTED', `worker_threads.${name}()`);
    },
  }[name];
}

module.exports = {
  isMainThread: true, isInternalThread: false, parentPort: null, workerData: null, threadId: 0, threadName: '',
  resourceLimits: {}, SHARE_ENV: SymbolFor('nodejs.worker_threads.SHARE_ENV'), Worker,
  getEnvironmentData(key) {
    return environment.get(key);
  },
  setEnvironmentData(key, value) {
    if (value === undefined) environment.delete(key);
    else environment.set(key, value);
  },
};

// What a program has marked. Messages ask as soon as there is a mark.
const untransferable = new SafeWeakSet();
const uncloneable = new SafeWeakSet();
let asked = false;

function mark(set, object) {
  if ((typeof object !== 'object' && typeof object !== 'function') || object === null) return;
  set.add(object);
  if (asked) return;
  asked = true;
  binding('structured_clone').onMarked((value) => untransferable.has(value), (value) => uncloneable.has(value));
}

module.exports.markAsUntransferable = function markAsUntransferable(object) {
  mark(untransferable, object);
};
module.exports.markAsUncloneable = function markAsUncloneable(object) {
  mark(uncloneable, object);
};
module.exports.isMarkedAsUntransferable = function isMarkedAsUntransferable(object) {
  const isObject = object !== null && (typeof object === 'object' || typeof object === 'function');
  return isObject && untransferable.has(object);
};
module.exports.postMessageToThread = missing('postMessageToThread');

// What few programs need loads late.
const late = ['MessageChannel', 'MessagePort', 'receiveMessageOnPort', 'moveMessagePortToContext'];
for (let i = 0; i < late.length; i++) defineLate(module.exports, late[i], () => require('worker_threads/port')[late[i]]);
defineLate(module.exports, 'BroadcastChannel', () => require('worker_threads/broadcast_channel').BroadcastChannel);
