'use strict';
// `util.format`: printf-like texts, and what `console.log` writes for anything but plain primitives.

const {
  JSONStringify, Number, NumberParseFloat, NumberParseInt, String, StringPrototypeIncludes, StringPrototypeIndexOf,
  StringPrototypeSlice,
} = primordials;
const { inspect, newContext, formatPrimitive, numberText, defaults } = require('util/inspect');

const PERCENT = 37;

/** `format` with options for the objects among its arguments. */
function formatWithOptions(options, ...args) {
  if (options === null || typeof options !== 'object') {
    throw binding('errors').nodeError('ERR_INVALID_ARG_TYPE', 'inspectOptions', 'object', options);
  }
  return formatArguments(options, args);
}

/** Fills the `%` places of a first text, then appends the other arguments with spaces between them. */
function format(...args) {
  return formatArguments(undefined, args);
}

function formatArguments(options, args) {
  const count = args.length;
  if (count === 0) return '';
  const first = args[0];
  let text, next;
  if (typeof first === 'string') {
    if (count === 1) return first;
    next = 1;
    if (StringPrototypeIncludes(first, '%')) {
      const filled = fillPlaces(options, first, args);
      text = filled.text;
      next = filled.next;
    } else {
      text = first;
    }
  } else {
    text = asText(options, first);
    next = 1;
  }
  while (next < count) {
    const value = args[next++];
    text += ' ';
    text += typeof value === 'string' ? value : asText(options, value);
  }
  return text;
}

function asText(options, value) {
  return options === undefined ? inspect(value) : inspect(value, { ...options, compact: 3, colors: false, depth: 2, ...options });
}

function fillPlaces(options, template, args) {
  const last = template.length - 1;
  let text = '', from = 0, next = 1;
  let at = StringPrototypeIndexOf(template, '%');
  while (at !== -1 && at < last) {
    const letter = template[at + 1];
    let part, filled = true;
    if (letter === '%') {
      part = '%';
    } else if (next < args.length && StringPrototypeIncludes('sjdOoifc', letter)) {
      part = fillPlace(options, letter, args[next++]);
    } else {
      filled = false;
    }
    if (filled) {
      text += StringPrototypeSlice(template, from, at) + part;
      from = at + 2;
      at = StringPrototypeIndexOf(template, '%', from);
    } else {
      at = StringPrototypeIndexOf(template, '%', at + 1);
    }
  }
  return { text: text + StringPrototypeSlice(template, from), next };
}

function fillPlace(options, letter, value) {
  const type = typeof value;
  switch (letter) {
    case 's':
      if (type === 'number' || type === 'bigint') return primitiveText(options, value);
      if (type !== 'object' || value === null || !keepsBuiltInText(value)) return String(value);
      return inspect(value, { ...options, depth: 0, colors: false, compact: 3 });
    case 'j':
      return toJson(value);
    case 'd':
      if (type === 'bigint') return primitiveText(options, value);
      if (type === 'symbol') return primitiveText(options, NaN);
      return primitiveText(options, Number(value));
    case 'i':
      if (type === 'bigint') return primitiveText(options, value);
      if (type === 'symbol') return primitiveText(options, NaN);
      return primitiveText(options, NumberParseInt(value));
    case 'f':
      return primitiveText(options, type === 'symbol' ? NaN : NumberParseFloat(value));
    case 'O':
      return inspect(value, options);
    case 'o':
      return inspect(value, { ...options, showHidden: true, showProxy: true, depth: 4 });
    default: // c: a style sheet, which a terminal has no use for
      return '';
  }
}

function primitiveText(options, value) {
  if (!(options?.numericSeparator ?? defaults.numericSeparator)) return typeof value === 'bigint' ? `${value}n` : numberText(value);
  const ctx = newContext();
  ctx.numericSeparator = true;
  return formatPrimitive(ctx, value, (text) => text);
}

function toJson(value) {
  try {
    return JSONStringify(value);
  } catch (error) {
    if (require('util/circular').isCircularError(error, value)) return '[Circular]';
    throw error;
  }
}

/** Whether `String(value)` would say nothing better than the language's own `toString`. */
function keepsBuiltInText(value) {
  return require('util/circular').keepsBuiltInText(value);
}

module.exports = { format, formatWithOptions, formatArguments };
