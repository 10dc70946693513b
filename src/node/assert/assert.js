'use strict';
// The module `assert`. What only a failed assertion needs (the error with its diff) loads when one fails.
//
// Behaviour: <https://nodejs.org/docs/latest-v24.x/api/assert.html>

const {
  Error, ObjectIs, ObjectKeys, ObjectPrototypeIsPrototypeOf, ReflectApply, RegExpPrototypeExec, String,
  StringPrototypeIndexOf, StringPrototypeSlice, StringPrototypeSplit,
} = primordials;
const { nodeError } = binding('errors');
const { isPromise, isRegExp } = binding('types');
// Of these, only those that don't hold come to script.
const natives = binding('assert');
const { kOptions, checkOk, fail, isError, newError, show } = require('assert/failure');

const NOTHING_THROWN = {};

function requireBoth(count) {
  if (count < 2) throw nodeError('ERR_MISSING_ARGS', 'actual', 'expected');
}

/**
 * Throws unless `value` is truthy.
 * @param {any} value
 * @param {string|Error} [message]
 */
const ok = natives.ok((...args) => checkOk(ok, args.length, ...args));
const assert = ok;

const lateOnes = { AssertionError: 'assert/assertion_error', CallTracker: 'assert/call_tracker', Assert: 'assert/instance' };

function addLate(object, name) {
  binding('util').defineLate(object, name, () => require(lateOnes[name])[name]);
}
addLate(assert, 'AssertionError');
addLate(assert, 'CallTracker');

let failWarned = false;

assert.ok = ok;

assert.fail = function fail(actual, expected, message, operator, stackStartFn) {
  const count = arguments.length;
  let generated = false;
  if (actual == null && count <= 1) {
    generated = true;
    message = 'Failed';
  } else if (count === 1) {
    message = actual;
    actual = undefined;
  } else {
    if (!failWarned) {
      failWarned = true;
      require('process').emitWarning(
        'assert.fail() with more than one argument is deprecated. ' +
        'Please use assert.strictEqual() instead or only pass a message.', 'DeprecationWarning', 'DEP0094');
    }
    if (count === 2) operator = '!=';
  }
  if (isError(message)) throw message;
  const details = { actual, expected, operator: operator === undefined ? 'fail' : operator, stackStartFn: stackStartFn || assert.fail };
  if (message !== undefined) details.message = message;
  const error = newError(details, this);
  if (generated) error.generatedMessage = true;
  throw error;
};

const equal = natives.equal(function (actual, expected, message) {
  requireBoth(arguments.length);
  // eslint-disable-next-line eqeqeq
  if (actual != expected && (actual === actual || expected === expected)) {
    fail({ actual, expected, message, operator: '==', stackStartFn: equal }, this);
  }
});
assert.equal = equal;

assert.notEqual = function notEqual(actual, expected, message) {
  requireBoth(arguments.length);
  // eslint-disable-next-line eqeqeq
  if (actual == expected || (actual !== actual && expected !== expected)) {
    fail({ actual, expected, message, operator: '!=', stackStartFn: notEqual }, this);
  }
};

assert.deepEqual = function deepEqual(actual, expected, message) {
  requireBoth(arguments.length);
  if (!require('util/comparisons').isDeepEqual(actual, expected)) {
    fail({ actual, expected, message, operator: 'deepEqual', stackStartFn: deepEqual }, this);
  }
};

assert.notDeepEqual = function notDeepEqual(actual, expected, message) {
  requireBoth(arguments.length);
  if (require('util/comparisons').isDeepEqual(actual, expected)) {
    fail({ actual, expected, message, operator: 'notDeepEqual', stackStartFn: notDeepEqual }, this);
  }
};

assert.deepStrictEqual = function deepStrictEqual(actual, expected, message) {
  requireBoth(arguments.length);
  if (!require('util/comparisons').isDeepStrictEqual(actual, expected, this?.[kOptions])) {
    fail({ actual, expected, message, operator: 'deepStrictEqual', stackStartFn: deepStrictEqual }, this);
  }
};

