// Node: 24
// `using` declarations, disposable stacks and the other parts of the language that the engine lacks.
'use strict';
const log = [];
const make = (name, fail) => ({
  [Symbol.dispose]() {
    log.push(`dispose ${name}`);
    if (fail) throw new Error(`dispose ${name}`);
  },
});
const makeAsync = (name) => ({
  async [Symbol.asyncDispose]() {
    await null;
    log.push(`async dispose ${name}`);
  },
});
function early() {
  'use strict';
  using a = make('a'), b = make('b');
  log.push(helper());
  return 'returned';
  function helper() { return 'hoisted'; }
}
log.push(early());
try {
  using c = make('c', true);
  throw new Error('body');
} catch (error) {
  log.push(`${error.name}: ${error.error.message}, ${error.suppressed.message}`, error instanceof SuppressedError);
}
try {
  using d = 1;
} catch (error) {
  log.push(error.name);
}
using nothing = null;
for (using e of [make('e1'), make('e2')]) {
  log.push('in loop');
}
function* steps() {
  using f = make('f');
  yield 1;
  yield 2;
}
for (const step of steps()) {
  log.push(step);
  break;
}
(async () => {
  {
    await using g = makeAsync('g');
    using h = make('h');
    log.push('async body');
  }
  const stack = new DisposableStack();
  stack.defer(() => log.push('deferred'));
  stack.adopt(5, (value) => log.push(`adopted ${value}`));
  stack.use(make('used'));
  const moved = stack.move();
  log.push(stack.disposed);
  moved[Symbol.dispose]();
  const later = new AsyncDisposableStack();
  later.use(makeAsync('later'));
  later.use(make('sync'));
  await later.disposeAsync();
  log.push(String(later), later.disposed);
  log.push(await Array.fromAsync([1, Promise.resolve(2)], (value) => value * 2));
  log.push(await Array.fromAsync({ length: 2, 0: 'x', 1: Promise.resolve('y') }));
  const buffer = new ArrayBuffer(8, { maxByteLength: 16 });
  const next = buffer.transfer(4);
  log.push(buffer.detached, next.byteLength, next.resizable, next.transferToFixedLength().resizable);
  log.push(Error.isError(new TypeError()), Error.isError({ __proto__: Error.prototype }), typeof Map.prototype.getOrInsert);
  console.log(log);
})();
