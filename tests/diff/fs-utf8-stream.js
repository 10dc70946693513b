// Node: 24
'use strict';
// `fs.Utf8Stream`: when it writes, what it says, and what it refuses.
const fs = require('fs');
const os = require('os');
const path = require('path');

const { Utf8Stream } = fs;
const dir = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), 'ouro-utf8-'));
const file = path.join(dir, 'log');
const read = (name = file) => fs.readFileSync(name, 'utf8');
const attempt = (name, call) => {
  try {
    console.log(name, call());
  } catch (error) {
    console.log(name, error.code, error.message.replaceAll(dir, 'DIR'));
  }
};
const heard = (stream, event) => new Promise((resolve) => stream.once(event, resolve));
const tell = (stream, name) => {
  for (const event of ['drop', 'error', 'finish', 'close']) stream.on(event, (value) => console.log(name, event, value));
};

for (const [name, options] of Object.entries({
  nothing: undefined, null: null, number: 1, empty: {}, minLength: { dest: file, minLength: -1 }, maxWrite: { dest: file, maxWrite: 'x' },
  both: { dest: file, minLength: 20_000 }, periodicFlush: { dest: file, periodicFlush: 'x' }, sync: { dest: file, sync: 1 },
  append: { dest: file, append: 1 }, mkdir: { dest: file, mkdir: 1 }, fsync: { dest: file, fsync: 1 },
  contentMode: { dest: file, contentMode: 'x' }, retryEAGAIN: { dest: file, retryEAGAIN: 1 }, fs: { dest: file, fs: 1 },
})) attempt(name, () => new Utf8Stream(options));

(async () => {
  for (const sync of [true, false]) {
    const stream = new Utf8Stream({ dest: file, sync, minLength: 10 });
    tell(stream, sync ? 'sync' : 'async');
    await heard(stream, 'ready');
    const { append, contentMode, fsync, maxLength, minLength, mkdir, mode, periodicFlush, writing } = stream;
    console.log(append, contentMode, fsync, maxLength, minLength, mkdir, mode, periodicFlush, writing, stream.file === file, stream.fd > 0);
    attempt('short', () => stream.write('abc'));
    console.log(JSON.stringify(read()));
    const drained = heard(stream, 'drain');
    attempt('long', () => stream.write('defghijklm'));
    attempt('number', () => stream.write(5));
    attempt('buffer', () => stream.write(Buffer.from('x')));
    await drained;
    console.log(read(), stream.writing);
    stream.write('é');
    await new Promise((resolve) => stream.flush((error) => resolve(console.log('flushed', error))));
    console.log(read());
    stream.write('+');
    stream.flushSync();
    console.log(read());
    stream.write('end');
    stream.end();
    await heard(stream, 'close');
    console.log(read());
    attempt('write', () => stream.write('q'));
    attempt('flush', () => stream.flush((error) => console.log('told', error.code)));
    attempt('flushSync', () => stream.flushSync());
    attempt('end', () => stream.end());
    attempt('reopen', () => stream.reopen());
    attempt('destroy', () => stream.destroy());
  }

  const bytes = new Utf8Stream({ dest: file, sync: true, append: false, contentMode: 'buffer' });
  tell(bytes, 'bytes');
  attempt('bytes', () => bytes.write(Buffer.from('bytes')));
  attempt('text', () => bytes.write('text'));
  console.log(read());
  bytes.destroy();
  attempt('after', () => bytes.write(Buffer.from('x')));
  await heard(bytes, 'close');

  const full = new Utf8Stream({ dest: file, append: false, maxLength: 5, minLength: 4 });
  tell(full, 'full');
  await heard(full, 'ready');
  full.write('abc');
  full.write('defg');
  full.end();
  await heard(full, 'close');
  console.log(read());

  const missing = path.join(dir, 'none', 'log');
  attempt('sync missing', () => new Utf8Stream({ dest: missing, sync: true }));
  const error = await heard(new Utf8Stream({ dest: missing }), 'error');
  console.log(error.code);
  const made = new Utf8Stream({ dest: missing, mkdir: true, sync: true, fsync: true });
  made.write('made');
  made.end();
  await heard(made, 'close');
  console.log(read(missing));

  const moved = new Utf8Stream({ dest: file, append: false });
  moved.write('one');
  moved.reopen(`${file}2`);
  moved.write('two');
  await heard(moved, 'drain');
  moved.end();
  await heard(moved, 'close');
  console.log(JSON.stringify(read()), read(`${file}2`), moved.file === `${file}2`);
  fs.rmSync(dir, { recursive: true });
})();
