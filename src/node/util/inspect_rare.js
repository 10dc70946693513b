'use strict';
// The late half of `util.inspect`: kinds of objects and options that most programs never print.

const {
  ArrayIsArray, ArrayPrototypeFilter, ArrayPrototypePop, ArrayPrototypePush, FunctionPrototypeCall, MathMax,
  MathMin, MathTrunc, NumberPrototypeToString, ObjectGetOwnPropertyDescriptor, ObjectGetPrototypeOf, ObjectKeys,
  ObjectPrototypeHasOwnProperty, ReflectOwnKeys, RegExpPrototypeExec, RegExpPrototypeSymbolReplace, SafeSet, String,
  StringPrototypeIndexOf, StringPrototypePadStart, StringPrototypeSlice, StringPrototypeSplit, SymbolPrototypeToString,
  TypedArrayPrototypeGetLength, TypedArrayPrototypeGetSymbolToStringTag, Uint8Array,
} = primordials;
const {
  promiseState, proxyDetails, previewEntries, constructorName, ownNonIndexKeys, quote, unwrap,
} = binding('util');
const {
  inspect, formatValue, formatProperty, formatPrimitive, prefixOf, keysOf, spaces, limit, more, numberText, layOut, kindOf,
  NAMED, ELEMENT,
} = require('util/inspect');
const types = binding('types');

const PROXY = 32;

// Proxies

/** What to show for a proxy: `{ text }` or, to show what is behind it, `{ target, kind }`. */
function lookThroughProxy(ctx, value, level) {
  let details = proxyDetails(value);
  // The engine doesn't tell: the traps answer for the target.
  if (details === undefined) return { text: undefined, target: value, kind: ownKind(value) };
  if (details === null || details[0] === null) return { text: ctx.stylize('<Revoked Proxy>', 'special') };
  if (ctx.showProxy) return { text: formatProxy(ctx, details, level) };
  let target = details[0];
  for (;;) {
    const kind = kindOf(target);
    if (kind < PROXY) return { text: undefined, target, kind };
    details = proxyDetails(target);
    if (details === null || details[0] === null) return { text: ctx.stylize('<Revoked Proxy>', 'special') };
    target = details[0];
  }
}

function ownKind(proxy) {
  try {
    return ArrayIsArray(proxy) ? 1 : kindOf(proxy) - PROXY;
  } catch {
    return 0;
  }
}

function formatProxy(ctx, details, level) {
  if (ctx.depth !== null && level > ctx.depth) return ctx.stylize('Proxy [Array]', 'special');
  level++;
  ctx.indent += 2;
  const output = [formatValue(ctx, details[0], level), formatValue(ctx, details[1], level)];
  ctx.indent -= 2;
  return layOut(ctx, output, '', 'Proxy [', ']', true, level, undefined);
}

// Custom inspection

/** The options as a `[util.inspect.custom]` method receives them. */
function optionsForUser(ctx) {
  return {
    stylize: ctx.stylize, showHidden: ctx.showHidden, depth: ctx.depth, colors: ctx.colors,
    customInspect: ctx.customInspect, showProxy: ctx.showProxy, maxArrayLength: ctx.maxArrayLength,
    maxStringLength: ctx.maxStringLength, breakLength: ctx.breakLength, compact: ctx.compact, sorted: ctx.sorted,
    getters: ctx.getters, numericSeparator: ctx.numericSeparator, ...ctx.userOptions,
  };
}

