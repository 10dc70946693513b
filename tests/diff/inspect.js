class Point { constructor() { this.x = 1; this.y = -0; } get sum() { return 1; } static z = 3; }
const circular = { name: 'c', list: [1, 2, { deep: { deeper: { deepest: 1 } } }] };
circular.self = circular;
console.log(circular, new Point(), Point, [undefined, null, , 3], [[]], {});
console.log(new Map([['a', { b: 1 }], [{}, []]]), new Set([1, 'x']), new Date(0), /re/gi, Symbol('s'), 10n);
console.log([1.5, 'it\'s', "q\"q", `n\nn`], { 'a-b': 1 }, () => {}, function named() {}, async () => {}, class A extends Point {});
console.log(new Array(200).fill(7), 'x'.repeat(20), [['a'.repeat(80)], ['b']]);
console.log(Buffer.from('hi'), new Uint8Array(3), Object.create(null), new (class extends Map {})());
console.log('%s %d %i %f %j %o %O %%', 'str', 42, 42.9, 1.5, { a: 1 }, [1], { b: 2 }, 'extra');
console.log(Promise.resolve(4), Promise.reject(new Error('x')).catch(() => {}) instanceof Promise, new Proxy({ a: 1 }, {}));
console.log(process.stdout.constructor !== undefined, [new Error('in array').message], { get a() { return 1; }, set b(v) {} });
console.log(new Number(3), new String('abc'), [,'a'], Object.assign(() => {}, { prop: 1 }), globalThis === global);

// Text of several lines, given by an object that says itself how it looks.
const lines = { [Symbol.for('nodejs.util.inspect.custom')]: () => 'one\ntwo' };
console.log([lines], { a: { b: lines } }, new Map([['k', lines]]));
