// util.inspect over kinds of values and options, one line each. What differs between Node 20 and 24 (symbol keys, byte
// lengths of buffers, odd names of errors) is left out.
const { inspect, format } = require('util');

let count = 0;
function show(value, options) {
  let text;
  try {
    text = inspect(value, options);
  } catch (error) {
    text = `threw ${error.name}`;
  }
  console.log(`${++count} ${JSON.stringify(text)}`);
}

class Empty {}
class Point { constructor() { this.x = 1; this.y = -0; } get sum() { return 1; } static origin = 0; }
class Child extends Point { constructor() { super(); this.z = [1]; } }
class Tagged { get [Symbol.toStringTag]() { return 'tag'; } }
class List extends Array {}
class Dictionary extends Map {}
const circular = { name: 'c' };
circular.self = circular;
const pair = [{}, {}];
pair[0].other = pair[1];
pair[1].other = pair[0];
const deep = { a: { b: { c: { d: { e: 1 } } } } };
const sparse = [1, , 3];
sparse[6] = 7;
const named = Object.assign(function named() {}, { extra: 1 });
const frozen = Object.freeze({ a: 1 });
const error = new TypeError('what');
error.stack = 'TypeError: what\n    at place (file.js:1:2)';
const coded = Object.assign(new Error('coded'), { code: 'E_CODE' });
coded.stack = 'Error: coded\n    at place (file.js:1:2)';
const withCause = new Error('outer', { cause: error });
withCause.stack = 'Error: outer\n    at other (file.js:3:4)';
const bare = new Error('bare');
bare.stack = 'Error: bare';

const values = [
  1, -0, 0, NaN, Infinity, -1.5, 1e21, 1e-7, 123456789, 10n, -5n, true, false, null, undefined, Symbol('sym'), Symbol(),
  '', 'plain', "it's", 'say "hi"', 'both \' and "', 'all \' " `', 'a\nb', 'tab\t', '\u0000\u001b\u007f', '\ud800', 'é ü 漢字 😀',
  'back\\slash', '${x}', {}, [], [[]], [{}], { a: {} }, { a: 1 }, { 'a-b': 1, 2: 3, valid_1: 4, "it's": 5 }, { undefined },
  [1, 2, 3], ['a', 'b'], [undefined, null], sparse, [, ,], new Array(5), [1.5, -2, 3e10], Object.assign([1], { key: 'v' }),
  new Array(101).fill(0), new Array(7).fill('abc'), Array.from({ length: 30 }, (_, i) => i * i),
  Array.from({ length: 27 }, (_, i) => 'x'.repeat(i)), Array.from({ length: 12 }, (_, i) => ({ i })),
  Array.from({ length: 10 }, (_, i) => BigInt(i)), deep, circular, pair, frozen, Object.create(null),
  Object.create({ inherited: 1 }), Object.create(Object.create(null)), new Empty(), new Point(), new Child(), new Tagged(),
  new List(1, 2), new Dictionary([[1, 2]]), Empty, Point, Child, class {}, class extends Point {}, named, function () {}, () => {},
  async () => {}, function* generator() {}, async function* asyncGenerator() {}, Math.max, Object, Symbol.iterator,
  new Map(), new Map([['k', 'v'], [{ a: 1 }, [1]]]), new Set(), new Set([1, 'two', { three: 3 }]), new Map([[new Map([[1, 2]]), new Set([3])]]),
  new WeakMap(), new WeakSet(), new Date(0), new Date(NaN), /regexp/gi, new RegExp('/'), error, coded, withCause, bare, [error], { e: bare },
  new Uint8Array(3), new Float64Array([1.5, -0]), new BigInt64Array(2), new Uint8Array(0), Buffer.from('hi'), Promise.resolve(1),
  new Promise(() => {}), new Number(3), new String('text'), new Boolean(false), Object(Symbol('s')), Object(1n),
  Object.assign(new Number(3), { extra: true }), Object.assign(new String('ab'), { extra: true }),
  { get a() { return 1; }, set b(v) {}, get c() { return 2; }, set c(v) {} }, Object.defineProperty({}, 'hidden', { value: 1 }),
  { toString() { return 'no'; } }, { [inspect.custom]() { return 'custom text'; } }, { [inspect.custom]: () => ({ replaced: [1] }) },
  { nested: { [inspect.custom]: (depth) => `depth ${depth}` } },
  [new Proxy({ a: 1 }, { get() { throw new Error('no trap runs'); } })], new Proxy(function target() {}, {}), new Proxy([1, 2], {}),
  (function () { return arguments; })(1, 'two'), (function* () {})(), globalThis === global, JSON, Math, Reflect, new (class Foo { constructor() { this.fn = this.method; } method() {} })(),
  { a: 'x'.repeat(60), b: 'y'.repeat(60) }, { a: 1, b: 'x'.repeat(100) }, { long: 'line one\nline two\n'.repeat(6) }, ['a'.repeat(40), 'b'.repeat(40)],
  { a: [1, 2, [3, 4, [5, [6]]]] }, { a: { b: [{ c: {} }] } }, [[[[[]]]]], [[[[[1]]]]], new Map([[{ a: { b: { c: {} } } }, 1]]),
];
for (const value of values) show(value);

