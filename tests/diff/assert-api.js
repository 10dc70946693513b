// Which assertions hold and which throw what; messages where Node 20 and 24 say the same.
const assert = require('assert');

let count = 0;
function check(name, ...args) {
  let text = 'holds';
  try {
    (name === 'assert' ? assert : assert[name])(...args);
  } catch (error) {
    text = `${error.name} ${error.code} ${error.operator} ${error.generatedMessage}`;
  }
  console.log(`${++count} ${name} ${text}`);
}

class A { x = 1; }
class B { x = 1; }
const loop = { a: 1 };
loop.self = loop;
const loop2 = { a: 1 };
loop2.self = loop2;
const pairs = [
  [1, 1], [1, 2], [1, '1'], [1, 1n], [0, -0], [NaN, NaN], [null, undefined], ['a', 'a'], ['a', 'b'], [true, 1], [{}, {}], [{ a: 1 }, { a: 1 }], [{ a: 1 }, { a: 2 }],
  [{ a: 1 }, { a: '1' }], [{ a: 1 }, { a: 1, b: 2 }], [{ a: undefined }, {}], [{ a: undefined }, { b: undefined }], [[], []], [[1, 2], [1, 2]], [[1, 2], [2, 1]], [[], {}], [[1], { 0: 1 }],
  [[, 1], [undefined, 1]], [[1, 2, 3], [1, 2]], [new A(), new A()], [new A(), new B()], [new A(), { x: 1 }], [Object.create(null), {}], [loop, loop2], [new Date(0), new Date(0)], [new Date(0), new Date(1)],
  [/a/g, /a/g], [/a/g, /a/i], [new Error('a'), new Error('a')], [new Error('a'), new Error('b')], [new Error('a'), new TypeError('a')], [new Set([1, 2]), new Set([2, 1])], [new Set([1]), new Set(['1'])],
  [new Set([{ a: 1 }, { b: 2 }]), new Set([{ b: 2 }, { a: 1 }])], [new Set([1, 2]), new Set([1])], [new Map([[1, 2]]), new Map([[1, 2]])], [new Map([[1, 2]]), new Map([[1, '2']])],
  [new Map([[{ k: 1 }, 'v']]), new Map([[{ k: 1 }, 'v']])], [new Map([['1', 1]]), new Map([[1, 1]])], [new Uint8Array([1, 2]), new Uint8Array([1, 2])], [new Uint8Array([1, 2]), new Uint8Array([1, 3])],
  [new Uint8Array([1]), new Int8Array([1])], [Buffer.from('ab'), Buffer.from('ab')], [new Float64Array([0]), new Float64Array([-0])], [Object(1), Object(1)], [Object(1), Object(2)], [Object('a'), 'a'],
  [Symbol.iterator, Symbol.iterator], [() => {}, () => {}], [{ [Symbol.for('k')]: 1 }, { [Symbol.for('k')]: 1 }], [{ [Symbol.for('k')]: 1 }, { [Symbol.for('k')]: 2 }], [{ [Symbol.for('k')]: 1 }, {}],
  [new ArrayBuffer(2), new ArrayBuffer(2)], [{ a: { b: { c: [1, { d: 2 }] } } }, { a: { b: { c: [1, { d: 2 }] } } }], [(function () { return arguments; })(1), (function () { return arguments; })(1)],
];
for (const [actual, expected] of pairs) {
  for (const name of ['equal', 'notEqual', 'strictEqual', 'notStrictEqual', 'deepEqual', 'notDeepEqual', 'deepStrictEqual', 'notDeepStrictEqual']) {
    check(name, actual, expected);
  }
}
for (const value of [1, 0, '', 'x', null, undefined, NaN, [], {}]) check('ok', value, 'message');
const failing = () => { throw new TypeError('bad thing'); };
for (const expected of [undefined, TypeError, RangeError, /bad/, /good/, { message: 'bad thing' }, { message: 'other' }, { name: 'TypeError', message: /thing/ }, { code: 5 }, {}, () => true, () => false, 'message', 'bad thing', 5]) {
  check('throws', failing, expected);
  check('doesNotThrow', failing, expected);
  check('throws', () => {}, expected);
}
check('doesNotThrow', () => {});
check('match', 'abc', /b/);
check('match', 'abc', /x/);
check('match', 5, /x/);
check('doesNotMatch', 'abc', /b/);
check('doesNotMatch', 'abc', /x/);
check('match', 'abc', 'b');
for (const value of [null, undefined, 0, 'text', new Error('e')]) check('ifError', value);
check('fail');
check('fail', 'message');
check('fail', new RangeError('own'));
check('strictEqual', 1, 2, new RangeError('own'));
check('strictEqual', 1);
check('throws', 'no function');

function message(call) {
  try {
    call();
    console.log('no error');
  } catch (error) {
    console.log(error.message);
  }
}
message(() => assert.equal(1, 2));
message(() => assert.equal({ a: 1 }, null));
message(() => assert.notEqual('x', 'x'));
message(() => assert.strictEqual(1, 2));
message(() => assert.strictEqual('a', 'b'));
message(() => assert.deepStrictEqual(1, 2));
message(() => assert.deepEqual({ a: 1 }, { a: 2 }));
message(() => assert.notDeepStrictEqual({ a: 1 }, { a: 1 }));
message(() => assert.fail());
message(() => assert.throws(() => {}));
message(() => assert.throws(() => {}, TypeError, 'reason'));
message(() => assert.throws(failing, /good/));
message(() => assert.throws(failing, RangeError));
message(() => assert.throws(failing, () => 5));
message(() => assert.doesNotThrow(failing, 'reason'));
message(() => assert.match('abc', /x/));
message(() => assert.doesNotMatch('abc', /b/));
message(() => assert.ifError(new Error('e')));
message(() => { throw new assert.AssertionError({ message: 'm', actual: 1, expected: 2, operator: 'op' }); });
message(() => { throw new assert.AssertionError({ actual: 1, expected: 2, operator: 'op' }); });
console.log(assert.strict.equal === assert.strictEqual, assert.strict === require('assert/strict'), assert.strict.strict === assert.strict);

async function promises() {
  for (const [name, ...args] of [
    ['rejects', Promise.reject(new TypeError('no'))], ['rejects', Promise.resolve(1)], ['rejects', async () => { throw new Error('x'); }, /x/], ['rejects', async () => { throw new Error('x'); }, /y/],
    ['rejects', () => 5], ['rejects', 5], ['doesNotReject', Promise.resolve(1)], ['doesNotReject', Promise.reject(new Error('no'))], ['doesNotReject', async () => {}],
  ]) {
    try {
      await assert[name](...args);
      console.log(name, 'holds');
    } catch (error) {
      console.log(name, error.name, error.code, error.message.split('\n')[0]);
    }
  }
}
promises();
