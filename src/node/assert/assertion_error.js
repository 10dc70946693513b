'use strict';
// `assert.AssertionError`: the error of a failed assertion, and the message that shows what differs.

const {
  ArrayPrototypeSplice,
  ArrayPrototypeJoin, ArrayPrototypeSlice, Error, MathMin, ObjectAssign, ObjectDefineProperty, ObjectGetPrototypeOf,
  ObjectPrototypeHasOwnProperty, ObjectPrototypeToString, String, StringPrototypeRepeat, StringPrototypeSlice,
  StringPrototypeSplit,
} = primordials;
const { inspect } = require('util/inspect');
const { edits } = require('util/diff');
const { validateObject, validateOneOf } = binding('validators');
const { isNativeError } = binding('types');

const headlines = {
  __proto__: null,
  deepStrictEqual: 'Expected values to be strictly deep-equal:',
  partialDeepStrictEqual: 'Expected values to be partially and strictly deep-equal:',
  strictEqual: 'Expected values to be strictly equal:',
  strictEqualObject: 'Expected "actual" to be reference-equal to "expected":',
  deepEqual: 'Expected values to be loosely deep-equal:',
  notDeepStrictEqual: 'Expected "actual" not to be strictly deep-equal to:',
  notStrictEqual: 'Expected "actual" to be strictly unequal to:',
  notStrictEqualObject: 'Expected "actual" not to be reference-equal to "expected":',
  notDeepEqual: 'Expected "actual" not to be loosely deep-equal to:',
  notIdentical: 'Values have same structure but are not reference-equal:',
};

// Limits of what a message shows.
const SHORT_LENGTH = 12, CARET_LENGTH = 80, MAX_TEXT = 512, MAX_LINES = 50;

function show(value) {
  return inspect(value, {
    compact: false, customInspect: false, depth: 1000, maxArrayLength: Infinity, maxStringLength: Infinity,
    showHidden: false, showProxy: false, sorted: true, getters: true, colors: false, numericSeparator: false,
    breakLength: 80,
  });
}

function isObject(value) {
  return value !== null && typeof value === 'object';
}

/** An error without its stack, which says nothing about whether two of them are alike. */
function withoutStack(error) {
  if (!isNativeError(error) && !(error instanceof Error)) return error;
  const copy = ObjectAssign({ __proto__: ObjectGetPrototypeOf(error) }, error);
  ObjectDefineProperty(copy, 'message', { __proto__: null, value: error.message });
  if (ObjectPrototypeHasOwnProperty(error, 'cause')) {
    const { cause } = error;
    ObjectDefineProperty(copy, 'cause', { __proto__: null, value: withoutStack(cause) });
  }
  return copy;
}

function textOf(value) {
  if (isObject(value) && ObjectPrototypeToString(value) === '[object URL]' && typeof value.href === 'string') return value.href;
  return show(isObject(value) ? withoutStack(value) : value);
}

// The equality messages

function equalityMessage(actual, expected, operator, custom, whole) {
  let headline = headlines[operator];
  if (operator === 'strictEqual' &&
      ((isObject(actual) && isObject(expected)) || (typeof actual === 'function' && typeof expected === 'function'))) {
    headline = headlines.strictEqualObject;
  }
  if (custom != null && custom !== '') headline = custom;
  const actualText = textOf(actual);
  const expectedText = textOf(expected);
  const left = StringPrototypeSplit(actualText, '\n');
  const right = StringPrototypeSplit(expectedText, '\n');

  if (left.length === 1 && right.length === 1 && actualText !== expectedText && !(isObject(actual) && isObject(expected))) {
    return oneLineMessage(headline, actual, expected, actualText, expectedText);
  }
  if (actualText === expectedText) {
    if (left.length === 1 && typeof actual !== 'object') {
      return `${headline}\n+ actual - expected\n\n+ ${actualText}\n- ${expectedText}\n`;
    }
    const head = custom != null && custom !== '' ? custom : headlines.notIdentical;
    if (whole || left.length <= MAX_LINES) return `${head}\n\n${actualText}\n`;
    return `${head}\n\n... Skipped lines\n${ArrayPrototypeJoin(ArrayPrototypeSlice(left, 0, MAX_LINES), '\n')}\n...}\n`;
  }
  const { text, skipped } = writeEdits(edits(left, right, sameLine));
  return `${headline}\n+ actual - expected${skipped ? '\n... Skipped lines' : ''}\n${text}\n`;
}

function oneLineMessage(headline, actual, expected, actualText, expectedText) {
  const quotes = (typeof actual === 'string' ? 2 : 0) + (typeof expected === 'string' ? 2 : 0);
  const zeros = actual === 0 && expected === 0;
  if (actualText.length + expectedText.length - quotes <= SHORT_LENGTH && !zeros) {
    return `${headline}\n\n${actualText} !== ${expectedText}\n`;
  }
  let text = `${headline}\n+ actual - expected\n\n+ ${actualText}\n- ${expectedText}\n`;
  if (actualText.length + expectedText.length <= CARET_LENGTH) {
    const end = MathMin(actualText.length, expectedText.length);
    let at = 0;
    while (at < end && actualText[at] === expectedText[at]) at++;
    if (at < end && at > 2) text += `${StringPrototypeRepeat(' ', at + 2)}^\n`;
  }
  return text;
}

function sameLine(a, b) {
  return a === b || `${a},` === b || a === `${b},`;
}

