// The loops of `ouro-bench floor`. The bare engine runs all of them, with the natives of main.rs as globals; the runtimes run
// those that need none, by way of run.js. Each does a number of operations.
'use strict';

var floorCases = {
  loop(count) {
    let last = 0;
    for (let i = 0; i < count; i++) last = i;
    return last;
  },

  call(count) {
    function empty() {}
    for (let i = 0; i < count; i++) empty();
  },

  native(count) {
    const native = globalThis.identity;
    for (let i = 0; i < count; i++) native(i);
  },

  callback(count) {
    const native = globalThis.callBack;
    function empty() {}
    for (let i = 0; i < count; i++) native(empty);
  },

  object(count) {
    const native = globalThis.makeObject;
    for (let i = 0; i < count; i++) native();
  },

  view(count) {
    const native = globalThis.makeView;
    for (let i = 0; i < count; i++) native();
  },

  text(count) {
    const native = globalThis.makeText;
    for (let i = 0; i < count; i++) native();
  },

  instance(count) {
    const Native = globalThis.Native;
    let last = 0;
    for (let i = 0; i < count; i++) last = new Native().size;
    return last;
  },
};

if (typeof module !== 'undefined') module.exports = floorCases;
