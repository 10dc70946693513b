'use strict';
// `util.parseArgs`: the arguments of a program as options and positionals.
//
// Behaviour: <https://nodejs.org/docs/latest-v24.x/api/util.html#utilparseargsconfig>

const {
  ArrayPrototypeIncludes, ArrayPrototypePush, ArrayPrototypeShift, ArrayPrototypeSlice, ArrayPrototypeUnshift,
  ObjectEntries, ObjectPrototypeHasOwnProperty, StringPrototypeIncludes, StringPrototypeIndexOf, StringPrototypeSlice,
  StringPrototypeStartsWith,
} = primordials;
const { nodeError } = binding('errors');
const {
  validateArray, validateBoolean, validateBooleanArray, validateObject, validateString, validateStringArray,
} = binding('validators');

/** Own members only: what a prototype says is no configuration. */
function own(object, name, fallback) {
  return object != null && ObjectPrototypeHasOwnProperty(object, name) ? object[name] : fallback;
}

function typeOf(options, name) {
  return own(own(options, name), 'type');
}

/** The long name that a short one stands for: itself when there is none. */
function longNameOf(short, options) {
  const entries = ObjectEntries(options);
  for (let i = 0; i < entries.length; i++) if (own(entries[i][1], 'short') === short) return entries[i][0];
  return short;
}

function defaultArgs() {
  const { argv, execArgv } = require('process');
  const evaluates = ['-e', '--eval', '-p', '--print'];
  for (let i = 0; i < evaluates.length; i++) {
    if (ArrayPrototypeIncludes(execArgv, evaluates[i])) return ArrayPrototypeSlice(argv, 1);
  }
  return ArrayPrototypeSlice(argv, 2);
}

// Reading: arguments to tokens

function toTokens(args, options) {
  const rest = ArrayPrototypeSlice(args);
  const tokens = [];
  let index = -1;
  // How many of the next arguments are letters of one group.
  let grouped = 0;
  const option = (name, rawName, value, inlineValue) => {
    tokens[tokens.length] = { kind: 'option', name, rawName, index, value, inlineValue };
  };
  while (rest.length > 0) {
    const arg = ArrayPrototypeShift(rest);
    if (grouped > 0) grouped--;
    else index++;
    const takesNext = (name) => typeOf(options, name) === 'string' && rest[0] != null;

    if (arg === '--') {
      tokens[tokens.length] = { kind: 'option-terminator', index };
      for (let i = 0; i < rest.length; i++) tokens[tokens.length] = { kind: 'positional', index: ++index, value: rest[i] };
      break;
    }
    const isLong = arg.length > 2 && StringPrototypeStartsWith(arg, '--');
    const isShort = !isLong && arg.length > 1 && arg[0] === '-' && arg[1] !== '-';
    if (isLong) {
      const equals = StringPrototypeIncludes(arg, '=', 3) ? StringPrototypeIndexOf(arg, '=', 3) : -1;
      if (equals !== -1) {
        const name = StringPrototypeSlice(arg, 2, equals);
        option(name, `--${name}`, StringPrototypeSlice(arg, equals + 1), true);
        continue;
      }
      const name = StringPrototypeSlice(arg, 2);
      if (takesNext(name)) {
        option(name, arg, ArrayPrototypeShift(rest), false);
        index++;
      } else {
        option(name, arg, undefined, undefined);
      }
    } else if (isShort && arg.length === 2) {
      const name = longNameOf(arg[1], options);
      if (takesNext(name)) {
        option(name, arg, ArrayPrototypeShift(rest), false);
        index++;
      } else {
        option(name, arg, undefined, undefined);
      }
    } else if (isShort && typeOf(options, longNameOf(arg[1], options)) === 'string') {
      option(longNameOf(arg[1], options), `-${arg[1]}`, StringPrototypeSlice(arg, 2), true);
    } else if (isShort) {
      const expanded = [];
      for (let i = 1; i < arg.length; i++) {
        if (typeOf(options, longNameOf(arg[i], options)) !== 'string' || i === arg.length - 1) {
          expanded[expanded.length] = `-${arg[i]}`;
        } else {
          expanded[expanded.length] = `-${StringPrototypeSlice(arg, i)}`;
          break;
        }
      }
      ArrayPrototypeUnshift(rest, ...expanded);
      grouped = expanded.length;
    } else {
      tokens[tokens.length] = { kind: 'positional', index, value: arg };
    }
  }
  return tokens;
}

// Checking

function isNegated(name, allowNegative) {
  return allowNegative && StringPrototypeStartsWith(name, 'no-');
}

