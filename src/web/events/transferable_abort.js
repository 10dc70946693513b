'use strict';
// `util.transferableAbortSignal` and `util.transferableAbortController`. A signal that is transferred stays usable here; the
// one on the other side follows it through a port.
// <https://nodejs.org/docs/latest-v24.x/api/util.html#utiltransferableabortcontroller>

const { ObjectDefineProperties } = primordials;
const { AbortController, AbortSignal, abortSignal, newSignal } = require('events/abort');
const { nodeError } = binding('errors');
const { kTransfer, kTransferList, kRevive } = binding('structured_clone');

const kPorts = Symbol('kPorts');

/** Marks a signal as one that may be transferred. */
function transferableAbortSignal(signal) {
  if (!(signal instanceof AbortSignal)) throw nodeError('ERR_INVALID_ARG_TYPE', 'signal', 'AbortSignal', signal);
  ObjectDefineProperties(signal, {
    [kTransfer]: { __proto__: null, configurable: true, value: transfer },
    [kTransferList]: { __proto__: null, configurable: true, value: takesAlong },
    [kPorts]: { __proto__: null, configurable: true, writable: true, value: undefined },
  });
  return signal;
}

function transferableAbortController() {
  const controller = new AbortController();
  transferableAbortSignal(controller.signal);
  return controller;
}

function takesAlong() {
  if (this.aborted) return [];
  const { MessageChannel } = require('worker_threads/port');
  this[kPorts] = new MessageChannel();
  return [this[kPorts].port2];
}

function transfer() {
  const deserializeInfo = 'events/transferable_abort:AbortSignal';
  const ports = this[kPorts];
  this[kPorts] = undefined;
  if (ports === undefined) return { deserializeInfo, data: { aborted: true, reason: this.reason } };
  const { port1, port2 } = ports;
  this.addEventListener('abort', () => {
    port1.postMessage(this.reason);
    port1.close();
  }, { once: true });
  return { deserializeInfo, data: { aborted: false, port: port2 } };
}

function revive({ aborted, reason, port }) {
  if (aborted) return AbortSignal.abort(reason);
  const signal = newSignal();
  port.onmessage = ({ data }) => {
    abortSignal(signal, data);
    port.close();
    port.onmessage = undefined;
  };
  // Waiting for it keeps nothing alive.
  port.unref();
  return signal;
}

module.exports = { transferableAbortSignal, transferableAbortController, [kRevive]: revive };
