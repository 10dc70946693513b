'use strict';
// What all assertions do when they fail. The error itself, with its diff, loads only then.

const { Error } = primordials;
const { isNativeError } = binding('types');

// The options of an instance of `Assert`: the assertions are its methods, and look for them in `this`.
const kOptions = Symbol('options');

/**
 * The error of a failed assertion.
 * @param {object} details as the constructor of AssertionError takes them
 * @param {any} self `this` of the assertion
 */
function newError(details, self) {
  const { AssertionError } = require('assert/assertion_error');
  const diff = self?.[kOptions]?.diff;
  if (diff !== undefined) details.diff = diff;
  return new AssertionError(details);
}

function fail(details, self) {
  if (isError(details.message)) throw details.message;
  throw newError(details, self);
}

function show(value, options) {
  return require('util/inspect').inspect(value, options);
}

function isError(value) {
  return isNativeError(value) || value instanceof Error;
}

function checkOk(call, count, value, message) {
  if (value) return;
  let generated = false;
  if (count === 0) {
    generated = true;
    message = 'No value argument passed to `assert.ok()`';
  } else if (message == null) {
    generated = true;
    message = require('assert/source').messageOfCall(call);
  } else if (isError(message)) {
    throw message;
  }
  const error = newError({ actual: value, expected: true, message, operator: '==', stackStartFn: call });
  error.generatedMessage = generated;
  throw error;
}

module.exports = { kOptions, checkOk, fail, isError, newError, show };
