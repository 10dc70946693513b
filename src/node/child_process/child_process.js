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

const names = ['exec', 'execFile', 'execFileSync', 'execSync', 'fork', 'spawn', 'spawnSync'];
for (let i = 0; i < names.length; i++) exports[names[i]] = missing(names[i]);

exports.ChildProcess = function ChildProcess() {
  throw nodeError('ERR_METHOD_NOT_IMPLEMENTED', 'new child_process.ChildProcess()');
};
