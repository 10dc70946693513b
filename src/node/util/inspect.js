'use strict';
// `util.inspect` for what scripts print every day: primitives, plain objects, arrays, classes, functions, errors, Map and
// Set. Whatever is rarer (typed arrays, proxies, promises, hidden properties, odd options …) is in inspect_rare.js, which
// loads when a value asks for it.

const {
  ArrayPrototypeJoin, ArrayPrototypePop, ArrayPrototypeSort, ArrayPrototypeSplice, DatePrototypeGetTime,
  DatePrototypeToISOString, DatePrototypeToString, FunctionPrototypeCall, MapPrototypeEntries, MapPrototypeGet,
  MapPrototypeGetSize, MapPrototypeSet, MathFloor, MathMax, MathMin, MathRound, MathSqrt, Object, ObjectAssign,
  ObjectDefineProperty, ObjectGetOwnPropertyDescriptor, ObjectGetPrototypeOf, ObjectIs, ObjectPrototypeHasOwnProperty,
  ObjectPrototypePropertyIsEnumerable, ReflectOwnKeys, RegExp, RegExpPrototypeToString, SafeMap, SetPrototypeGetSize,
  SetPrototypeValues, StringPrototypeIncludes, StringPrototypeIndexOf, StringPrototypePadEnd, StringPrototypePadStart,
  StringPrototypeRepeat, StringPrototypeReplaceAll, StringPrototypeSlice, StringPrototypeSplit,
  StringPrototypeToLowerCase, SymbolFor, SymbolIterator, SymbolPrototypeToString, SymbolToStringTag,
} = primordials;
const {
  kind: kindOf, quote, keyText, className: quickClassName, ownNonIndexKeys, ownEnumerableKeys, functionKind, stripVT, defineLate,
  width: widthOf, quickly,
} = binding('util');

const custom = SymbolFor('nodejs.util.inspect.custom');

// What the native `kind` answers; a proxy adds PROXY.
const ARRAY = 1, SET = 2, MAP = 3, FUNCTION = 8, REGEXP = 9, DATE = 10, ERROR = 11, PROXY = 32;
// How a property is written: `key: value`, or only the value.
const NAMED = 0, ELEMENT = 1;

let lateHalf;
function rare() {
  return lateHalf ??= require('util/inspect_rare');
}

const defaults = {
  showHidden: false, depth: 2, colors: false, customInspect: true, showProxy: false, maxArrayLength: 100,
  maxStringLength: 10000, breakLength: 80, compact: 3, sorted: false, getters: false, numericSeparator: false,
};

function plain(text) {
  return text;
}

function colored(text, styleName) {
  const style = inspect.styles[styleName];
  const color = style !== undefined ? inspect.colors[style] : undefined;
  return color === undefined ? text : `\u001b[${color[0]}m${text}\u001b[${color[1]}m`;
}

function newContext() {
  return {
    showHidden: defaults.showHidden, depth: defaults.depth, colors: defaults.colors,
    customInspect: defaults.customInspect, showProxy: defaults.showProxy, maxArrayLength: defaults.maxArrayLength,
    maxStringLength: defaults.maxStringLength, breakLength: defaults.breakLength, compact: defaults.compact,
    sorted: defaults.sorted, getters: defaults.getters, numericSeparator: defaults.numericSeparator,
    stylize: plain, userOptions: undefined,
    indent: 0, depthNow: 0, open: [], marks: undefined, written: {}, quickFrom: Infinity,
  };
}

/**
 * A text that shows `value` to a person.
 * @param {any} value
 * @param {object|boolean} [options] options, or (old form) `showHidden`, followed by `depth` and `colors`
 */
function inspect(value, options) {
  const count = arguments.length;
  if (count < 2) {
    const text = quickly(value, defaults, 0, custom);
    if (text !== undefined) return text;
  }
  const ctx = newContext();
  if (count > 2 && arguments[2] !== undefined) ctx.depth = arguments[2];
  if (count > 3 && arguments[3] !== undefined) ctx.colors = arguments[3];
  if (typeof options === 'boolean') ctx.showHidden = options;
  else if (options) applyOptions(ctx, options);
  if (ctx.colors) ctx.stylize = colored;
  if (ctx.maxArrayLength === null) ctx.maxArrayLength = Infinity;
  if (ctx.maxStringLength === null) ctx.maxStringLength = Infinity;
  // From which level on the native half is asked first: it writes no colours, and was asked for the whole already.
  if (ctx.stylize === plain) ctx.quickFrom = count < 2 ? 1 : 0;
  return formatValue(ctx, value, 0);
}