function callGetter(ctx, descriptor, label, receiver, level) {
  const { stylize, getters } = ctx;
  const withSetter = descriptor.set !== undefined;
  if (getters !== true && !(getters === 'get' && !withSetter) && !(getters === 'set' && withSetter)) {
    return stylize(`[${label}]`, 'special');
  }
  try {
    const value = FunctionPrototypeCall(descriptor.get, receiver);
    ctx.indent += 2;
    let text;
    if (value !== null && typeof value === 'object') {
      text = `${stylize(`[${label}]`, 'special')} ${formatValue(ctx, value, level)}`;
    } else {
      text = `${stylize(`[${label}:`, 'special')} ${typeof value === 'function' ?
        formatValue(ctx, value, level) : formatPrimitive(ctx, value, stylize)}${stylize(']', 'special')}`;
    }
    ctx.indent -= 2;
    return text;
  } catch (error) {
    ctx.indent += 2;
    const text = `<Inspection threw (${formatValue(ctx, error, level)})>`;
    ctx.indent -= 2;
    return `${stylize(`[${label}:`, 'special')} ${text}${stylize(']', 'special')}`;
  }
}

// Names of classes

function isInstance(value, constructor) {
  try {
    return value instanceof constructor;
  } catch {
    return false;
  }
}

const builtInNames = new SafeSet(StringPrototypeSplit('Object Function Array Number Boolean String Symbol Date Promise ' +
  'RegExp Error AggregateError EvalError RangeError ReferenceError SyntaxError TypeError URIError ArrayBuffer Uint8Array ' +
  'Int8Array Uint16Array Int16Array Uint32Array Int32Array Float16Array Float32Array Float64Array Uint8ClampedArray ' +
  'BigUint64Array BigInt64Array DataView Map BigInt Set Iterator WeakMap WeakSet WeakRef Proxy FinalizationRegistry ' +
  'SharedArrayBuffer DisposableStack AsyncDisposableStack SuppressedError WebAssembly', ' '));

/** Whether `name` is one of the language's own classes. */
function isBuiltIn(name) {
  return builtInNames.has(name);
}

/**
 * The name of the class of `value`: that of the nearest `constructor` on its prototype chain that made it, null when there
 * is no prototype. With `inherited`, what user-made prototypes hold is written into that list.
 */
function classNameOf(ctx, value, level, inherited) {
  let first;
  let object = value;
  while (object !== null) {
    const descriptor = ObjectGetOwnPropertyDescriptor(object, 'constructor');
    const constructor = descriptor?.value;
    if (typeof constructor === 'function' && constructor.name !== '' && isInstance(value, constructor)) {
      if (inherited !== undefined && (first !== object || !isBuiltIn(constructor.name))) {
        addInherited(ctx, value, first ?? value, level, inherited);
      }
      return String(constructor.name);
    }
    object = ObjectGetPrototypeOf(object);
    if (first === undefined) first = object;
  }
  if (first === null) return null;
  const own = constructorName(value);
  if (ctx.depth !== null && level > ctx.depth) return `${own} <Complex prototype>`;
  const above = classNameOf(ctx, first, level + 1, inherited);
  if (above === null) {
    return `${own} <${inspect(first, { ...optionsForUser(ctx), customInspect: false, depth: -1 })}>`;
  }
  return `${own} <${above}>`;
}

function addInherited(ctx, value, object, level, output) {
  let depth = 0;
  let seen, keys;
  do {
    if (depth !== 0 || value === object) {
      object = ObjectGetPrototypeOf(object);
      if (object === null) return;
      const constructor = ObjectGetOwnPropertyDescriptor(object, 'constructor')?.value;
      if (typeof constructor === 'function' && isBuiltIn(constructor.name)) return;
    }
    if (depth === 0) seen = new SafeSet();
    else for (let i = 0; i < keys.length; i++) seen.add(keys[i]);
    keys = ReflectOwnKeys(object);
    ctx.open[ctx.open.length] = value;
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i];
      if (key === 'constructor' || ObjectPrototypeHasOwnProperty(value, key) || (depth !== 0 && seen.has(key))) continue;
      const descriptor = ObjectGetOwnPropertyDescriptor(object, key);
      if (descriptor === undefined || typeof descriptor.value === 'function') continue;
      const text = formatProperty(ctx, object, level, key, NAMED, descriptor, value);
      output[output.length] = ctx.colors ? `\u001b[2m${text}\u001b[22m` : text;
    }
    ArrayPrototypePop(ctx.open);
  } while (++depth !== 3);
}

/** A function whose `name` is no string. */
function oddName(value) {
  return value.name === undefined ? 'undefined' : inspect(value.name);
}

function symbolKey(symbol) {
  const text = SymbolPrototypeToString(symbol);
  // Escaped as between single quotes: the other two quotes at the end rule them out.
  return StringPrototypeSlice(quote(`${text}'"\``), 1, -5);
}

