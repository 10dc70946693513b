// What few servers ask of `listen`.
'use strict';

const { SymbolDispose } = primordials;

exports.closeOnAbort = function closeOnAbort(server, signal) {
  binding('validators').validateAbortSignal(signal, 'options.signal');
  const onAborted = () => server.close();
  if (signal.aborted) {
    binding('task_queue').nextTick(onAborted);
    return;
  }
  const { addAbortListener } = require('events');
  const disposable = addAbortListener(signal, onAborted);
  server.once('close', () => disposable[SymbolDispose]?.());
};

/** How to let others at a pipe, once it is there. */
exports.openPipe = function openPipe(path, options) {
  if (path[0] === '\u0000') {
    const { nodeError } = binding('errors');
    throw nodeError('ERR_INVALID_ARG_VALUE', 'options', options,
      'can not set readableAll or writableAllt to true when path is abstract unix socket');
  }
  let mode = 0o600;
  if (options.readableAll) mode |= 0o444;
  if (options.writableAll) mode |= 0o222;
  return () => require('fs').chmodSync(path, mode);
};
