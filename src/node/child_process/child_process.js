'use strict';
// `child_process`: not there yet. Programs may load the module; each of its functions says what is missing when called.

const { nodeError } = binding('errors');

function missing(name) {
  return {
    [name]() {
      throw nodeError('ERR_METHOD_NOT_IMPLEMENTED', `child_process.${name}()`);
    },
  }[name];
}

const names = ['exec', 'execFile', 'execFileSync', 'execSync', 'fork', 'spawn'];
for (let i = 0; i < names.length; i++) exports[names[i]] = missing(names[i]);

// This one tells what went wrong in its result, as for a program that isn't there.
exports.spawnSync = function spawnSync() {
  const error = nodeError('ERR_METHOD_NOT_IMPLEMENTED', 'child_process.spawnSync()');
  return { error, status: null, signal: null, output: null, pid: 0, stdout: null, stderr: null };
};

exports.ChildProcess = function ChildProcess() {
  throw nodeError('ERR_METHOD_NOT_IMPLEMENTED', 'new child_process.ChildProcess()');
};
