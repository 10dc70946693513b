'use strict';

// Error classes that are made with `new`, and helpers around errors. Errors with a code come from binding('errors').

const { nodeError, dnsException, connResetException, genericNodeError } = binding('errors');
const { ObjectDefineProperty, ArrayPrototypePush, AggregateError, Error } = primordials;

class AbortError extends Error {
  constructor(message = 'The operation was aborted', options = undefined) {
    if (options !== undefined && typeof options !== 'object') {
      throw nodeError('ERR_INVALID_ARG_TYPE', 'options', 'Object', options);
    }
    super(message, options);
    this.code = 'ABORT_ERR';
    this.name = 'AbortError';
  }
}

/**
 * Two errors of one operation as one: the first is what happened, the second what closing it brought.
 */
function aggregateTwoErrors(innerError, outerError) {
  if (!innerError || !outerError || innerError === outerError) return innerError || outerError;
  if (outerError.errors !== null && typeof outerError.errors === 'object') {
    ArrayPrototypePush(outerError.errors, innerError);
    return outerError;
  }
  const error = new AggregateError([outerError, innerError], outerError.message);
  error.code = outerError.code;
  return error;
}

/** What a connection attempt over several addresses failed with. */
class NodeAggregateError extends AggregateError {
  constructor(errors, message) {
    super(errors, message);
    this.code = errors[0]?.code;
  }
}
// It shows as what it extends.
ObjectDefineProperty(NodeAggregateError.prototype, 'constructor', {
  __proto__: null,
  configurable: true,
  get: () => AggregateError,
});

module.exports = {
  AbortError,
  NodeAggregateError,
  aggregateTwoErrors,
  connResetException,
  dnsException,
  genericNodeError,
  nodeError,
};
