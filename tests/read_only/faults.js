'use strict';
// What a read-only file system refuses: each operation in its three forms. The argument is the folder, with `file`, `folder/` and
// `link` (to `file`) in it, and a writable one beside.
const fs = require('fs');
const path = require('path');

const { 2: dir, 3: writable } = process.argv;
const at = (name) => path.join(dir, name);
const show = (error) => {
  if (error === undefined || error === null) return 'no error';
  // Some forms show the letters that were tried, some the six that stand for them.
  if (error.syscall === 'mkdtemp') {
    error.message = error.message.replace(/.{6}'$/, "XXXXXX'");
    error.path = error.path.replace(/.{6}$/, 'XXXXXX');
  }
  const clean = (text) => String(text).replaceAll(dir, 'DIR').replaceAll(writable, 'OTHER');
  const own = ['path', 'dest'].filter((key) => key in error).map((key) => `${key}=${clean(error[key])}`);
  return [error.name, error.code, error.errno, error.syscall, ...own, clean(error.message)].join(' | ');
};

const now = new Date(0);
const CASES = [
  ['access', at('file'), fs.constants.W_OK], ['open', at('file'), 'r+'], ['open', at('new'), 'w'], ['open', at('new'), 'wx'],
  ['open', at('file'), 'r'], ['writeFile', at('file'), 'x'], ['writeFile', at('new'), 'x'], ['writeFile', at('new'), 'x', { flush: true }],
  ['appendFile', at('file'), 'x'], ['truncate', at('file'), 1], ['mkdir', at('new')], ['mkdir', at('new/deep'), { recursive: true }],
  ['mkdir', at('folder')], ['mkdtemp', at('new')], ['rmdir', at('folder')], ['rm', at('file')], ['rm', at('file'), { force: true }],
  ['rm', at('none'), { force: true }], ['unlink', at('file')], ['unlink', at('none')],
  ['chmod', at('file'), 0o600], ['chown', at('file'), 0, 0], ['lchown', at('link'), 0, 0], ['utimes', at('file'), now, now],
  ['lutimes', at('link'), now, now], ['rename', at('file'), at('new')], ['rename', at('file'), path.join(writable, 'new')],
  ['link', at('file'), at('new')], ['symlink', 'file', at('new')], ['copyFile', at('file'), at('new')],
  ['copyFile', at('file'), path.join(writable, 'copy')], ['cp', at('file'), at('new')], ['readFile', at('file')],
  ['readdir', dir], ['stat', at('file')], ['readlink', at('link')],
];

async function refused(method, args) {
  let sync;
  try {
    const made = fs[`${method}Sync`](...args);
    if (typeof made === 'number') fs.closeSync(made);
    sync = 'no error';
  } catch (error) {
    sync = show(error);
  }
  const back = await new Promise((resolve) => fs[method](...args, (error, made) => {
    if (typeof made === 'number') fs.closeSync(made);
    resolve(show(error));
  }));
  const promised = await fs.promises[method](...args).then((made) => made?.close?.()).then(() => 'no error', show);
  const label = `${method} ${path.basename(args[0])}`;
  if (sync === back && back === promised) console.log(`${label}: ${sync}`);
  else console.log(`${label}:\n  sync     ${sync}\n  callback ${back}\n  promise  ${promised}`);
}

(async () => {
  for (const [method, ...args] of CASES) await refused(method, args);
  const reading = fs.openSync(at('file'));
  for (const [method, ...args] of [['fchmod', 0o600], ['fchown', 0, 0], ['futimes', now, now], ['ftruncate', 0], ['fsync']]) {
    const back = await new Promise((resolve) => fs[method](reading, ...args, (error) => resolve(show(error))));
    console.log(`${method}: ${back}`);
  }
  fs.closeSync(reading);
  await new Promise((resolve) => fs.createWriteStream(at('new')).on('error', (error) => resolve(console.log(`stream: ${show(error)}`))));
})();