assert.notDeepStrictEqual = function notDeepStrictEqual(actual, expected, message) {
  requireBoth(arguments.length);
  if (require('util/comparisons').isDeepStrictEqual(actual, expected, this?.[kOptions])) {
    fail({ actual, expected, message, operator: 'notDeepStrictEqual', stackStartFn: notDeepStrictEqual }, this);
  }
};

const strictEqual = natives.strictEqual(function (actual, expected, message) {
  requireBoth(arguments.length);
  if (!ObjectIs(actual, expected)) {
    fail({ actual, expected, message, operator: 'strictEqual', stackStartFn: strictEqual }, this);
  }
});
assert.strictEqual = strictEqual;

const notStrictEqual = natives.notStrictEqual(function (actual, expected, message) {
  requireBoth(arguments.length);
  if (ObjectIs(actual, expected)) {
    fail({ actual, expected, message, operator: 'notStrictEqual', stackStartFn: notStrictEqual }, this);
  }
});
assert.notStrictEqual = notStrictEqual;

assert.partialDeepStrictEqual = function partialDeepStrictEqual(actual, expected, message) {
  requireBoth(arguments.length);
  if (!require('util/comparisons').isPartialStrictEqual(actual, expected)) {
    fail({ actual, expected, message, operator: 'partialDeepStrictEqual', stackStartFn: partialDeepStrictEqual }, this);
  }
};

assert.match = function match(string, regexp, message) {
  checkMatch(string, regexp, message, true, match);
};

assert.doesNotMatch = function doesNotMatch(string, regexp, message) {
  checkMatch(string, regexp, message, false, doesNotMatch);
};

function checkMatch(string, regexp, message, wanted, call) {
  if (!isRegExp(regexp)) throw nodeError('ERR_INVALID_ARG_TYPE', 'regexp', 'RegExp', regexp);
  if (typeof string === 'string' && (RegExpPrototypeExec(regexp, string) !== null) === wanted) return;
  if (isError(message)) throw message;
  const generated = !message;
  if (generated) {
    if (typeof string !== 'string') {
      message = `The "string" argument must be of type string. Received type ${typeof string} (${show(string)})`;
    } else {
      const what = wanted ? 'The input did not match the regular expression' :
        'The input was expected to not match the regular expression';
      message = `${what} ${show(regexp)}. Input:\n\n${show(string)}\n`;
    }
  }
  const error = newError({ actual: string, expected: regexp, message, operator: call.name, stackStartFn: call });
  error.generatedMessage = generated;
  throw error;
}

// Functions that throw, promises that reject

function thrownBy(run) {
  if (typeof run !== 'function') throw nodeError('ERR_INVALID_ARG_TYPE', 'fn', 'Function', run);
  try {
    run();
  } catch (error) {
    return error;
  }
  return NOTHING_THROWN;
}

function isThenable(value) {
  return isPromise(value) || (value !== null && typeof value === 'object' &&
    typeof value.then === 'function' && typeof value.catch === 'function');
}

async function rejectionOf(source) {
  let promise;
  if (typeof source === 'function') {
    promise = source();
    if (!isThenable(promise)) throw nodeError('ERR_INVALID_RETURN_VALUE', 'instance of Promise', 'promiseFn', promise);
  } else if (isThenable(source)) {
    promise = source;
  } else {
    throw nodeError('ERR_INVALID_ARG_TYPE', 'promiseFn', ['Function', 'Promise'], source);
  }
  try {
    await promise;
  } catch (error) {
    return error;
  }
  return NOTHING_THROWN;
}