function checkUsage(token, options, allowPositionals, allowNegative) {
  let { name } = token;
  if (!ObjectPrototypeHasOwnProperty(options, name)) {
    const positive = isNegated(name, allowNegative) ? StringPrototypeSlice(name, 3) : undefined;
    if (positive === undefined || typeOf(options, positive) !== 'boolean') {
      throw nodeError('ERR_PARSE_ARGS_UNKNOWN_OPTION', token.rawName, allowPositionals);
    }
    name = positive;
  }
  const short = own(options[name], 'short');
  const title = `${short ? `-${short}, ` : ''}--${name}`;
  const type = own(options[name], 'type');
  if (type === 'string' && typeof token.value !== 'string') {
    throw nodeError('ERR_PARSE_ARGS_INVALID_OPTION_VALUE', `Option '${title} <value>' argument missing`);
  }
  if (type === 'boolean' && token.value != null) {
    throw nodeError('ERR_PARSE_ARGS_INVALID_OPTION_VALUE', `Option '${title}' does not take an argument`);
  }
}

/** `--name -x`: was `-x` meant as the value? */
function checkAmbiguous(token) {
  const { value, rawName, name } = token;
  if (token.inlineValue || value == null || value.length < 2 || value[0] !== '-') return;
  const example = StringPrototypeStartsWith(rawName, '--') ? `'${rawName}=-XYZ'` : `'--${name}=-XYZ' or '${rawName}-XYZ'`;
  throw nodeError('ERR_PARSE_ARGS_INVALID_OPTION_VALUE', `Option '${rawName}' argument is ambiguous.
Did you forget to specify the option argument for '${rawName}'?
To specify an option argument starting with a dash use ${example}.`);
}

function checkConfig(options) {
  const entries = ObjectEntries(options);
  for (let i = 0; i < entries.length; i++) {
    const { 0: name, 1: option } = entries[i];
    const path = `options.${name}`;
    validateObject(option, path);
    const type = own(option, 'type');
    if (type !== 'string' && type !== 'boolean') {
      throw nodeError('ERR_INVALID_ARG_TYPE', `${path}.type`, "('string|boolean')", type);
    }
    if (ObjectPrototypeHasOwnProperty(option, 'short')) {
      validateString(option.short, `${path}.short`);
      if (option.short.length !== 1) {
        throw nodeError('ERR_INVALID_ARG_VALUE', `${path}.short`, option.short, 'must be a single character');
      }
    }
    const multiple = own(option, 'multiple');
    if (ObjectPrototypeHasOwnProperty(option, 'multiple')) validateBoolean(multiple, `${path}.multiple`);
    const preset = own(option, 'default');
    if (preset === undefined) continue;
    if (type === 'string') (multiple ? validateStringArray : validateString)(preset, `${path}.default`);
    else (multiple ? validateBooleanArray : validateBoolean)(preset, `${path}.default`);
  }
}

function store(values, options, name, value) {
  if (name === '__proto__') return;
  if (own(own(options, name), 'multiple')) {
    if (values[name] === undefined) values[name] = [value];
    else ArrayPrototypePush(values[name], value);
  } else {
    values[name] = value;
  }
}

/**
 * @param {{ args?: string[], options?: object, strict?: boolean, allowPositionals?: boolean, allowNegative?: boolean,
 *   tokens?: boolean }} [config]
 */
function parseArgs(config = { __proto__: null }) {
  const args = own(config, 'args') ?? defaultArgs();
  const strict = own(config, 'strict') ?? true;
  const allowPositionals = own(config, 'allowPositionals') ?? !strict;
  const returnTokens = own(config, 'tokens') ?? false;
  const allowNegative = own(config, 'allowNegative') ?? false;
  const options = own(config, 'options') ?? { __proto__: null };
  validateArray(args, 'args');
  validateBoolean(strict, 'strict');
  validateBoolean(allowPositionals, 'allowPositionals');
  validateBoolean(returnTokens, 'tokens');
  validateBoolean(allowNegative, 'allowNegative');
  validateObject(options, 'options');
  checkConfig(options);

  const tokens = toTokens(args, options);
  const result = { values: { __proto__: null }, positionals: [] };
  if (returnTokens) result.tokens = tokens;
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i];
    if (token.kind === 'option') {
      if (strict) {
        checkUsage(token, options, allowPositionals, allowNegative);
        checkAmbiguous(token);
      }
      if (isNegated(token.name, allowNegative) && token.value === undefined) {
        // Options that say they begin with `no-` are meant themselves.
        if (ObjectPrototypeHasOwnProperty(options, token.name)) {
          store(result.values, options, token.name, true);
        } else {
          token.name = StringPrototypeSlice(token.name, 3);
          store(result.values, options, token.name, false);
        }
      } else {
        store(result.values, options, token.name, token.value ?? true);
      }
    } else if (token.kind === 'positional') {
      if (!allowPositionals) throw nodeError('ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL', token.value);
      ArrayPrototypePush(result.positionals, token.value);
    }
  }
  const entries = ObjectEntries(options);
  for (let i = 0; i < entries.length; i++) {
    const { 0: name, 1: option } = entries[i];
    const preset = own(option, 'default');
    if (preset !== undefined && result.values[name] === undefined && name !== '__proto__') {
      result.values[name] = preset;
    }
  }
  return result;
}

module.exports = { parseArgs };
