// Children that are waited for: results, errors, input, limits.
'use strict';
const { spawnSync, execSync, execFileSync } = require('child_process');

const show = (result) => {
  const { error, pid, status, signal, output, stdout, stderr } = result;
  // Without output Node 20 has null where Node 24 has undefined.
  console.log(status, signal, output, stdout ?? null, stderr ?? null, typeof pid, error && [error.code, error.errno, error.syscall, error.path, error.spawnargs, error.message]);
};
const failure = (call) => {
  try {
    console.log(call());
  } catch (err) {
    console.log(err.name, err.code, err.status, err.signal, err.message, String(err.stdout ?? null), String(err.stderr ?? null));
  }
};

show(spawnSync('echo', ['one', 'two']));
show(spawnSync('echo', ['one', 'two'], { encoding: 'utf8' }));
show(spawnSync('sh', ['-c', 'echo err >&2; exit 9'], { encoding: 'latin1' }));
show(spawnSync('sh', ['-c', 'kill -9 $$'], { encoding: 'utf8' }));
show(spawnSync('cat', { input: 'some input', encoding: 'utf8' }));
show(spawnSync('cat', { input: Buffer.from([0, 1, 255]) }));
show(spawnSync('cat', { input: 'x'.repeat(300000), encoding: 'utf8' }).stdout.length === 300000 ? {} : { bad: true });
show(spawnSync('no-such-program', ['x']));
show(spawnSync('sleep', ['30'], { timeout: 30 }));
show(spawnSync('sh', ['-c', 'echo 0123456789'], { maxBuffer: 3, stdio: ['ignore', 'pipe', 'ignore'] }).error ? {} : { bad: true });
show(spawnSync('pwd', { cwd: '/', encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }));
show(spawnSync('sh', ['-c', 'echo $A-$B'], { env: { A: 'a', B: undefined }, encoding: 'utf8' }));
show(spawnSync('sh', ['-c', 'echo $0'], { argv0: 'other', encoding: 'utf8' }));
show(spawnSync('echo $X && exit 2', { shell: true, env: { X: 'shell' }, encoding: 'utf8' }));
show(spawnSync('sh', ['-c', 'echo three >&3; cat <&4'], { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'ignore'] }));

console.log(execSync('echo hello', { encoding: 'utf8' }));
console.log(execFileSync('echo', ['hello']));
console.log(execSync('echo quiet >&2', { stdio: 'ignore' }));
failure(() => execSync('echo partly; echo wrong >&2; exit 4', { stdio: 'pipe' }));
failure(() => execFileSync('sh', ['-c', 'exit 6'], { stdio: 'pipe', encoding: 'utf8' }));
failure(() => execFileSync('no-such-program', ['x']));
failure(() => execFileSync('sleep', ['30'], { timeout: 30, killSignal: 'SIGKILL' }));