function applyOptions(ctx, options) {
  const given = ownEnumerableKeys(options);
  for (let i = 0; i < given.length; i++) {
    const key = given[i];
    if (typeof key === 'string' && (ObjectPrototypeHasOwnProperty(defaults, key) || key === 'stylize')) {
      ctx[key] = options[key];
    } else {
      ctx.userOptions ??= options;
    }
  }
}

function formatValue(ctx, value, level, insideBuffer) {
  if (value === null || (typeof value !== 'object' && typeof value !== 'function')) {
    return formatPrimitive(ctx, value, ctx.stylize);
  }
  if (level >= ctx.quickFrom) {
    const text = quickly(value, ctx, level, custom);
    if (text !== undefined) return text;
  }
  let kind = kindOf(value);
  const shown = value;
  let proxied = false;
  if (kind >= PROXY) {
    const found = rare().lookThroughProxy(ctx, value, level);
    if (found.text !== undefined) return found.text;
    value = found.target;
    kind = found.kind;
    proxied = true;
  }
  if (ctx.customInspect) {
    const method = value[custom];
    if (typeof method === 'function' && method !== inspect &&
        ObjectGetOwnPropertyDescriptor(value, 'constructor')?.value?.prototype !== value) {
      const depth = ctx.depth === null ? null : ctx.depth - level;
      const result = FunctionPrototypeCall(method, shown, depth, rare().optionsForUser(ctx, proxied, shown), inspect);
      if (result !== shown) {
        const text = typeof result === 'object' ? formatValue(ctx, result, level) : `${result}`;
        return StringPrototypeReplaceAll(text, '\n', `\n${spaces(ctx.indent)}`);
      }
    }
  }
  const { open } = ctx;
  for (let i = 0; i < open.length; i++) {
    if (open[i] === value) return ctx.stylize(`[Circular *${markOf(ctx, value)}]`, 'special');
  }
  return formatObject(ctx, value, level, kind, insideBuffer);
}

function markOf(ctx, value) {
  const marks = ctx.marks ??= new SafeMap();
  let mark = MapPrototypeGet(marks, value);
  if (mark === undefined) {
    mark = MapPrototypeGetSize(marks) + 1;
    MapPrototypeSet(marks, value, mark);
  }
  return mark;
}

function spaces(count) {
  return StringPrototypeRepeat(' ', count);
}

/** `class Foo` as the head of a literal: `Foo(2) [tag] `. */
function prefixOf(name, tag, fallback, size) {
  if (size === undefined) size = '';
  if (name === null) {
    return tag !== '' && fallback !== tag ?
      `[${fallback}${size}: null prototype] [${tag}] ` : `[${fallback}${size}: null prototype] `;
  }
  return tag !== '' && name !== tag ? `${name}${size} [${tag}] ` : `${name}${size} `;
}

/** `Symbol.toStringTag` where it says more than the name of the class. */
function tagOf(ctx, value, name) {
  let tag;
  try {
    tag = value[SymbolToStringTag];
  } catch {
    return '';
  }
  if (typeof tag !== 'string' || tag === '') return '';
  // The class FooSet need not be called [Set] also.
  const at = name === null ? -1 : StringPrototypeIndexOf(name, tag);
  if (at !== -1) {
    const next = name[at + tag.length];
    if (next === undefined || next !== StringPrototypeToLowerCase(next)) return '';
  }
  // An own tag is among the properties already.
  const own = ctx.showHidden ? ObjectPrototypeHasOwnProperty : ObjectPrototypePropertyIsEnumerable;
  return own(value, SymbolToStringTag) ? '' : tag;
}

function keysOf(value, showHidden) {
  return showHidden ? ReflectOwnKeys(value) : ownEnumerableKeys(value);
}