// Sparse arrays

function fillSparse(ctx, value, level, shown, output, index) {
  const keys = ObjectKeys(value);
  const { length } = value;
  let at = index;
  for (let i = index; i < keys.length && output.length < shown; i++) {
    const next = +keys[i];
    if (`${next}` !== keys[i] || next >= 2 ** 32 - 1 || next < at) break;
    if (next > at) {
      output[output.length] = holes(ctx, next - at);
      at = next;
      if (output.length === shown) break;
    }
    output[output.length] = formatProperty(ctx, value, level, keys[i], ELEMENT);
    at++;
  }
  const left = length - at;
  if (left > 0) output[output.length] = output.length !== shown ? holes(ctx, left) : more(left);
  return output;
}

function holes(ctx, count) {
  return ctx.stylize(`<${count} empty item${count > 1 ? 's' : ''}>`, 'undefined');
}

/** A value nested too deep for the stack still prints what was reached. */
function afterOverflow(ctx, error, name, tag, indent) {
  if (error === null || typeof error !== 'object' || error.name !== 'RangeError' ||
      error.message !== 'Maximum call stack size exceeded') {
    throw error;
  }
  ArrayPrototypePop(ctx.open);
  ctx.indent = indent;
  return interrupted(ctx, name, tag);
}

function interrupted(ctx, name, tag) {
  const title = StringPrototypeSlice(prefixOf(name, tag, 'Object'), 0, -1);
  return ctx.stylize(`[${title}: Inspection interrupted prematurely. Maximum call stack size exceeded.]`, 'special');
}

// The rarer kinds of objects

/** `{ text }` when that is all, else the parts of the literal. */
function describe(ctx, value, kind, name, tag, keys, inherited, insideBuffer) {
  const shape = { text: undefined, base: '', open: '{', close: '}', fill: undefined, keys, asList: false };
  const bare = keys.length === 0 && inherited === undefined;
  switch (kind) {
    case 4: { // typed array
      const kindName = TypedArrayPrototypeGetSymbolToStringTag(value);
      const length = TypedArrayPrototypeGetLength(value);
      shape.keys = ownNonIndexKeys(value, !ctx.showHidden);
      shape.open = `${prefixOf(name, tag, kindName, `(${length})`)}[`;
      shape.close = ']';
      shape.asList = true;
      if (length === 0 && shape.keys.length === 0 && !ctx.showHidden) shape.text = `${shape.open}]`;
      shape.fill = fillTypedArray;
      break;
    }
    case 5: case 6: { // iterators of Map and Set
      const preview = previewEntries(value);
      if (preview === undefined) {
        shape.open = `${prefixOf(name, tag, 'Object')}{`;
        if (bare) shape.text = `${shape.open}}`;
        break;
      }
      const what = kind === 5 ? 'Map' : 'Set';
      const title = `[${what} ${preview[1] ? 'Entries' : 'Iterator'}] {`;
      shape.open = tag !== `${what} Iterator` && tag !== '' ? `[${tag}] ${title}` : title;
      shape.fill = (context, it, level) => fillIterator(context, preview, level);
      break;
    }
    case 7: // arguments
      shape.open = name === null ? '[Arguments: null prototype] {' : '[Arguments] {';
      if (bare) shape.text = `${shape.open}}`;
      break;
    case 12: { // ArrayBuffer, SharedArrayBuffer
      const shared = types.isSharedArrayBuffer(value);
      const prefix = prefixOf(name, tag, shared ? 'SharedArrayBuffer' : 'ArrayBuffer');
      shape.open = `${prefix}{`;
      if (insideBuffer && bare) {
        shape.text = `${prefix}{ [byteLength]: ${ctx.stylize(`${value.byteLength}`, 'number')} }`;
      }
      shape.fill = insideBuffer ? fillByteLength : fillArrayBuffer;
      break;
    }
    case 13: // DataView
      shape.open = `${prefixOf(name, tag, 'DataView')}{`;
      shape.fill = fillDataView;
      break;
    case 14:
      shape.open = `${prefixOf(name, tag, 'Promise')}{`;
      shape.fill = fillPromise;
      break;
    case 15: case 16:
      shape.open = `${prefixOf(name, tag, kind === 15 ? 'WeakSet' : 'WeakMap')}{`;
      shape.fill = fillWeak;
      break;
    case 17: // module namespace
      shape.open = `${prefixOf(name, tag, 'Module')}{`;
      shape.keys = [];
      shape.fill = (context, object, level) => fillNamespace(context, object, level, keys);
      break;
    case 18:
      if (ObjectGetOwnPropertyDescriptor(value, 'constructor')?.value?.prototype !== value) {
        describeBoxed(ctx, value, name, tag, shape);
        break;
      }
      // Falls through: Number.prototype is a Number, but nobody thinks of it as one.
    default:
      shape.open = name === 'Object' && tag === '' ? '{' : `${prefixOf(name, tag, 'Object')}{`;
      if (bare) shape.text = `${shape.open}}`;
  }
  return shape;
}

