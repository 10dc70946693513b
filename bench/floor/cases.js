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

  // The scenario events-1: the native only calls the listener.
  emit(count) {
    let sum = 0;
    const emitter = new globalThis.Emitter((order, quantity) => {
      sum += order * quantity;
    });
    for (let i = 0; i < count; i++) emitter.emit('order', i, 3);
    return sum;
  },

  // The scenario buffer-utf8-64, but for the length of the bytes: the natives make a view and a string, and convert nothing.
  convert(count) {
    const Bytes = globalThis.Bytes;
    const texts = ['a', 'b', 'c'].map((letter) => letter.repeat(64));
    let sum = 0;
    for (let i = 0; i < count; i += 2) {
      const bytes = Bytes.from(texts[i % 3], 'utf8');
      bytes[0] = 65 + (i % 2);
      const back = bytes.toText('utf8');
      sum += back.length + back.charCodeAt(0);
    }
    return sum;
  },

  // The scenario url-parse: the class keeps the text, and its getters return it.
  address(count) {
    const Address = globalThis.Address;
    const addresses = ['a', 'b', 'c', 'd', 'e'].map((letter) => letter.repeat(40));
    let characters = 0;
    for (let i = 0; i < count; i++) {
      const url = new Address(addresses[i % 5]);
      characters += url.href.length + url.pathname.length + url.host.length;
    }
    return characters;
  },
};

if (typeof module !== 'undefined') module.exports = floorCases;
