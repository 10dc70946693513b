// What the functions of child_process refuse, and how they say it.
'use strict';
const cp = require('child_process');

const cases = {
  spawn: [
    [], [''], [5], ['a\0b'], ['true', 'args'], ['true', ['x\0']], ['true', [], 5], ['true', [], { cwd: 5 }],
    ['true', [], { cwd: 'a\0' }], ['true', [], { detached: 1 }], ['true', [], { uid: 'x' }], ['true', [], { gid: 1.5 }],
    ['true', [], { shell: 5 }], ['true', [], { argv0: 5 }], ['true', [], { argv0: '\0' }], ['true', [], { windowsHide: 1 }],
    ['true', [], { env: { A: 'b\0' } }], ['true', [], { env: { 'A\0': 'b' } }], ['true', [], { timeout: -1 }],
    ['true', [], { timeout: 'x' }], ['true', [], { killSignal: 'SIGNOT' }], ['true', [], { killSignal: 500 }],
    ['true', [], { killSignal: {} }], ['true', [], { stdio: 'nothing' }], ['true', [], { stdio: [{}] }],
    ['true', [], { stdio: 5 }], ['true', [], { stdio: ['pipe', 'pipe', 'pipe', 'ipc', 'ipc'] }],
    ['true', [], { stdio: [Buffer.from('x')] }], ['true', [], { serialization: 'other' }], ['true', [], { signal: 'x' }],
  ],
  spawnSync: [
    [], ['true', [], { maxBuffer: -1 }], ['true', [], { maxBuffer: 'x' }], ['true', [], { input: 5 }],
    ['true', [], { stdio: ['pipe', 'pipe', 'pipe', 'ipc'] }], ['true', [], { killSignal: 'none' }],
  ],
  exec: [[], [5], ['a\0'], ['true', { timeout: -1 }], ['true', { maxBuffer: 'x' }], ['true', {}, 'callback']],
  execFile: [[], ['true', [], 'x'], ['true', [], {}, 'callback'], ['true', ['\0']]],
  execSync: [[], ['\0'], ['true', { killSignal: 'none' }]],
  execFileSync: [[], ['true', [], { argv0: 5 }]],
  fork: [[], [5], ['a\0'], ['x', 'args'], ['x', [], 5], ['x', [], { stdio: [] }], ['x', [], { stdio: 'nothing' }]],
};
for (const name in cases) {
  for (const args of cases[name]) {
    try {
      cp[name](...args);
      console.log(name, 'took', args);
    } catch (err) {
      console.log(name, args.length, err.name, err.code, err.message);
    }
  }
}
const child = cp.spawn('sleep', ['30'], { stdio: 'ignore' });
for (const signal of ['SIGNOT', 500, null, true]) {
  try {
    child.kill(signal);
  } catch (err) {
    console.log(err.name, err.code, err.message);
  }
}
console.log(child.kill(0), child.killed, child.kill('sigkill'));
console.log(Object.keys(cp), Object.keys(child).filter((key) => key[0] !== '_'));