function describeBoxed(ctx, value, name, tag, shape) {
  const [type, primitive] = unwrap(value);
  if (type === 'String') shape.keys = ArrayPrototypeFilter(shape.keys, (key) => typeof key === 'symbol' || !isIndex(key, primitive.length));
  let base = `[${type}`;
  if (type !== name) base += name === null ? ' (null prototype)' : ` (${name})`;
  base += `: ${formatPrimitive({ ...ctx, numericSeparator: false, stylize: plain }, primitive, plain)}]`;
  if (tag !== '' && tag !== name) base += ` [${tag}]`;
  const style = type === 'BigInt' ? 'bigint' : type === 'Boolean' ? 'boolean' : type === 'Number' ? 'number' : type === 'String' ? 'string' : 'symbol';
  shape.base = ctx.stylize(base, style);
}

function plain(text) {
  return text;
}

function isIndex(key, length) {
  const number = +key;
  return `${number}` === key && number >= 0 && number < length;
}

function fillTypedArray(ctx, value, level) {
  const length = TypedArrayPrototypeGetLength(value);
  const shown = limit(ctx, length);
  const output = [];
  for (let i = 0; i < shown; i++) output[i] = formatPrimitive(ctx, value[i], ctx.stylize);
  if (length > shown) output[shown] = more(length - shown);
  if (ctx.showHidden) {
    ctx.indent += 2;
    const names = ['BYTES_PER_ELEMENT', 'length', 'byteLength', 'byteOffset', 'buffer'];
    for (let i = 0; i < names.length; i++) {
      ArrayPrototypePush(output, `[${names[i]}]: ${formatValue(ctx, value[names[i]], level, true)}`);
    }
    ctx.indent -= 2;
  }
  return output;
}

function fillIterator(ctx, preview, level) {
  const entries = preview[0];
  const shown = limit(ctx, entries.length);
  const output = [];
  if (!preview[1]) {
    ctx.indent += 2;
    for (let i = 0; i < shown; i++) output[i] = formatValue(ctx, entries[i], level);
    ctx.indent -= 2;
    if (entries.length > shown) output[shown] = more(entries.length - shown);
    return output;
  }
  const pairs = entries.length / 2;
  const shownPairs = MathMin(MathMax(0, ctx.maxArrayLength), pairs);
  ctx.indent += 2;
  for (let i = 0; i < shownPairs; i++) {
    const pair = [formatValue(ctx, entries[2 * i], level), formatValue(ctx, entries[2 * i + 1], level)];
    output[i] = layOut(ctx, pair, '', '[', ']', true, level, undefined);
  }
  ctx.indent -= 2;
  if (pairs > shownPairs) output[shownPairs] = more(pairs - shownPairs);
  return output;
}

function fillByteLength(ctx, value) {
  return [`[byteLength]: ${ctx.stylize(`${value.byteLength}`, 'number')}`];
}

