// The console's methods, on the descriptors, on replaced streams and on streams of one's own.
const { Console } = require('console');
const { Writable } = require('stream');

console.log();
console.log('text', 1, -0, 1.5, true, null, undefined, 10n, Symbol('s'));
console.log('100%', '%s');
console.log('%s has %d of %i', 'he', 4.5, 4.5, 'more', { a: 1 });
console.info('info');
console.debug({ debug: [1] });
console.log('multi\nline');
console.group('group');
console.log('in\nside', 5);
console.log({ a: 1, b: 'x'.repeat(80) });
console.group();
console.log('deeper');
console.groupEnd();
console.groupEnd();
console.groupEnd();
console.log('out');
console.count();
console.count('named');
console.count();
console.countReset();
console.count();
console.dir({ a: { b: { c: { d: 1 } } } }, { depth: 0 });
console.dirxml({ a: 1 }, [2]);
console.table([[1, 2], [3, 4]]);
console.table([{ a: 1, b: 'x' }, { a: 2, c: true }]);
console.table([{ a: 1, b: 'x' }, { a: 2, c: true }], ['b']);
console.table(new Map([['k', { v: 1 }]]));
console.table(new Set(['v']));
console.table({ row: { x: 1 }, plain: 2 });
console.table('no table');
console.table([]);
console.assert(true, 'not printed');

const written = [];
const collect = (name) => new Writable({
  write(chunk, encoding, done) {
    written.push(`${name}:${chunk}`);
    done();
  },
});
const own = new Console({ stdout: collect('out'), stderr: collect('err'), groupIndentation: 4, inspectOptions: { depth: 0 } });
own.log('%s', 'x', { a: { b: 1 } });
own.error('e');
own.warn('w');
own.group('g');
own.log('1\n2');
own.groupEnd();
own.assert(false, 'failed %s', 'badly');
own.assert(false);
[1, 2].forEach(own.log);
own.count('c');
own.table([{ a: 1 }]);
console.log(written);
console.log(own instanceof Console, console instanceof Console, {} instanceof Console, Console(collect('x')) instanceof Console);
for (const options of [undefined, { stdout: {} }, { stdout: collect('o'), colorMode: 1 }, { stdout: collect('o'), groupIndentation: -1 }]) {
  try {
    new Console(options);
  } catch (error) {
    console.log(error.code, error.message);
  }
}

const lines = [];
const { write } = process.stdout;
process.stdout.write = (text) => lines.push(text);
console.log('caught', { by: 'replacement' });
console.log('text only');
process.stdout.write = write;
console.log(lines);
console.log(Object.prototype.toString.call(console), typeof console.log.prototype, console.log.name, console.log.length);
