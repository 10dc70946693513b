// `v8.promiseHooks`: who listens to the lives of promises. The runtime calls the functions at the end of this file.
// Behaviour: <https://nodejs.org/docs/latest-v24.x/api/v8.html#promise-hooks>
'use strict';

const { ArrayPrototypeIndexOf, ArrayPrototypeSlice, ArrayPrototypeSplice } = primordials;
const { setPromiseHooks } = binding('async_context');
const { nodeError } = binding('errors');

const INIT = 1;
const BEFORE = 2;
const AFTER = 4;
const SETTLED = 16;
const lists = { __proto__: null, [INIT]: [], [BEFORE]: [], [AFTER]: [], [SETTLED]: [] };

function checked(hook, name) {
  // As in Node, an async function would make promises while it is told of one.
  if (typeof hook !== 'function' || binding('types').isAsyncFunction(hook)) {
    throw nodeError('ERR_INVALID_ARG_TYPE', name, 'Function', hook);
  }
}

function update() {
  let bits = 0;
  if (lists[INIT].length > 0) bits |= INIT;
  if (lists[BEFORE].length > 0) bits |= BEFORE;
  if (lists[AFTER].length > 0) bits |= AFTER;
  if (lists[SETTLED].length > 0) bits |= SETTLED;
  setPromiseHooks(bits, callers);
}

function add(event, hook) {
  const list = ArrayPrototypeSlice(lists[event]);
  list[list.length] = hook;
  lists[event] = list;
  update();
  let stopped = false;
  return function stop() {
    if (stopped) return;
    stopped = true;
    const rest = ArrayPrototypeSlice(lists[event]);
    ArrayPrototypeSplice(rest, ArrayPrototypeIndexOf(rest, hook), 1);
    lists[event] = rest;
    update();
  };
}

function maker(event, name) {
  return function(hook) {
    checked(hook, name);
    return add(event, hook);
  };
}
const onInit = maker(INIT, 'initHook');
const onBefore = maker(BEFORE, 'beforeHook');
const onAfter = maker(AFTER, 'afterHook');
const onSettled = maker(SETTLED, 'settledHook');

function createHook({ init, before, after, settled } = {}) {
  const stops = [];
  if (init) stops[stops.length] = onInit(init);
  if (before) stops[stops.length] = onBefore(before);
  if (after) stops[stops.length] = onAfter(after);
  if (settled) stops[stops.length] = onSettled(settled);
  return function stop() {
    for (let i = 0; i < stops.length; i++) stops[i]();
  };
}

// What a hook throws is an uncaught exception, and the others are called nevertheless.
function call(event, promise, parent) {
  const list = lists[event];
  for (let i = 0; i < list.length; i++) {
    try {
      if (event === INIT) list[i](promise, parent);
      else list[i](promise);
    } catch (error) {
      const { nextTick } = binding('task_queue');
      nextTick(() => { throw error; });
    }
  }
}

const callers = {
  init(promise, parent) { call(INIT, promise, parent); },
  before(promise) { call(BEFORE, promise); },
  after(promise) { call(AFTER, promise); },
  destroy() {},
  promiseResolve(promise) { call(SETTLED, promise); },
};

module.exports = { createHook, onInit, onBefore, onAfter, onSettled };