function expectError(call, actual, rest) {
  let { 0: expected, 1: message } = rest;
  if (typeof expected === 'string') {
    if (rest.length > 1) throw nodeError('ERR_INVALID_ARG_TYPE', 'error', ['Object', 'Error', 'Function', 'RegExp'], expected);
    if (actual !== null && typeof actual === 'object') {
      if (actual.message === expected) {
        throw nodeError('ERR_AMBIGUOUS_ARGUMENT', 'error/message', `The error message "${actual.message}" is identical to the message.`);
      }
    } else if (actual === expected) {
      throw nodeError('ERR_AMBIGUOUS_ARGUMENT', 'error/message', `The error "${actual}" is identical to the message.`);
    }
    message = expected;
    expected = undefined;
  } else if (expected != null && typeof expected !== 'object' && typeof expected !== 'function') {
    throw nodeError('ERR_INVALID_ARG_TYPE', 'error', ['Object', 'Error', 'Function', 'RegExp'], expected);
  }
  if (actual === NOTHING_THROWN) {
    const name = expected?.name ? ` (${expected.name})` : '';
    const what = call === assert.rejects ? 'rejection' : 'exception';
    fail({
      actual: undefined, expected, operator: call.name,
      message: `Missing expected ${what}${name}${message ? `: ${message}` : '.'}`, stackStartFn: startOf(call),
    });
  }
  if (expected) checkError(actual, expected, message, call);
}

function checkError(actual, expected, message, call) {
  let generated = false;
  if (typeof expected === 'function') {
    if (expected.prototype !== undefined && actual instanceof expected) return;
    if (ObjectPrototypeIsPrototypeOf(Error, expected)) {
      if (!message) {
        generated = true;
        message = `The error is expected to be an instance of "${expected.name}". Received `;
        message += isError(actual) ? `"${actual.name}"` : `"${show(actual, { depth: -1 })}"`;
        message += `\n\nError message:\n\n${actual?.message}`;
      }
    } else {
      const answer = ReflectApply(expected, {}, [actual]);
      if (answer === true) return;
      if (!message) {
        generated = true;
        const name = expected.name ? `"${expected.name}" ` : '';
        message = `The ${name}validation function is expected to return "true". Received ${show(answer)}`;
        if (isError(actual)) message += `\n\nCaught error:\n\n${actual}`;
      }
    }
  } else if (isRegExp(expected)) {
    const text = String(actual);
    if (RegExpPrototypeExec(expected, text) !== null) return;
    if (!message) {
      generated = true;
      message = `The input did not match the regular expression ${show(expected)}. Input:\n\n${show(text)}\n`;
    }
  } else {
    checkErrorObject(actual, expected, message, call);
    return;
  }
  if (isError(message)) throw message;
  const error = newError({ actual, expected, message, operator: call.name, stackStartFn: startOf(call) });
  error.generatedMessage = generated;
  throw error;
}

function checkErrorObject(actual, expected, message, call) {
  if (actual === null || typeof actual !== 'object') {
    const error = newError({ actual, expected, message, operator: 'deepStrictEqual', stackStartFn: startOf(call) });
    error.operator = call.name;
    throw error;
  }
  const keys = ObjectKeys(expected);
  if (expected instanceof Error) keys[keys.length] = 'name', keys[keys.length] = 'message';
  else if (keys.length === 0) throw nodeError('ERR_INVALID_ARG_VALUE', 'error', expected, 'may not be an empty object');
  const { isDeepStrictEqual } = require('util/comparisons');
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i];
    if (matches(actual[key], expected[key])) continue;
    if (key in actual && isDeepStrictEqual(actual[key], expected[key])) continue;
    if (message) fail({ actual, expected, message, operator: call.name, stackStartFn: startOf(call) });
    const error = newError({
      actual: new Comparison(actual, keys), expected: new Comparison(expected, keys, actual),
      operator: 'deepStrictEqual', stackStartFn: startOf(call),
    });
    error.actual = actual;
    error.expected = expected;
    error.operator = call.name;
    throw error;
  }
}

function matches(value, pattern) {
  return typeof value === 'string' && isRegExp(pattern) && RegExpPrototypeExec(pattern, value) !== null;
}