function fillArrayBuffer(ctx, value, level) {
  let bytes;
  try {
    bytes = new Uint8Array(value);
  } catch {
    return [ctx.stylize('(detached)', 'special'), `[byteLength]: ${ctx.stylize('0', 'number')}`];
  }
  if (value.detached === true) {
    return [ctx.stylize('(detached)', 'special'), `[byteLength]: ${ctx.stylize('0', 'number')}`];
  }
  const length = TypedArrayPrototypeGetLength(bytes);
  const shown = limit(ctx, length);
  let text = '';
  for (let i = 0; i < shown; i++) {
    if (i > 0) text += ' ';
    text += StringPrototypePadStart(NumberPrototypeToString(bytes[i], 16), 2, '0');
  }
  if (length > shown) text += ` ... ${length - shown} more byte${length - shown > 1 ? 's' : ''}`;
  return [
    `${ctx.stylize('[Uint8Contents]', 'special')}: <${text}>`,
    `[byteLength]: ${ctx.stylize(`${value.byteLength}`, 'number')}`,
  ];
}

function fillDataView(ctx, value, level) {
  const output = [];
  ctx.indent += 2;
  const names = ['byteLength', 'byteOffset', 'buffer'];
  for (let i = 0; i < 3; i++) output[i] = `[${names[i]}]: ${formatValue(ctx, value[names[i]], level)}`;
  ctx.indent -= 2;
  return output;
}

function fillPromise(ctx, value, level) {
  const { 0: state, 1: result } = promiseState(value);
  if (state === 0) return [ctx.stylize('<pending>', 'special')];
  ctx.indent += 2;
  const text = formatValue(ctx, result, level);
  ctx.indent -= 2;
  return [state === 2 ? `${ctx.stylize('<rejected>', 'special')} ${text}` : text];
}

function fillWeak(ctx, value, level) {
  const preview = ctx.showHidden ? previewEntries(value) : undefined;
  if (preview === undefined) return [ctx.stylize('<items unknown>', 'special')];
  const entries = preview[0];
  const step = types.isWeakMap(value) ? 2 : 1;
  const count = entries.length / step;
  const shown = limit(ctx, count);
  const output = [];
  ctx.indent += 2;
  for (let i = 0; i < shown; i++) {
    const text = formatValue(ctx, entries[i * step], level);
    output[i] = step === 1 ? text : `${text} => ${formatValue(ctx, entries[i * 2 + 1], level)}`;
  }
  ctx.indent -= 2;
  // The order of a weak collection means nothing.
  output.sort();
  if (count > shown) output[shown] = more(count - shown);
  return output;
}

function fillNamespace(ctx, value, level, keys) {
  const output = [];
  for (let i = 0; i < keys.length; i++) {
    try {
      output[i] = formatProperty(ctx, value, level, keys[i], NAMED);
    } catch {
      // A binding that has no value yet can't be read.
      const name = typeof keys[i] === 'symbol' ? symbolKey(keys[i]) : keys[i];
      output[i] = `${ctx.stylize(name, typeof keys[i] === 'symbol' ? 'symbol' : 'name')}: ${ctx.stylize('<uninitialized>', 'special')}`;
    }
  }
  return output;
}

// Numbers with separators

function separated(value) {
  if (typeof value === 'bigint') return `${groups(`${value}`)}n`;
  const text = numberText(value);
  if (!(MathTrunc(value) === value ? RegExpPrototypeExec(/^-?\d+$/, text) : RegExpPrototypeExec(/^-?\d+\.\d+$/, text))) return text;
  const dot = StringPrototypeIndexOf(text, '.');
  if (dot === -1) return groups(text);
  return `${groups(StringPrototypeSlice(text, 0, dot))}.${RegExpPrototypeSymbolReplace(/(\d{3})(?=\d)/g, StringPrototypeSlice(text, dot + 1), '$1_')}`;
}

function groups(digits) {
  const sign = digits[0] === '-' ? '-' : '';
  let rest = sign === '' ? digits : StringPrototypeSlice(digits, 1);
  let text = '';
  while (rest.length > 3) {
    text = `_${StringPrototypeSlice(rest, -3)}${text}`;
    rest = StringPrototypeSlice(rest, 0, -3);
  }
  return `${sign}${rest}${text}`;
}

module.exports = {
  lookThroughProxy, optionsForUser, callGetter, classNameOf, isBuiltIn, oddName, symbolKey, fillSparse,
  afterOverflow, interrupted, describe, separated,
};
