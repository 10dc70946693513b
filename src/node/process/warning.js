'use strict';
// Makes warnings and prints them. `process.emitWarning` and natives that warn load this at their first warning.

const { Error, ErrorPrototypeToString, ArrayIsArray, ObjectDefineProperty } = primordials;
const process = require('process');
const { nextTick } = binding('task_queue');
const { nodeError } = binding('errors');
const { warningOptions } = binding('process');

const options = warningOptions();
let hinted = false;
let deprecationHinted = false;
let listening = false;

/** The default listener of `warning`: prints to the standard error stream. */
function onWarning(warning) {
  if (!(warning instanceof Error)) return;
  for (let i = 0; i < options.disabled.length; i++) {
    if (warning.name === options.disabled[i] || warning.code === options.disabled[i]) return;
  }
  const isDeprecation = warning.name === 'DeprecationWarning';
  if (isDeprecation && process.noDeprecation) return;
  const trace = options.traceWarnings || (isDeprecation && process.traceDeprecation);
  let text = `(${process.release.name}:${process.pid}) `;
  if (warning.code) text += `[${warning.code}] `;
  if (trace && warning.stack) {
    text += warning.stack;
  } else {
    text += typeof warning.toString === 'function' ? `${warning.toString()}` : ErrorPrototypeToString(warning);
  }
  if (typeof warning.detail === 'string') text += `\n${warning.detail}`;
  if (!trace) {
    const flag = isDeprecation ? '--trace-deprecation' : '--trace-warnings';
    if (!(isDeprecation ? deprecationHinted : hinted)) {
      const program = process.release.name;
      text += `\n(Use \`${program} ${flag} ...\` to show where the warning was created)`;
      if (isDeprecation) deprecationHinted = true; else hinted = true;
    }
  }
  write(text);
}

/** To the file that `--redirect-warnings` names, else as `console.error` does. */
function write(text) {
  if (options.redirected !== undefined) {
    try {
      require('fs').appendFileSync(options.redirected, `${text}\n`);
      return;
    } catch {
      // As if it weren't redirected.
    }
  }
  require('console').error(text);
}

// Before those of the program, as if it had been there from the start.
function listen() {
  if (listening) return;
  listening = true;
  if (options.warnings && process.env.NODE_NO_WARNINGS !== '1') process.prependListener('warning', onWarning);
}

function createWarning(message, type, code, ctor, detail) {
  const limit = Error.stackTraceLimit;
  const warning = new Error(message);
  Error.stackTraceLimit = limit;
  ObjectDefineProperty(warning, 'name', {
    __proto__: null, value: `${type || 'Warning'}`, writable: true, enumerable: false, configurable: true,
  });
  if (code !== undefined) warning.code = code;
  if (detail !== undefined) warning.detail = detail;
  if (Error.captureStackTrace) Error.captureStackTrace(warning, ctor || process.emitWarning);
  return warning;
}

function deliver(warning) {
  process.emit('warning', warning);
}

function throwLater(warning) {
  throw warning;
}

/** `process.emitWarning(warning[, type[, code]][, ctor])` and `process.emitWarning(warning[, options])` */
function emitWarning(warning, type, code, ctor) {
  let detail;
  if (type !== null && typeof type === 'object' && !ArrayIsArray(type)) {
    ctor = type.ctor;
    code = type.code;
    if (typeof type.detail === 'string') detail = type.detail;
    type = type.type || 'Warning';
  } else if (typeof type === 'function') {
    ctor = type;
    code = undefined;
    type = 'Warning';
  }
  if (type !== undefined && typeof type !== 'string') throw nodeError('ERR_INVALID_ARG_TYPE', 'type', ['string'], type);
  if (typeof code === 'function') {
    ctor = code;
    code = undefined;
  } else if (code !== undefined && typeof code !== 'string') {
    throw nodeError('ERR_INVALID_ARG_TYPE', 'code', ['string'], code);
  }
  if (typeof warning === 'string') {
    warning = createWarning(warning, type, code, ctor, detail);
  } else if (!(warning instanceof Error)) {
    throw nodeError('ERR_INVALID_ARG_TYPE', 'warning', ['Error', 'string'], warning);
  }
  if (warning.name === 'DeprecationWarning') {
    if (process.noDeprecation) return;
    if (process.throwDeprecation) {
      nextTick(throwLater, warning);
      return;
    }
  }
  listen();
  nextTick(deliver, warning);
}

module.exports = { emitWarning, listen };