/** Edits (last first) as lines; of what is the same, what stands around the differences. */
function writeEdits(script) {
  let text = '';
  let skipped = false;
  let run = [];
  for (let i = script.length - 1; i >= -1; i--) {
    if (i >= 0 && script[i][0] === 0) {
      run[run.length] = script[i][1];
      continue;
    }
    const shown = MathMin(run.length, 5);
    for (let j = 0; j < shown; j++) text += `\n  ${run[j]}`;
    if (i < 0) break;
    const left = run.length - shown;
    if (left > 2) {
      text += `\n...\n  ${run[run.length - 1]}`;
      skipped = true;
    } else {
      for (let j = shown; j < run.length; j++) text += `\n  ${run[j]}`;
    }
    run = [];
    // All that is only in the actual value, then all that is only in the expected one.
    let removed = '';
    while (i >= 0 && script[i][0] !== 0) {
      if (script[i][0] === 1) text += `\n+ ${script[i][1]}`;
      else removed += `\n- ${script[i][1]}`;
      i--;
    }
    text += removed;
    i++;
  }
  return { text, skipped };
}

// The inequality messages, and the others

function inequalityMessage(actual, operator, whole) {
  let headline = headlines[operator];
  if (operator === 'notStrictEqual' && (isObject(actual) || typeof actual === 'function')) {
    headline = headlines.notStrictEqualObject;
  }
  const lines = StringPrototypeSplit(textOf(actual), '\n');
  if (!whole && lines.length > MAX_LINES) {
    ArrayPrototypeSplice(lines, 46, lines.length - 46, '...');
  }
  if (lines.length === 1) return `${headline}${lines[0].length > 5 ? '\n\n' : ' '}${lines[0]}`;
  return `${headline}\n\n${ArrayPrototypeJoin(lines, '\n')}\n`;
}

function shorten(text) {
  return text.length > MAX_TEXT ? `${StringPrototypeSlice(text, 0, MAX_TEXT - 3)}...` : text;
}

function looseMessage(actual, expected, operator, whole) {
  const left = whole ? textOf(actual) : shorten(textOf(actual));
  const right = whole ? textOf(expected) : shorten(textOf(expected));
  if (operator === 'deepEqual') return `${headlines.deepEqual}\n\n${left}\n\nshould loosely deep-equal\n\n${right}`;
  if (operator === 'notDeepEqual') {
    const text = textOf(actual);
    if (text === textOf(expected)) return `${headlines.notDeepEqual}\n\n${text}`;
    return `Expected values not to be loosely deep-equal:\n\n${left}\n\nshould not loosely deep-equal\n\n${right}`;
  }
  return `${left} ${operator} ${right}`;
}

/** What the values are shown with; `whole` leaves nothing out that is long (`diff: 'full'`). */
function messageFor(actual, expected, operator, custom, whole) {
  switch (operator) {
    case 'deepStrictEqual': case 'strictEqual': case 'partialDeepStrictEqual':
      return equalityMessage(actual, expected, operator, custom, whole);
    case 'notDeepStrictEqual': case 'notStrictEqual':
      return inequalityMessage(actual, operator, whole);
    default:
      return looseMessage(actual, expected, operator, whole);
  }
}

/** The error that a failed assertion throws. */
class AssertionError extends Error {
  /**
   * @param {{ message?: string, actual?: any, expected?: any, operator?: string, stackStartFn?: Function, diff?: string }} options
   */
  constructor(options) {
    validateObject(options, 'options');
    const { message, operator, stackStartFn, stackStartFunction, details, diff = 'simple' } = options;
    let { actual, expected } = options;
    if (diff !== undefined) validateOneOf(diff, 'options.diff', ['simple', 'full']);
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = 0;
    const whole = diff === 'full';
    if (message != null) {
      const extended = operator === 'deepStrictEqual' || operator === 'strictEqual' || operator === 'partialDeepStrictEqual';
      super(extended ? messageFor(actual, expected, operator, String(message), whole) : String(message));
    } else {
      super(messageFor(actual, expected, operator, undefined, whole));
    }
    Error.stackTraceLimit = limit;
    this.generatedMessage = !message;
    ObjectDefineProperty(this, 'name', {
      __proto__: null, value: 'AssertionError [ERR_ASSERTION]', enumerable: false, writable: true, configurable: true,
    });
    this.code = 'ERR_ASSERTION';
    if (details) {
      this.actual = undefined;
      this.expected = undefined;
      this.operator = undefined;
      for (let i = 0; i < details.length; i++) {
        this[`message ${i}`] = details[i].message;
        this[`actual ${i}`] = details[i].actual;
        this[`expected ${i}`] = details[i].expected;
        this[`operator ${i}`] = details[i].operator;
        this[`stack trace ${i}`] = details[i].stack;
      }
    } else {
      this.actual = actual;
      this.expected = expected;
      this.operator = operator;
    }
    this.diff = diff;
    Error.captureStackTrace?.(this, stackStartFn || stackStartFunction);
    // The code belongs to the stack, not to the name: the stack is written while both are together.
    this.stack; // eslint-disable-line no-unused-expressions
    this.name = 'AssertionError';
  }

  toString() {
    return `${this.name} [${this.code}]: ${this.message}`;
  }

  [inspect.custom](depth, options) {
    const { actual, expected } = this;
    if (typeof actual === 'string') this.actual = shortenText(actual);
    if (typeof expected === 'string') this.expected = shortenText(expected);
    // The values may be large, and the message shows what matters of them.
    const text = inspect(this, { ...options, customInspect: false, depth: 0 });
    this.actual = actual;
    this.expected = expected;
    return text;
  }
}

function shortenText(text) {
  const lines = StringPrototypeSplit(text, '\n');
  if (lines.length > 10) return `${ArrayPrototypeJoin(ArrayPrototypeSlice(lines, 0, 10), '\n')}\n...`;
  return text.length > MAX_TEXT ? `${StringPrototypeSlice(text, 0, MAX_TEXT)}...` : text;
}

module.exports = { AssertionError };
