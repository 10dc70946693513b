// Node: 24
'use strict';
// Options of `fs` that few programs give, and what is said of wrong ones.
const fs = require('fs');
const os = require('os');
const path = require('path');
const zlib = require('zlib');

const dir = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), 'ouro-options-'));
process.chdir(dir);
const attempt = (name, call) => {
  try {
    console.log(name, call());
  } catch (error) {
    console.log(name, error.code, error.message);
  }
};

fs.mkdirSync('d/real/deep', { recursive: true });
for (const name of ['d/real/x.js', 'd/real/deep/y.js']) fs.writeFileSync(name, '');
fs.symlinkSync('real', 'd/link');
fs.symlinkSync('..', 'd/real/deep/up');
fs.symlinkSync('nowhere', 'd/dangling');
for (const pattern of ['d/*/x.js', 'd/**/*.js', 'd/**', 'd/**/', 'd/link/*', 'd/link/**', 'd/*', 'd/*/', 'd/**/x.js', 'd/link/*/y.js']) {
  for (const followSymlinks of [false, true]) {
    attempt(`${pattern} ${followSymlinks}`, () => fs.globSync(pattern, { followSymlinks }).sort().join(' '));
  }
}
for (const followSymlinks of [null, 1, 'x']) attempt(`followSymlinks ${followSymlinks}`, () => fs.globSync('d/*', { followSymlinks }).length);

for (const ignore of ['', [], ['', 1], [/x/, () => true, 'a'], [[]], ['a', null], 1]) {
  attempt(`ignore ${JSON.stringify(ignore)}`, () => fs.watch('d', { ignore }).close());
}
attempt('watch', () => fs.watch('d', 1));
for (const options of [[], () => {}, 1]) {
  attempt(`rm ${typeof options}`, () => fs.rmSync('none', options));
  attempt(`rmdir ${typeof options}`, () => fs.rmdirSync('none', options));
}
for (const bigint of [true, 1, 'x', null]) attempt(`bigint ${bigint}`, () => [typeof fs.statSync('d', { bigint }).ino, typeof fs.statfsSync('d', { bigint }).type]);
for (const throwIfNoEntry of [false, 0, null, undefined]) attempt(`throwIfNoEntry ${throwIfNoEntry}`, () => fs.statSync('none', { throwIfNoEntry }));
attempt('lchmod', () => ['lchmod' in fs, fs.lchmod]);

const gzipped = zlib.gzipSync('a');
for (const tail of ['xx', '\0\0', '\x1fx', '\x1f\x8bzz', 'x', '']) {
  for (const rejectGarbageAfterEnd of [undefined, true, 1]) {
    const input = Buffer.concat([gzipped, Buffer.from(tail, 'latin1')]);
    attempt(`${JSON.stringify(tail)} ${rejectGarbageAfterEnd}`, () => zlib.gunzipSync(input, { rejectGarbageAfterEnd }).toString());
  }
}

(async () => {
  const seen = new Set();
  const ignore = ['*.js', /txt$/, (name) => name.startsWith('skip')];
  const watcher = fs.watch('d', { ignore }, (type, name) => {
    seen.add(name);
    if (name === 'last') watcher.close();
  });
  const closed = new Promise((resolve) => watcher.on('close', resolve));
  for (const name of ['a.js', 'b.txt', 'skipped', 'kept', 'last']) fs.writeFileSync(`d/${name}`, '');
  await closed;
  console.log([...seen].sort().join(' '));

  const handle = await fs.promises.open('d/kept');
  const stream = handle.readableWebStream();
  attempt('second stream', () => handle.readableWebStream());
  await handle.close();
  await stream.getReader().closed;
  console.log('closed');
  const other = await fs.promises.open('d/kept');
  for (const options of [1, 'x', []]) await other.read(options).catch((error) => console.log(error.code));
  await other.close();
  fs.rmSync(dir, { recursive: true });
})();
