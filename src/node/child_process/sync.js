// `spawnSync`: input as bytes, output as the encoding wants it.
'use strict';

const { ArrayBufferIsView, ArrayPrototypeSlice } = primordials;
const native = binding('child_process');
const { errnoException, nodeError } = binding('errors');
const { validStdio } = require('child_process/options');

exports.spawnSync = function spawnSync(options) {
  const { Buffer } = require('buffer');
  const { encoding, input } = options;
  const { stdio } = validStdio(options.stdio || 'pipe', true);
  if (input) stdio[0] = { ...stdio[0], input };
  for (let i = 0; i < stdio.length; i++) {
    const given = stdio[i].input;
    if (given == null) continue;
    if (typeof given === 'string') {
      stdio[i].input = Buffer.from(given, encoding);
    } else if (!ArrayBufferIsView(given)) {
      throw nodeError('ERR_INVALID_ARG_TYPE', `options.stdio[${i}]`,
        ['Buffer', 'TypedArray', 'DataView', 'string'], given);
    }
  }
  options.stdio = stdio;

  const { error, output, pid, signal, status } = native.spawnSync(options);
  if (output && encoding && encoding !== 'buffer') {
    for (let i = 0; i < output.length; i++) {
      if (output[i]) output[i] = output[i].toString(encoding);
    }
  }
  const result = { status, signal, output, pid, stdout: output?.[1], stderr: output?.[2] };
  if (error === undefined) return result;
  const err = errnoException(error, `spawnSync ${options.file}`);
  err.path = options.file;
  err.spawnargs = ArrayPrototypeSlice(options.args, 1);
  return { error: err, ...result };
};