// Of an error only what was asked for, so that the message shows nothing else.
class Comparison {
  constructor(source, keys, actual) {
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i];
      if (!(key in source)) continue;
      this[key] = actual !== undefined && matches(actual[key], source[key]) ? actual[key] : source[key];
    }
  }
}

function expectNoError(call, actual, expected, message) {
  if (actual === NOTHING_THROWN) return;
  if (typeof expected === 'string') {
    message = expected;
    expected = undefined;
  }
  if (!expected || isOfKind(actual, expected)) {
    const what = call === assert.doesNotReject ? 'rejection' : 'exception';
    fail({
      actual, expected, operator: call.name, stackStartFn: startOf(call),
      message: `Got unwanted ${what}${message ? `: ${message}` : '.'}\nActual message: "${actual && actual.message}"`,
    });
  }
  throw actual;
}

function isOfKind(actual, expected) {
  if (typeof expected !== 'function') {
    if (isRegExp(expected)) return RegExpPrototypeExec(expected, String(actual)) !== null;
    throw nodeError('ERR_INVALID_ARG_TYPE', 'expected', ['Function', 'RegExp'], expected);
  }
  if (expected.prototype !== undefined && actual instanceof expected) return true;
  if (ObjectPrototypeIsPrototypeOf(Error, expected)) return false;
  return ReflectApply(expected, {}, [actual]) === true;
}

assert.throws = function throws(fn, ...rest) {
  expectError(throws, thrownBy(fn), rest);
};

// Where a rejection is found the caller is gone from the stack: what shows there is the assertion itself.
function startOf(call) {
  return call === assert.rejects || call === assert.doesNotReject ? expectError : call;
}

assert.rejects = async function rejects(promiseFn, ...rest) {
  expectError(rejects, await rejectionOf(promiseFn), rest);
};

assert.doesNotThrow = function doesNotThrow(fn, ...rest) {
  expectNoError(doesNotThrow, thrownBy(fn), rest[0], rest[1]);
};

assert.doesNotReject = async function doesNotReject(promiseFn, ...rest) {
  expectNoError(doesNotReject, await rejectionOf(promiseFn), rest[0], rest[1]);
};

assert.ifError = function ifError(error) {
  if (error === null || error === undefined) return;
  let message = 'ifError got unwanted exception: ';
  if (typeof error === 'object' && typeof error.message === 'string') {
    message += error.message.length === 0 && error.constructor ? error.constructor.name : error.message;
  } else {
    message += show(error);
  }
  const failure = newError({ actual: error, expected: null, operator: 'ifError', message, stackStartFn: ifError }, this);
  // The stack of the error says where it came from: it goes below ours, less what both have.
  const original = error.stack;
  if (typeof original === 'string') {
    const start = StringPrototypeIndexOf(original, '\n    at');
    if (start !== -1) {
      const theirs = StringPrototypeSplit(StringPrototypeSlice(original, start + 1), '\n');
      let ours = StringPrototypeSplit(failure.stack, '\n');
      for (let i = 0; i < theirs.length; i++) {
        const at = ours.indexOf(theirs[i]);
        if (at !== -1) {
          ours = ours.slice(0, at);
          break;
        }
      }
      failure.stack = `${ours.join('\n')}\n${theirs.join('\n')}`;
    }
  }
  throw failure;
};

function strict(...args) {
  checkOk(strict, args.length, ...args);
}

const strictOnes = {
  equal: assert.strictEqual, deepEqual: assert.deepStrictEqual, notEqual: assert.notStrictEqual,
  notDeepEqual: assert.notDeepStrictEqual,
};
const names = ObjectKeys(assert);
for (let i = 0; i < names.length; i++) {
  const name = names[i];
  if (lateOnes[name] === undefined) strict[name] = strictOnes[name] ?? assert[name];
  else addLate(strict, name);
}
addLate(assert, 'Assert');
addLate(strict, 'Assert');
assert.strict = strict;
strict.strict = strict;

module.exports = assert;
