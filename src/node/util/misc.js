'use strict';
// Small members of `util`.

const {
  ArrayIsArray, Error, ErrorCaptureStackTrace, ObjectDefineProperty, ObjectKeys, ObjectSetPrototypeOf,
  StringPrototypeToWellFormed,
} = primordials;
const { nodeError, errname, getErrorMap, getSystemErrorMessage: messageOf } = binding('errors');
const { validateNumber, validateString, validateBoolean, validateInteger, validateObject } = binding('validators');
const native = binding('util');

/** Makes instances of `ctor` inherit the methods of `superCtor`. Classes with `extends` do it better. */
function inherits(ctor, superCtor) {
  if (ctor === undefined || ctor === null) throw nodeError('ERR_INVALID_ARG_TYPE', 'ctor', 'Function', ctor);
  if (superCtor === undefined || superCtor === null) {
    throw nodeError('ERR_INVALID_ARG_TYPE', 'superCtor', 'Function', superCtor);
  }
  if (superCtor.prototype === undefined) {
    throw nodeError('ERR_INVALID_ARG_TYPE', 'superCtor.prototype', 'Object', superCtor.prototype);
  }
  ObjectDefineProperty(ctor, 'super_', { __proto__: null, value: superCtor, writable: true, configurable: true });
  ObjectSetPrototypeOf(ctor.prototype, superCtor.prototype);
}

/** Copies own enumerable properties. `Object.assign` is the better choice. */
function _extend(target, source) {
  if (source === null || typeof source !== 'object') return target;
  const keys = ObjectKeys(source);
  for (let i = keys.length - 1; i >= 0; i--) target[keys[i]] = source[keys[i]];
  return target;
}

function isArray(value) {
  return ArrayIsArray(value);
}

function stripVTControlCharacters(str) {
  validateString(str, 'str');
  return native.stripVT(str);
}

function toUSVString(input) {
  return StringPrototypeToWellFormed(`${input}`);
}

function checkErrorNumber(err) {
  validateNumber(err, 'err');
  if (err >= 0 || err % 1 !== 0) throw nodeError('ERR_OUT_OF_RANGE', 'err', 'a negative integer', err);
}

function getSystemErrorName(err) {
  checkErrorNumber(err);
  return errname(err);
}

/** All system errors: a Map from number to `[name, message]`. */
function getSystemErrorMap() {
  return getErrorMap();
}

function getSystemErrorMessage(err) {
  checkErrorNumber(err);
  return messageOf(err);
}

function _errnoException(err, syscall, original) {
  checkErrorNumber(err);
  return binding('errors').errnoException(err, syscall, original);
}

function _exceptionWithHostPort(err, syscall, address, port, additional) {
  return binding('errors').exceptionWithHostPort(err, syscall, address, port, additional);
}

function parseEnv(content) {
  validateString(content, 'content');
  return native.parseEnv(content);
}

/**
 * Where the caller was called from.
 * @param {number} [frameCount] 1 to 200, 10 when left out
 */
function getCallSites(frameCount = 10, options) {
  if (options === undefined) {
    if (typeof frameCount === 'object') {
      options = frameCount;
      validateObject(options, 'options');
      if (options.sourceMap !== undefined) validateBoolean(options.sourceMap, 'options.sourceMap');
      frameCount = 10;
    }
  } else {
    validateObject(options, 'options');
    if (options.sourceMap !== undefined) validateBoolean(options.sourceMap, 'options.sourceMap');
  }
  validateInteger(frameCount, 'frameCount', 1, 200);
  const { prepareStackTrace, stackTraceLimit } = Error;
  let sites;
  try {
    Error.stackTraceLimit = frameCount;
    Error.prepareStackTrace = (error, found) => found;
    const holder = {};
    ErrorCaptureStackTrace(holder, getCallSites);
    sites = holder.stack;
  } finally {
    Error.prepareStackTrace = prepareStackTrace;
    Error.stackTraceLimit = stackTraceLimit;
  }
  const plain = [];
  for (let i = 0; ArrayIsArray(sites) && i < sites.length; i++) {
    plain[i] = {
      functionName: sites[i].getFunctionName() ?? '', scriptId: '0', scriptName: sites[i].getFileName() ?? '',
      lineNumber: sites[i].getLineNumber() ?? 0, columnNumber: sites[i].getColumnNumber() ?? 0,
      column: sites[i].getColumnNumber() ?? 0,
    };
  }
  return plain;
}

/** The exit code that shells report for a process that `signal` ended: 128 and its number. */
function convertProcessSignalToExitCode(signal) {
  const { signals } = require('os').constants;
  binding('validators').validateOneOf(signal, 'signalCode', ObjectKeys(signals));
  return 128 + signals[signal];
}

function transferableAbortSignal(signal) {
  return require('events/transferable_abort').transferableAbortSignal(signal);
}

function transferableAbortController() {
  return require('events/transferable_abort').transferableAbortController();
}

function setTraceSigInt(enable) {
  validateBoolean(enable, 'enable');
  if (enable) throw nodeError('ERR_FEATURE_UNAVAILABLE_ON_PLATFORM', 'util.setTraceSigInt');
}

// Only who touches them pays for the warning's machinery.
const { deprecate } = require('util/deprecate');
const oldExtend = deprecate(_extend, 'The `util._extend` API is deprecated. Please use Object.assign() instead.', 'DEP0060');
const oldIsArray = deprecate(isArray, 'The `util.isArray` API is deprecated. Please use `Array.isArray()` instead.', 'DEP0044');

module.exports = {
  inherits, _extend: oldExtend, isArray: oldIsArray, stripVTControlCharacters, toUSVString, getSystemErrorName, getSystemErrorMessage,
  getSystemErrorMap, _errnoException, _exceptionWithHostPort, parseEnv, getCallSites, convertProcessSignalToExitCode,
  transferableAbortSignal, transferableAbortController, setTraceSigInt,
};
