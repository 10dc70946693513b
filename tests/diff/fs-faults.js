// Node: 24
'use strict';
// What goes wrong with files: each operation on each sort of bad path, in its three forms, with code, errno, syscall, path and
// message.
const { spawnSync } = require('child_process');
const fs = require('fs');
const os = require('os');
const path = require('path');

const dir = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), 'ouro-faults-'));
const at = (...names) => path.join(dir, ...names);
const clean = (text) => String(text).replaceAll(dir, 'DIR').replace(/x{50,}/g, 'LONG');
const show = (error) => {
  if (error === undefined || error === null) return 'no error';
  // Some forms show the letters that were tried, some the six that stand for them.
  if (error.syscall === 'mkdtemp') {
    error.message = error.message.replace(/.{6}'$/, "XXXXXX'");
    error.path = error.path.replace(/.{6}$/, 'XXXXXX');
  }
  const own = ['path', 'dest'].filter((key) => key in error).map((key) => `${key}=${clean(error[key])}`);
  return [error.name, error.code, error.errno, error.syscall, ...own, clean(error.message)].join(' | ');
};

// As an ordinary user, whoever runs this.
const isRoot = process.getuid() === 0;
fs.chmodSync(dir, 0o777);
const ordinary = (act) => {
  if (isRoot) process.seteuid(65534);
  try {
    return act();
  } finally {
    if (isRoot) process.seteuid(0);
  }
};

fs.writeFileSync(at('file'), 'content');
fs.writeFileSync(at('readonly'), 'content', { mode: 0o444 });
const makeFolder = () => {
  fs.rmSync(at('folder'), { recursive: true, force: true });
  fs.mkdirSync(at('folder', 'inner'), { recursive: true });
  fs.chmodSync(at('folder'), 0o555);
};
makeFolder();
fs.mkdirSync(at('locked'));
fs.writeFileSync(at('locked', 'file'), '');
fs.chmodSync(at('locked'), 0);
fs.symlinkSync('loop2', at('loop'));
fs.symlinkSync('loop', at('loop2'));
fs.symlinkSync('nowhere', at('dangling'));

const PATHS = {
  missing: at('none'),
  'missing folder': at('none', 'x'),
  'below a file': at('file', 'x'),
  'a folder': at('folder'),
  'a loop': at('loop'),
  'too long': at('x'.repeat(300)),
  'in a locked folder': at('locked', 'file'),
  'read only': at('readonly'),
  'in a read-only folder': at('folder', 'new'),
  'a dangling link': at('dangling'),
  'a NUL': 'a\0b',
};
const now = new Date(0);
const OPERATIONS = {
  access: [fs.constants.W_OK],
  stat: [], lstat: [], statfs: [], readlink: [], realpath: [], readdir: [], opendir: [],
  open: ['r'], 'open w': ['w'], 'open wx': ['wx'], 'open r+': ['r+'],
  readFile: [], writeFile: ['x'], appendFile: ['x'], truncate: [1],
  mkdir: [], 'mkdir recursive': [{ recursive: true }], mkdtemp: [],
  rmdir: [], rm: [], 'rm force': [{ force: true }], 'rm recursive': [{ recursive: true }], unlink: [],
  chmod: [0o600], chown: [0, 0], lchown: [0, 0], utimes: [now, now], lutimes: [now, now],
  rename: [at('new')], link: [at('new')], symlink: [at('file')], copyFile: [at('new')], 'copyFile excl': [at('file'), 1],
  cp: [at('new')], 'rename onto a folder': [at('folder')],
};
// What would change the folder for those that follow, or differs between file systems.
const SKIP = new Set(['a folder/opendir', 'a folder/mkdtemp', 'a folder/rename onto a folder', 'a folder/rename', 'a folder/rm recursive', 'a folder/cp',
  // Node's three forms differ, and one of them says that it worked.
  'a loop/cp', 'a dangling link/cp']);

const settle = (promise) => promise.then(() => 'no error', show);
const results = [];
let cases = 0;
async function fault(label, name, args) {
  const method = name.split(' ')[0];
  const sync = ordinary(() => {
    try {
      const made = fs[`${method}Sync`](...args);
      if (typeof made === 'number') fs.closeSync(made);
      made?.closeSync?.();
      return 'no error';
    } catch (error) {
      return show(error);
    }
  });
  if (isRoot) process.seteuid(65534);
  const back = await new Promise((resolve) => {
    try {
      fs[method](...args, (error, made) => {
        if (method === 'open' && typeof made === 'number') fs.closeSync(made);
        made?.closeSync?.();
        resolve(show(error));
      });
    } catch (error) {
      resolve(`thrown ${show(error)}`);
    }
  });
  let promised;
  try {
    promised = await settle(fs.promises[method](...args).then((made) => made?.close?.()));
  } catch (error) {
    promised = `thrown ${show(error)}`;
  }
  if (isRoot) process.seteuid(0);
  cases += 3;
  if (sync === back && back === promised) results.push(`${label} ${name}: ${sync}`);
  else results.push(`${label} ${name}:`, `  sync     ${sync}`, `  callback ${back}`, `  promise  ${promised}`);
}

async function descriptors() {
  const bytes = Buffer.alloc(4);
  const OPERATIONS = {
    close: [], fstat: [], fsync: [], fdatasync: [], ftruncate: [1], fchmod: [0o600], fchown: [0, 0], futimes: [now, now],
    read: [bytes, 0, 4, 0], write: [bytes, 0, 4, 0], readv: [[bytes], 0], writev: [[bytes], 0], writeFile: ['x'], appendFile: ['x'],
  };
  for (const fd of [9999, -1, 2 ** 31, 1.5, '3', null]) {
    for (const [name, args] of Object.entries(OPERATIONS)) {
      // These take other numbers and strings for paths, and Node throws into nowhere for some.
      if (fd !== 9999 && name.endsWith('File')) continue;
      let sync;
      try {
        fs[`${name}Sync`](fd, ...args);
        sync = 'no error';
      } catch (error) {
        sync = show(error);
      }
      const back = await new Promise((resolve) => {
        try {
          fs[name](fd, ...args, (error) => resolve(show(error)));
        } catch (error) {
          resolve(`thrown ${show(error)}`);
        }
      });
      cases += 2;
      console.log(`${fd} ${name}: ${sync === back ? sync : `${sync} / ${back}`}`);
    }
  }

  // A descriptor of the wrong sort.
  const full = fs.openSync('/dev/full', 'w');
  const reading = fs.openSync(at('file'), 'r');
  const folder = fs.openSync(at('folder'), 'r');
  for (const [label, fd, method, ...args] of [
    ['full', full, 'write', bytes], ['full', full, 'writev', [bytes]], ['full', full, 'writeFile', 'x'],
    ['for reading', reading, 'write', bytes], ['for reading', reading, 'ftruncate', 1],
    ['a folder', folder, 'read', bytes, 0, 4, 0], ['a folder', folder, 'ftruncate', 0],
  ]) {
    let sync;
    try {
      fs[`${method}Sync`](fd, ...args);
      sync = 'no error';
    } catch (error) {
      sync = show(error);
    }
    const back = await new Promise((resolve) => fs[method](fd, ...args, (error) => resolve(show(error))));
    cases += 2;
    console.log(`${label} ${method}: ${sync} / ${back}`);
  }
  for (const fd of [full, reading, folder]) fs.closeSync(fd);
  console.log('/dev/full:', await settle(fs.promises.writeFile('/dev/full', 'x')), await settle(fs.promises.appendFile('/dev/full', 'x')));

  // A handle that is closed.
  const handle = await fs.promises.open(at('file'));
  await handle.close();
  for (const [method, ...args] of [
    ['close'], ['stat'], ['sync'], ['datasync'], ['truncate', 1], ['chmod', 0o600], ['chown', 0, 0], ['utimes', now, now], ['read', bytes],
    ['write', bytes], ['readv', [bytes]], ['writev', [bytes]], ['readFile'], ['writeFile', 'x'], ['appendFile', 'x'],
  ]) {
    cases++;
    let outcome;
    try {
      outcome = await settle(handle[method](...args));
    } catch (error) {
      outcome = `thrown ${show(error)}`;
    }
    console.log(`closed handle ${method}: ${outcome}`);
  }
}

async function signals() {
  const why = new Error('why');
  for (const signal of [AbortSignal.abort(), AbortSignal.abort(why)]) {
    for (const [method, ...args] of [['readFile', at('file')], ['writeFile', at('written'), 'x'], ['appendFile', at('written'), 'x']]) {
      const back = await new Promise((resolve) => {
        try {
          fs[method](...args, { signal }, (error) => resolve(`${show(error)} ${error?.cause?.message}`));
        } catch (error) {
          resolve(`thrown ${show(error)}`);
        }
      });
      const promised = await fs.promises[method](...args, { signal }).then(() => 'no error', (error) => `${show(error)} ${error.cause?.message}`);
      cases += 2;
      console.log(`aborted ${method}: ${back} / ${promised}`);
    }
    const handle = await fs.promises.open(at('file'));
    cases++;
    console.log('aborted handle:', await settle(handle.readFile({ signal })));
    await handle.close();
  }
  const late = new AbortController();
  const promise = fs.promises.readFile(at('file'), { signal: late.signal });
  late.abort();
  cases++;
  console.log('aborted late:', await settle(promise));
}

async function streams() {
  for (const make of ['createReadStream', 'createWriteStream']) {
    for (const [label, name] of Object.entries(PATHS)) {
      if (label === 'a NUL' || label === 'a dangling link') continue;
      const flags = make === 'createReadStream' ? 'r' : 'r+';
      cases++;
      if (isRoot) process.seteuid(65534);
      const outcome = await new Promise((resolve) => {
        const stream = fs[make](name, { flags });
        stream.on('error', (error) => resolve(show(error)));
        stream.on('ready', () => { stream.destroy(); resolve('no error'); });
      });
      if (isRoot) process.seteuid(0);
      console.log(`${make} ${label}: ${outcome}`);
    }
  }
}

function tooManyOpen() {
  const script = `
    const fs = require('fs');
    const open = [];
    let error;
    try { for (;;) open.push(fs.openSync('/dev/null')); } catch (thrown) { error = thrown; }
    const show = (error) => console.log(error.code, error.errno, error.syscall, error.path, error.message);
    show(error);
    for (const act of [() => fs.readFileSync('/dev/null'), () => fs.readdirSync('/'), () => fs.opendirSync('/'), () => fs.writeFileSync('/dev/null', ''),
      () => fs.copyFileSync('/dev/null', '/dev/null')]) {
      try { act(); console.log('no error'); } catch (error) { show(error); }
    }
    fs.open('/dev/null', (error) => {
      show(error);
      fs.readFile('/dev/null', (error) => {
        show(error);
        fs.promises.open('/dev/null').catch((error) => { show(error); fs.closeSync(open.pop()); console.log(fs.closeSync(fs.openSync('/dev/null'))); });
      });
    });`;
  cases += 9;
  const { stdout, stderr } = spawnSync('sh', ['-c', 'ulimit -n 60; exec "$0" -e "$1"', process.execPath, script], { encoding: 'utf8' });
  console.log(stdout, stderr);
}

(async () => {
  for (const [label, name] of Object.entries(PATHS)) {
    for (const [operation, args] of Object.entries(OPERATIONS)) {
      if (SKIP.has(`${label}/${operation}`)) continue;
      // Both names of a link are somebody's: the bad one is the one that is made.
      await fault(label, operation, operation === 'symlink' ? [args[0], name] : [name, ...args]);
      if (isRoot || fs.existsSync(at('new'))) fs.rmSync(at('new'), { recursive: true, force: true });
      if (label.startsWith('missing') || label === 'too long') fs.rmSync(at('none'), { recursive: true, force: true });
      if (label === 'a dangling link') {
        fs.rmSync(at('nowhere'), { recursive: true, force: true });
        fs.rmSync(at('dangling'), { force: true });
        fs.symlinkSync('nowhere', at('dangling'));
      }
      if (label === 'a folder') makeFolder();
      if (label === 'a loop') {
        fs.rmSync(at('loop'), { force: true });
        fs.symlinkSync('loop2', at('loop'));
      }
      if (label === 'read only') {
        fs.rmSync(at('readonly'), { force: true });
        fs.writeFileSync(at('readonly'), 'content', { mode: 0o444 });
      }
    }
  }
  console.log(results.join('\n'));
  await descriptors();
  await signals();
  await streams();
  tooManyOpen();
  console.log(cases > 200);
  fs.chmodSync(at('locked'), 0o700);
  fs.chmodSync(at('folder'), 0o700);
  fs.rmSync(dir, { recursive: true });
})();