function formatObject(ctx, value, level, kind, insideBuffer) {
  let inherited = ctx.showHidden && (ctx.depth === null || level <= ctx.depth) ? [] : undefined;
  let name = inherited === undefined ? quickClassName(value) : undefined;
  if (name === undefined) name = rare().classNameOf(ctx, value, level, inherited);
  if (inherited !== undefined && inherited.length === 0) inherited = undefined;
  const tag = tagOf(ctx, value, name);
  if (kind !== 0 && kind < 7 && name !== null && !(SymbolIterator in value)) kind = 0;
  const tooDeep = ctx.depth !== null && level > ctx.depth;

  // The literal is `base open entries… close`; `fill` writes the entries that are not properties.
  let base = '', open, close = '}', fill, keys, asList = false, done;
  if (kind === 0) {
    keys = keysOf(value, ctx.showHidden);
    open = name === 'Object' && tag === '' ? '{' : `${prefixOf(name, tag, 'Object')}{`;
    if (keys.length === 0 && inherited === undefined) return `${open}}`;
  } else if (kind === ARRAY) {
    keys = ownNonIndexKeys(value, !ctx.showHidden);
    open = name !== 'Array' || tag !== '' ? `${prefixOf(name, tag, 'Array', `(${value.length})`)}[` : '[';
    close = ']';
    if (value.length === 0 && keys.length === 0 && inherited === undefined) return `${open}]`;
    asList = true;
    fill = fillArray;
  } else if (kind === SET || kind === MAP) {
    const size = kind === SET ? SetPrototypeGetSize(value) : MapPrototypeGetSize(value);
    keys = keysOf(value, ctx.showHidden);
    open = `${prefixOf(name, tag, kind === SET ? 'Set' : 'Map', `(${size})`)}{`;
    if (size === 0 && keys.length === 0 && inherited === undefined) return `${open}}`;
    fill = kind === SET ? fillSet : fillMap;
  } else {
    keys = keysOf(value, ctx.showHidden);
    open = '{';
    if (kind === FUNCTION) {
      base = functionBase(value, name, tag);
      done = ctx.stylize(base, 'special');
    } else if (kind === ERROR) {
      base = require('util/inspect_error').formatError(ctx, value, name, tag, keys);
      done = base;
    } else if (kind === REGEXP || kind === DATE) {
      const isRegExp = kind === REGEXP;
      base = isRegExp ? RegExpPrototypeToString(name === null ? new RegExp(value) : value) : dateText(value);
      const prefix = prefixOf(name, tag, isRegExp ? 'RegExp' : 'Date');
      if (prefix !== (isRegExp ? 'RegExp ' : 'Date ')) base = `${prefix}${base}`;
      if (isRegExp && tooDeep) return ctx.stylize(base, 'regexp');
      done = ctx.stylize(base, isRegExp ? 'regexp' : 'date');
    } else {
      const shape = rare().describe(ctx, value, kind, name, tag, keys, inherited, insideBuffer);
      if (shape.text !== undefined) return shape.text;
      ({ base, open, close, fill, keys, asList } = shape);
      done = base === '' ? undefined : base;
    }
    if (done !== undefined && keys.length === 0 && inherited === undefined) return done;
  }

  if (tooDeep) {
    const title = StringPrototypeSlice(prefixOf(name, tag, kind === ARRAY ? 'Array' : 'Object'), 0, -1);
    return ctx.stylize(name !== null ? `[${title}]` : title, 'special');
  }

  // The engine's own limit can't be caught: stop where Node's stack would be full.
  if (ctx.open.length >= 1000) return rare().interrupted(ctx, name, tag);
  level++;
  ctx.open[ctx.open.length] = value;
  ctx.depthNow = level;
  const { indent } = ctx;
  let output;
  try {
    output = fill === undefined ? [] : fill(ctx, value, level);
    for (let i = 0; i < keys.length; i++) {
      output[output.length] = formatProperty(ctx, value, level, keys[i], NAMED);
    }
    if (inherited !== undefined) {
      for (let i = 0; i < inherited.length; i++) output[output.length] = inherited[i];
    }
  } catch (error) {
    return rare().afterOverflow(ctx, error, name, tag, indent);
  }
  if (ctx.marks !== undefined) {
    const mark = MapPrototypeGet(ctx.marks, value);
    if (mark !== undefined) {
      const label = ctx.stylize(`<ref *${mark}>`, 'special');
      if (ctx.compact !== true) base = base === '' ? label : `${label} ${base}`;
      else open = `${label} ${open}`;
    }
  }
  ArrayPrototypePop(ctx.open);
  if (ctx.sorted) sortEntries(output, ctx.sorted === true ? undefined : ctx.sorted, asList ? keys.length : output.length);

  const text = layOut(ctx, output, base, open, close, asList, level, value);
  // Objects that repeat without being circular could grow without bound: past 16 MB at one depth, stop going deeper.
  const written = (ctx.written[ctx.indent] ?? 0) + text.length;
  ctx.written[ctx.indent] = written;
  if (written > 2 ** 24) ctx.depth = -1;
  return text;
}

