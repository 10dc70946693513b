// Getters that replace themselves by a value, read again and again at the same place.
const proto = { get red() { const made = () => 'made'; Object.defineProperty(this, 'red', { value: made }); return made; } };
const heir = Object.create(proto);
function useHeir() { return heir.red(); }
console.log(useHeir(), useHeir(), useHeir());

const own = {};
Object.defineProperty(own, 'x', { configurable: true, get() { Object.defineProperty(own, 'x', { value: { v: 1 } }); return own.x; } });
function useOwn() { return own.x.v; }
console.log(useOwn(), useOwn(), useOwn());

const callable = {};
Object.defineProperty(callable, 'f', { configurable: true, enumerable: true, get() { const f = (a) => a + 1; Object.defineProperty(callable, 'f', { value: f, writable: true }); return f; } });
function useCallable(n) { return callable.f(n); }
console.log(useCallable(1), useCallable(2));
callable.f = () => 'replaced';
console.log(useCallable(3), Object.keys(callable));

function cut(list, length) { list.length = length; return list; }
console.log(cut([1, 2, 3], 2), cut([1, 2, 3, 4], 1), cut([1], 0));
const queue = [];
for (let i = 0; i < 3; i++) {
  queue.push(i, i);
  console.log(queue);
  queue.length = 0;
}

const fixed = {};
Object.defineProperty(fixed, 'y', { configurable: true, get() { return 1; } });
Object.defineProperty(fixed, 'y', { value: 2, writable: false });
(() => { 'use strict'; try { fixed.y = 3; } catch (error) { console.log(error.name); } })();
setImmediate(() => console.log(fixed.y, Object.getOwnPropertyDescriptor(fixed, 'y'), Object.getOwnPropertyDescriptor(own, 'x')));

// A second definition over the first, before and after.
const twice = { get z() { return 0; } };
Object.defineProperty(twice, 'z', { value: 1, configurable: true });
Object.defineProperty(twice, 'z', { get() { return 2; }, configurable: true });
console.log(twice.z);
setImmediate(() => console.log(twice.z));
try {
  Object.defineProperty(Object.freeze({ q: 1 }), 'q', { value: 2 });
} catch (error) {
  console.log(error.name);
}
