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

exports.openPipe = function openPipe(path, options) {
  let mode = 0o600;
  if (options.readableAll) mode |= 0o444;
  if (options.writableAll) mode |= 0o222;
  require('fs').chmodSync(path, mode);
};