function sortEntries(output, comparator, count) {
  if (count === output.length) {
    ArrayPrototypeSort(output, comparator);
  } else if (count > 1) {
    const sorted = ArrayPrototypeSort(ArrayPrototypeSplice(output, output.length - count, count), comparator);
    for (let i = 0; i < count; i++) output[output.length] = sorted[i];
  }
}

function more(count) {
  return `... ${count} more item${count > 1 ? 's' : ''}`;
}

function limit(ctx, length) {
  return MathMin(MathMax(0, ctx.maxArrayLength), length);
}

function fillArray(ctx, value, level) {
  const { length } = value;
  const shown = limit(ctx, length);
  const output = [];
  for (let i = 0; i < shown; i++) {
    if (!ObjectPrototypeHasOwnProperty(value, i)) return rare().fillSparse(ctx, value, level, shown, output, i);
    output[i] = formatProperty(ctx, value, level, i, ELEMENT);
  }
  if (length > shown) output[shown] = more(length - shown);
  return output;
}

function fillSet(ctx, value, level) {
  const size = SetPrototypeGetSize(value);
  const shown = limit(ctx, size);
  const output = [];
  const iterator = SetPrototypeValues(value);
  ctx.indent += 2;
  while (output.length < shown) {
    const step = iterator.next();
    if (step.done) break;
    output[output.length] = formatValue(ctx, step.value, level);
  }
  ctx.indent -= 2;
  if (size > shown) output[output.length] = more(size - shown);
  return output;
}

function fillMap(ctx, value, level) {
  const size = MapPrototypeGetSize(value);
  const shown = limit(ctx, size);
  const output = [];
  const iterator = MapPrototypeEntries(value);
  ctx.indent += 2;
  while (output.length < shown) {
    const step = iterator.next();
    if (step.done) break;
    const pair = step.value;
    output[output.length] = `${formatValue(ctx, pair[0], level)} => ${formatValue(ctx, pair[1], level)}`;
  }
  ctx.indent -= 2;
  if (size > shown) output[output.length] = more(size - shown);
  return output;
}

function formatProperty(ctx, object, level, key, form, descriptor, receiver) {
  descriptor ??= ObjectGetOwnPropertyDescriptor(object, key) ??
    { value: object[key], configurable: true, enumerable: true };
  let text, gap = ' ';
  if (descriptor.value !== undefined) {
    const step = ctx.compact !== true || form !== NAMED ? 2 : 3;
    ctx.indent += step;
    text = formatValue(ctx, descriptor.value, level);
    if (step === 3 && ctx.breakLength < visibleLength(ctx, text)) gap = `\n${spaces(ctx.indent)}`;
    ctx.indent -= step;
  } else if (descriptor.get !== undefined) {
    const label = descriptor.set !== undefined ? 'Getter/Setter' : 'Getter';
    text = ctx.getters ? rare().callGetter(ctx, descriptor, label, receiver ?? object, level) :
      ctx.stylize(`[${label}]`, 'special');
  } else {
    text = descriptor.set !== undefined ? ctx.stylize('[Setter]', 'special') : ctx.stylize('undefined', 'undefined');
  }
  if (form === ELEMENT) return text;
  let name;
  if (typeof key === 'symbol') {
    name = ctx.stylize(rare().symbolKey(key), 'symbol');
  } else if (key === '__proto__') {
    return `['__proto__']:${gap}${text}`;
  } else {
    const written = keyText(key);
    name = ctx.stylize(written, written === key ? 'name' : 'string');
  }
  if (descriptor.enumerable === false) name = `[${name}]`;
  return `${name}:${gap}${text}`;
}