const optioned = [
  [deep, { depth: 0 }], [deep, { depth: 1 }], [deep, { depth: Infinity }], [deep, { depth: null }], [deep, { depth: -1 }], [[[[]]], { depth: 0 }],
  [{ a: 1, b: [1, 2, { c: 3 }] }, { compact: false }], [{ a: 1, b: [1, 2, { c: 3 }] }, { compact: true }], [{ a: 1, b: [1, 2, { c: 3 }] }, { compact: 1 }],
  [{ a: 1, b: [1, 2, { c: { d: 4 } }] }, { compact: 2 }], [new Map([['a', [1]]]), { compact: false }], [[1, 2, 3], { compact: true }],
  [{ a: 'x'.repeat(30), b: 'y'.repeat(30) }, { breakLength: 40 }], [{ a: 'x'.repeat(30), b: 'y'.repeat(60) }, { breakLength: Infinity }],
  [[1, 2, 3, 4], { maxArrayLength: 2 }], [[1, 2, 3], { maxArrayLength: 0 }], [new Set([1, 2, 3]), { maxArrayLength: 1 }], [new Map([[1, 2], [3, 4]]), { maxArrayLength: 1 }],
  [new Array(200).fill(1), { maxArrayLength: null }], ['x'.repeat(30), { maxStringLength: 10 }], [{ a: 'x'.repeat(30) }, { maxStringLength: 29 }], ['abc', { maxStringLength: 0 }],
  [{ c: 1, a: 2, b: 3 }, { sorted: true }], [{ c: 1, a: 2, b: 3 }, { sorted: (a, b) => (a < b ? 1 : -1) }], [new Set(['b', 'a']), { sorted: true }],
  [{ get a() { return { b: 1 }; }, get c() { return 1; }, set c(v) {}, get n() { return null; } }, { getters: true }],
  [{ get a() { return 1; }, get c() { return 1; }, set c(v) {} }, { getters: 'get' }], [{ get a() { return 1; }, get c() { return 2; }, set c(v) {} }, { getters: 'set' }],
  [1234567.891, { numericSeparator: true }], [-123456789n, { numericSeparator: true }], [[1000, 100, 12345.6789], { numericSeparator: true }],
  [[1, 2], { showHidden: true }], [Object.defineProperty({ a: 1 }, 'hidden', { value: 2 }), { showHidden: true }], [new Point(), { showHidden: true }],
  [new Proxy({ a: 1 }, { get() {} }), { showProxy: true }], [new Proxy(new Proxy([1], {}), {}), { showProxy: 1 }],
  [{ [inspect.custom]() { return 'x'; }, a: 1 }, { customInspect: false, depth: -1 }],
  [{ a: 1, b: 'x', c: null, d: undefined, e: true, f: 1n, g: Symbol('g'), h: new Date(0), i: /r/, j() {}, k: [1] }, { colors: true }],
  [[1, , 'two'], { colors: true }], [new Map([['k', 1]]), { colors: true }], [Array.from({ length: 20 }, (_, i) => i), { colors: true }],
];
for (const [value, options] of optioned) show(value, options);

const formats = [
  ['%s', 'text'], ['%s', 1], ['%s', -0], ['%s', 1n], ['%s', null], ['%s', { a: { b: 1 } }], ['%s', [1, [2]]], ['%s', Symbol('s')], ['%s', new Point()],
  ['%s', { toString() { return 'own'; } }], ['%s', new Date(0)], ['%d', '42'], ['%d', 1n], ['%d', {}], ['%i', 42.9], ['%i', '7px'], ['%f', '1.5'], ['%f', Symbol('f')],
  ['%j', { a: [1] }], ['%j', circular], ['%o', { f: 1 }], ['%O', deep], ['%c styled', 'color: red'], ['%%'], ['%% %s', 'x'], ['100%', 1], ['%x', 1], ['%s'], ['%s %s', 'one'],
  ['a', 'b', 'c'], ['a', 1, { b: 2 }], [1, 2, '3'], [{ a: 1 }, 'x'], [], [''], ['%s%s%s', 'a', 'b'], ['%s', 'a', 'rest', { r: 1 }],
];
for (const args of formats) console.log(`${++count} ${JSON.stringify(format(...args))}`);
