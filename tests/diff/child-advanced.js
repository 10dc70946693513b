// Messages of the advanced kind, there and back.
'use strict';
const { fork } = require('child_process');
const assert = require('assert');

if (process.argv[2] === 'child') {
  process.on('message', (message) => process.send(message));
  return;
}
const circular = { name: 'circular' };
circular.self = circular;
circular.list = [circular, , 1];
const shared = { shared: true };
const values = [
  null, true, false, 0, -0, 1, -1, 2 ** 31, -(2 ** 31), 2 ** 53, 1.5, NaN, Infinity, '', 'text', 'é', '€ and \u{1f40d}',
  'x'.repeat(200) + '€', {}, [], { 1: 'one', a: undefined, 'b c': [1n, -5n, 0n, 2n ** 64n] }, [1, , 3],
  Object.assign([1, 2], { extra: 1 }), new Array(3), new Map([[{ k: 1 }, new Set([1, 'a'])]]), new Date(0), /a.b/giu,
  new Uint8Array([1, 2]), new Float64Array([Math.PI]), new BigInt64Array([-1n]), new DataView(new ArrayBuffer(3)),
  Buffer.from('buffer'), new ArrayBuffer(4), Object(1), Object('s'), Object(false), Object(7n), circular,
  { first: shared, second: shared }, new Error('plain'), new RangeError('range'),
  Object.assign(new TypeError('with cause', { cause: { a: 1 } }), { lost: 1 }), new (class Point { x = 1; })(),
];
// What a view is a view of is each runtime's own affair.
const shown = (value) => {
  if (value instanceof Error) return [value.message, value.cause];
  return value instanceof DataView || value instanceof ArrayBuffer ? value.byteLength : value;
};
const child = fork(__filename, ['child'], { serialization: 'advanced' });
let at = 0;
child.on('message', (message) => {
  const sent = values[at];
  let same = true;
  try {
    assert.deepEqual(message, sent);
  } catch {
    same = false;
  }
  console.log(at, same, typeof message, message?.constructor?.name, shown(message));
  if (++at < values.length) child.send(values[at]);
  else child.disconnect();
});
child.send(values[0]);
for (const wrong of [() => {}, { f() {} }, { s: Symbol('x') }, Promise.resolve(), new WeakMap()]) {
  try {
    child.send(wrong);
  } catch (err) {
    console.log(err.name, err.code, err.message);
  }
}
child.on('close', (code) => console.log('close', code));