function formatPrimitive(ctx, value, stylize) {
  switch (typeof value) {
    case 'string': return formatString(ctx, value, stylize);
    case 'number': return stylize(ctx.numericSeparator ? rare().separated(value) : numberText(value), 'number');
    case 'bigint': return stylize(ctx.numericSeparator ? rare().separated(value) : `${value}n`, 'bigint');
    case 'boolean': return stylize(`${value}`, 'boolean');
    case 'undefined': return stylize('undefined', 'undefined');
    case 'symbol': return stylize(SymbolPrototypeToString(value), 'symbol');
    default: return stylize('null', 'null');
  }
}

function numberText(number) {
  return ObjectIs(number, -0) ? '-0' : `${number}`;
}

function formatString(ctx, value, stylize) {
  let tail = '';
  if (value.length > ctx.maxStringLength) {
    const left = value.length - ctx.maxStringLength;
    value = StringPrototypeSlice(value, 0, ctx.maxStringLength);
    tail = `... ${left} more character${left > 1 ? 's' : ''}`;
  }
  // A long text is written line by line, joined by `+`.
  if (ctx.compact !== true && value.length > 16 && value.length > ctx.breakLength - ctx.indent - 4 &&
      StringPrototypeIncludes(value, '\n')) {
    const lines = StringPrototypeSplit(value, '\n');
    let text = '';
    for (let i = 0; i < lines.length; i++) {
      const last = i === lines.length - 1;
      if (last && lines[i] === '') break;
      if (i > 0) text += ` +\n${spaces(ctx.indent + 2)}`;
      text += stylize(quote(last ? lines[i] : `${lines[i]}\n`), 'string');
    }
    return text + tail;
  }
  return stylize(quote(value), 'string') + tail;
}

function dateText(date) {
  const time = DatePrototypeGetTime(date);
  return time !== time ? DatePrototypeToString(date) : DatePrototypeToISOString(date);
}

const functionKinds = ['Function', 'AsyncFunction', 'GeneratorFunction', 'AsyncGeneratorFunction'];

function functionBase(value, name, tag) {
  const sort = functionKind(value);
  if (sort === 4) return classBase(value, name, tag);
  const type = functionKinds[sort];
  let base = `[${type}`;
  if (name === null) base += ' (null prototype)';
  base += value.name === '' ? ' (anonymous)' : `: ${typeof value.name === 'string' ? value.name : rare().oddName(value)}`;
  base += ']';
  if (name !== type && name !== null) base += ` ${name}`;
  if (tag !== '' && name !== tag) base += ` [${tag}]`;
  return base;
}

function classBase(value, name, tag) {
  const own = ObjectPrototypeHasOwnProperty(value, 'name') && value.name;
  let base = `[class ${own ? own : '(anonymous)'}`;
  if (name !== 'Function' && name !== null) base += ` [${name}]`;
  if (tag !== '' && name !== tag) base += ` [${tag}]`;
  if (name === null) {
    base += ' extends [null prototype]';
  } else {
    const parent = ObjectGetPrototypeOf(value).name;
    if (parent) base += ` extends ${parent}`;
  }
  return `${base}]`;
}

function visibleLength(ctx, text) {
  return ctx.colors ? stripVT(text).length : text.length;
}

