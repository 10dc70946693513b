// Ties a stream to an AbortSignal.
'use strict';

const { SymbolDispose, SymbolFor } = primordials;
const { isNodeStream, isWebStream } = require('stream/utils');
const { nodeError } = binding('errors');

// A web stream's own way to be put in error.
const kError = SymbolFor('nodejs.webstream.controllerErrorFunction');

const looksLikeSignal = (value) => typeof value === 'object' && value !== null && 'aborted' in value;

exports.addAbortSignal = function addAbortSignal(signal, stream) {
  if (!looksLikeSignal(signal)) throw nodeError('ERR_INVALID_ARG_TYPE', 'signal', 'AbortSignal', signal);
  if (!isNodeStream(stream) && !isWebStream(stream)) {
    throw nodeError('ERR_INVALID_ARG_TYPE', 'stream', ['ReadableStream', 'WritableStream', 'Stream'], stream);
  }
  return tie(signal, stream);
};

function tie(signal, stream) {
  if (!looksLikeSignal(signal)) return stream;
  const onAbort = () => {
    const { AbortError } = require('errors');
    const err = new AbortError(undefined, { cause: signal.reason });
    if (isNodeStream(stream)) stream.destroy(err);
    else stream[kError](err);
  };
  if (signal.aborted) {
    onAbort();
  } else {
    const listener = require('events/extra').addAbortListener(signal, onAbort);
    require('stream/finished').eos(stream, {}, listener[SymbolDispose]);
  }
  return stream;
}

/** The same without checks: what isn't a signal is ignored. */
exports.tie = tie;
