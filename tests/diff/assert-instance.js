// Node: 24
// `new assert.Assert()`: its prototype, its own properties, and what each option changes of checks and messages.
const assert = require('assert');
const { Assert } = assert;

function attempt(name, run) {
  try {
    run();
    console.log(name, 'holds');
  } catch (error) {
    console.log(name, error.name, error.code, error.operator, error.diff, error.generatedMessage, error.message.length);
    console.log(error.message.split('\n').slice(0, 8).join('\n').slice(0, 300));
  }
}

const { prototype } = Assert;
for (const name of Object.getOwnPropertyNames(prototype)) {
  const { value, ...rest } = Object.getOwnPropertyDescriptor(prototype, name);
  console.log(name, value.length, JSON.stringify(rest), value === assert[name]);
}
console.log(assert.strict.Assert === Assert);
const strict = new Assert();
const loose = new Assert({ strict: false });
console.log(Object.keys(strict), Object.keys(loose), Object.getOwnPropertySymbols(strict).map(String));
console.log(strict.equal === prototype.strictEqual, strict.notDeepEqual === prototype.notDeepStrictEqual, loose.equal === assert.equal);
console.log(strict);
attempt('call', () => Assert());
attempt('diff', () => new Assert({ diff: 'long' }));

const numbers = Array.from({ length: 80 }, (_, i) => i);
const others = numbers.with(40, -1);
const lines = 'a\n'.repeat(60);
for (const diff of ['simple', 'full']) {
  for (const strict of [true, false]) {
    const own = new Assert({ diff, strict });
    const label = (name) => `${diff} ${strict} ${name}`;
    attempt(label('deepStrictEqual'), () => own.deepStrictEqual(numbers, others));
    attempt(label('deepEqual'), () => own.deepEqual(numbers, ['x'.repeat(700)]));
    attempt(label('strictEqual'), () => own.strictEqual(lines, 'b'));
    attempt(label('same'), () => own.strictEqual(numbers, [...numbers]));
    attempt(label('equal'), () => own.equal('x'.repeat(700), 'y'.repeat(700)));
    attempt(label('notDeepStrictEqual'), () => own.notDeepStrictEqual(numbers, [...numbers]));
    attempt(label('notDeepEqual'), () => own.notDeepEqual(numbers, [...numbers]));
    attempt(label('partialDeepStrictEqual'), () => own.partialDeepStrictEqual(numbers, others));
    attempt(label('fail'), () => own.fail('no'));
    attempt(label('ifError'), () => own.ifError(new Error('broken')));
    attempt(label('ok'), () => own.ok(0, 'zero'));
    attempt(label('throws'), () => own.throws(() => {}));
    attempt(label('match'), () => own.match('a', /b/, 'no match'));
  }
}

class A { x = 1; }
class B { x = 1; }
const shapes = new Assert({ skipPrototype: true });
attempt('skipPrototype', () => shapes.deepStrictEqual(new A(), new B()));
attempt('skipPrototype, deepEqual', () => shapes.deepEqual({ x: 1 }, new B()));
attempt('skipPrototype, not', () => shapes.notDeepStrictEqual(new A(), new B()));
attempt('skipPrototype, values', () => shapes.deepStrictEqual(new A(), { x: 2 }));
const { deepStrictEqual, strictEqual } = shapes;
attempt('taken off', () => deepStrictEqual(new A(), new B()));
attempt('taken off', () => strictEqual(1, 2));