/** Puts the entries on one line where they fit, on several where not. */
function layOut(ctx, output, base, open, close, asList, level, value) {
  const { compact } = ctx;
  const lead = base === '' ? '' : `${base} `;
  if (compact === true) {
    if (fits(ctx, output, 0, base)) {
      return `${open}${base === '' ? '' : ` ${base}`} ${ArrayPrototypeJoin(output, ', ')} ${close}`;
    }
    const inner = `\n${spaces(ctx.indent)}`;
    const first = base === '' && open.length === 1 ? ' ' : `${base === '' ? '' : ` ${base}`}${inner}  `;
    return `${open}${first}${ArrayPrototypeJoin(output, `,${inner}  `)} ${close}`;
  }
  if (typeof compact === 'number' && compact >= 1) {
    const entries = output.length;
    if (asList && entries > 6) output = intoColumns(ctx, output, value);
    if (ctx.depthNow - level < compact && entries === output.length) {
      const start = output.length + ctx.indent + open.length + base.length + 10;
      if (fits(ctx, output, start, base)) {
        const joined = ArrayPrototypeJoin(output, ', ');
        if (!StringPrototypeIncludes(joined, '\n')) return `${lead}${open} ${joined} ${close}`;
      }
    }
  }
  const line = `\n${spaces(ctx.indent)}`;
  return `${lead}${open}${line}  ${ArrayPrototypeJoin(output, `,${line}  `)}${line}${close}`;
}

function fits(ctx, output, start, base) {
  let total = output.length + start;
  if (total + output.length > ctx.breakLength) return false;
  for (let i = 0; i < output.length; i++) {
    total += visibleLength(ctx, output[i]);
    if (total > ctx.breakLength) return false;
  }
  return base === '' || !StringPrototypeIncludes(base, '\n');
}

/** Long lists of short entries are written in aligned columns, about as wide as 2.5 times their height. */
function intoColumns(ctx, output, value) {
  const separator = 2;
  const hasTail = ctx.maxArrayLength < output.length;
  const count = hasTail ? output.length - 1 : output.length;
  const widths = [];
  let total = 0, widest = 0;
  for (let i = 0; i < count; i++) {
    const width = widthOf(output[i], ctx.colors);
    widths[i] = width;
    total += width + separator;
    if (width > widest) widest = width;
  }
  const cell = widest + separator;
  if (cell * 3 + ctx.indent >= ctx.breakLength || (total / cell <= 5 && widest > 6)) return output;
  const bias = MathSqrt(cell - total / output.length);
  const biased = MathMax(cell - 3 - bias, 1);
  const columns = MathMin(
    MathRound(MathSqrt(2.5 * biased * count) / biased),
    MathFloor((ctx.breakLength - ctx.indent) / cell),
    ctx.compact * 4,
    15,
  );
  if (columns <= 1) return output;
  const columnWidths = [];
  for (let column = 0; column < columns; column++) {
    let width = 0;
    for (let i = column; i < count; i += columns) if (widths[i] > width) width = widths[i];
    columnWidths[column] = width + separator;
  }
  let pad = StringPrototypePadStart;
  if (value !== undefined) {
    for (let i = 0; i < output.length; i++) {
      if (typeof value[i] !== 'number' && typeof value[i] !== 'bigint') {
        pad = StringPrototypePadEnd;
        break;
      }
    }
  }
  const rows = [];
  for (let start = 0; start < count; start += columns) {
    const end = MathMin(start + columns, count);
    let row = '';
    for (let i = start; i < end; i++) {
      // Invisible characters (colours, wide glyphs) don't count, so the padding grows by them.
      const width = columnWidths[i - start] + output[i].length - widths[i];
      if (i < end - 1) row += pad(`${output[i]}, `, width, ' ');
      else row += pad === StringPrototypePadStart ? pad(output[i], width - separator, ' ') : output[i];
    }
    rows[rows.length] = row;
  }
  if (hasTail) rows[rows.length] = output[count];
  return rows;
}

inspect.custom = custom;
ObjectDefineProperty(inspect, 'defaultOptions', {
  __proto__: null,
  get() {
    return defaults;
  },
  set(options) {
    const { validateObject } = binding('validators');
    validateObject(options, 'options');
    return ObjectAssign(defaults, options);
  },
});
// The tables of colours load when somebody asks for them.
defineLate(inspect, 'colors', () => require('util/colors').colors);
defineLate(inspect, 'styles', () => require('util/colors').styles);

module.exports = {
  inspect, formatValue, formatProperty, formatPrimitive, prefixOf, keysOf, spaces, limit, more, numberText, layOut, fits,
  newContext, applyOptions, kindOf, NAMED, ELEMENT, defaults, dateText,
};
