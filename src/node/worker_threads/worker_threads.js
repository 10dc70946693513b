'use strict';
// `worker_threads` as the main thread sees it. Workers are not there yet: making one says so.

const { SafeMap, SymbolFor } = primordials;
const { nodeError } = binding('errors');

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
const names = [
  'markAsUntransferable', 'isMarkedAsUntransferable', 'markAsUncloneable', 'moveMessagePortToContext', 'receiveMessageOnPort',
  'postMessageToThread',
];
for (let i = 0; i < names.length; i++) module.exports[names[i]] = missing(names[i]);
// Where the web's classes exist, these are the same.
const { defineLate } = binding('util');
const classes = ['MessageChannel', 'MessagePort', 'BroadcastChannel'];
for (let i = 0; i < classes.length; i++) defineLate(module.exports, classes[i], () => globalThis[classes[i]]);
