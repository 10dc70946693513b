'use strict';
// Deep comparison: `util.isDeepStrictEqual`, and the comparisons of `assert`. Three modes share one walk: loose (`==`),
// strict, and partial (strict, where the actual value may hold more than the expected one).

const {
  ArrayIsArray, ArrayPrototypePop, ArrayPrototypePush, DatePrototypeGetTime, MapPrototypeEntries, MapPrototypeGet,
  MapPrototypeGetSize, MapPrototypeHas, ObjectGetOwnPropertySymbols, ObjectGetPrototypeOf, ObjectIs, ObjectKeys,
  ObjectPrototypeHasOwnProperty, ObjectPrototypePropertyIsEnumerable, ObjectPrototypeToString, SetPrototypeGetSize,
  SetPrototypeHas, SetPrototypeValues, TypedArrayPrototypeGetBuffer, TypedArrayPrototypeGetByteLength,
  TypedArrayPrototypeGetByteOffset, TypedArrayPrototypeGetLength, TypedArrayPrototypeGetSymbolToStringTag,
  Uint8Array,
} = primordials;
const { kind, unwrap, ownNonIndexKeys } = binding('util');

const LOOSE = 0, STRICT = 1, PARTIAL = 2;
// What the native `kind` answers.
const ARRAY = 1, SET = 2, MAP = 3, TYPED_ARRAY = 4, REGEXP = 9, DATE = 10, ERROR = 11, BUFFER = 12, DATA_VIEW = 13,
  PROMISE = 14, WEAK_SET = 15, WEAK_MAP = 16, BOXED = 18, PROXY = 32;

/** `trail` holds the pairs that are being compared further out: two cycles are equal when they close at the same depth. */
function equal(a, b, mode, trail) {
  if (a === b) return a !== 0 || mode === LOOSE || ObjectIs(a, b);
  if (mode === LOOSE) {
    if (a === null || typeof a !== 'object') {
      // eslint-disable-next-line eqeqeq
      return (b === null || typeof b !== 'object') && (a == b || (a !== a && b !== b));
    }
    if (b === null || typeof b !== 'object') return false;
  } else {
    if (a === null || typeof a !== 'object') return typeof a === 'number' && a !== a && b !== b;
    if (b === null || typeof b !== 'object') return false;
    if (mode === STRICT && ObjectGetPrototypeOf(a) !== ObjectGetPrototypeOf(b)) return false;
  }
  const sort = kindOf(a);
  if (sort !== kindOf(b)) return false;
  if (ObjectPrototypeToString(a) !== ObjectPrototypeToString(b)) return false;
  if (!sameContent(a, b, sort, mode)) return false;

  const { left, right } = trail;
  for (let i = 0; i < left.length; i++) {
    if (left[i] === a) return right[i] === b;
    if (right[i] === b) return false;
  }
  left[left.length] = a;
  right[right.length] = b;
  const same = sameMembers(a, b, sort, mode, trail);
  ArrayPrototypePop(left);
  ArrayPrototypePop(right);
  return same;
}

function kindOf(value) {
  const sort = kind(value);
  if (sort < PROXY) return sort;
  return ArrayIsArray(value) ? ARRAY : sort - PROXY;
}

/** What an object of a kind holds besides properties and elements. */
function sameContent(a, b, sort, mode) {
  switch (sort) {
    case 0:
      return !isUrl(a) || !isUrl(b) || a.href === b.href;
    case ARRAY:
      return mode === PARTIAL ? a.length >= b.length : a.length === b.length;
    case SET:
      return mode === PARTIAL ? SetPrototypeGetSize(a) >= SetPrototypeGetSize(b) : SetPrototypeGetSize(a) === SetPrototypeGetSize(b);
    case MAP:
      return mode === PARTIAL ? MapPrototypeGetSize(a) >= MapPrototypeGetSize(b) : MapPrototypeGetSize(a) === MapPrototypeGetSize(b);
    case TYPED_ARRAY:
      return TypedArrayPrototypeGetSymbolToStringTag(a) === TypedArrayPrototypeGetSymbolToStringTag(b) && sameElements(a, b, mode);
    case REGEXP:
      return a.source === b.source && a.flags === b.flags && a.lastIndex === b.lastIndex;
    case DATE: {
      const time = DatePrototypeGetTime(a), other = DatePrototypeGetTime(b);
      return time === other || (time !== time && other !== other);
    }
    case BUFFER:
      return sameElements(new Uint8Array(a), new Uint8Array(b), mode);
    case DATA_VIEW:
      return sameElements(
        new Uint8Array(a.buffer, a.byteOffset, a.byteLength), new Uint8Array(b.buffer, b.byteOffset, b.byteLength), mode);
    case PROMISE: case WEAK_SET: case WEAK_MAP:
      return false;
    case BOXED: {
      const { 0: type, 1: value } = unwrap(a);
      const { 0: otherType, 1: other } = unwrap(b);
      return type === otherType && ObjectIs(value, other);
    }
    default:
      return true;
  }
}

function isUrl(value) {
  return ObjectPrototypeToString(value) === '[object URL]' && typeof value.href === 'string';
}

function sameBytes(a, b) {
  const { Buffer } = require('buffer');
  return Buffer.compare(bytesOf(a), bytesOf(b)) === 0;
}

const bytesOf = (array) => new Uint8Array(
  TypedArrayPrototypeGetBuffer(array), TypedArrayPrototypeGetByteOffset(array), TypedArrayPrototypeGetByteLength(array));

function sameElements(a, b, mode) {
  const length = TypedArrayPrototypeGetLength(a);
  const other = TypedArrayPrototypeGetLength(b);
  if (mode === PARTIAL) {
    let at = 0;
    for (let i = 0; i < length && at < other; i++) if (ObjectIs(a[i], b[at])) at++;
    return at === other;
  }
  if (length !== other) return false;
  // The same bytes are the same elements; other bytes may be too.
  if (length > 64 && sameBytes(a, b)) return true;
  for (let i = 0; i < length; i++) {
    if (a[i] !== b[i] ? (a[i] === a[i] || b[i] === b[i]) : (a[i] === 0 && mode === STRICT && !ObjectIs(a[i], b[i]))) return false;
  }
  return true;
}

function sameMembers(a, b, sort, mode, trail) {
  if (sort === ERROR && !sameErrors(a, b, mode, trail)) return false;
  const indexed = sort === ARRAY || sort === TYPED_ARRAY;
  if (!sameProperties(a, b, indexed, mode, trail)) return false;
  if (sort === ARRAY) return mode === PARTIAL ? holdsElements(a, b, trail) : sameArray(a, b, mode, trail);
  if (sort === SET) return sameSet(a, b, mode, trail);
  if (sort === MAP) return sameMap(a, b, mode, trail);
  return true;
}

const errorMembers = ['message', 'name', 'cause', 'errors'];

// They count although they are mostly not enumerable.
function sameErrors(a, b, mode, trail) {
  for (let i = 0; i < 4; i++) {
    const name = errorMembers[i];
    if (ObjectPrototypePropertyIsEnumerable(a, name)) continue;
    if (i < 2) {
      if (a[name] !== b[name] && !(mode === PARTIAL && !ObjectPrototypeHasOwnProperty(b, name))) return false;
      continue;
    }
    const has = ObjectPrototypeHasOwnProperty(a, name);
    const other = ObjectPrototypeHasOwnProperty(b, name);
    if (mode === PARTIAL && !other) continue;
    if (has !== other || (has && !equal(a[name], b[name], mode, trail))) return false;
  }
  return true;
}

function namesOf(object, indexed) {
  if (!indexed) return ObjectKeys(object);
  const names = [];
  const keys = ownNonIndexKeys(object, true);
  for (let i = 0; i < keys.length; i++) if (typeof keys[i] === 'string') names[names.length] = keys[i];
  return names;
}

function symbolsOf(object) {
  const symbols = ObjectGetOwnPropertySymbols(object);
  if (symbols.length === 0) return symbols;
  const shown = [];
  for (let i = 0; i < symbols.length; i++) {
    if (ObjectPrototypePropertyIsEnumerable(object, symbols[i])) shown[shown.length] = symbols[i];
  }
  return shown;
}

function sameProperties(a, b, indexed, mode, trail) {
  const names = namesOf(b, indexed);
  if (mode !== PARTIAL && namesOf(a, indexed).length !== names.length) return false;
  for (let i = 0; i < names.length; i++) if (!ObjectPrototypePropertyIsEnumerable(a, names[i])) return false;
  if (mode !== LOOSE) {
    const symbols = symbolsOf(b);
    if (mode === STRICT && symbolsOf(a).length !== symbols.length) return false;
    for (let i = 0; i < symbols.length; i++) {
      if (!ObjectPrototypePropertyIsEnumerable(a, symbols[i])) return false;
      names[names.length] = symbols[i];
    }
  }
  for (let i = 0; i < names.length; i++) if (!equal(a[names[i]], b[names[i]], mode, trail)) return false;
  return true;
}

function sameArray(a, b, mode, trail) {
  for (let i = 0; i < a.length; i++) {
    const value = a[i], other = b[i];
    if (value === undefined || other === undefined) {
      // A hole is not an `undefined`.
      if (ObjectPrototypeHasOwnProperty(a, i) !== ObjectPrototypeHasOwnProperty(b, i)) return false;
    }
    if (!equal(value, other, mode, trail)) return false;
  }
  return true;
}

// The expected elements in their order, with others between them.
function holdsElements(a, b, trail) {
  let at = 0;
  for (let i = 0; i < b.length; i++) {
    while (at < a.length && !equal(a[at], b[i], PARTIAL, trail)) at++;
    if (at++ >= a.length) return false;
  }
  return true;
}

function valuesOf(set) {
  const values = [];
  const iterator = SetPrototypeValues(set);
  for (let step = iterator.next(); !step.done; step = iterator.next()) values[values.length] = step.value;
  return values;
}

function isObject(value) {
  return value !== null && typeof value === 'object';
}

/** Finds for every expected entry one of its own among the actual ones. */
function matchAll(expected, actual, matches) {
  const taken = [];
  for (let i = 0; i < expected.length; i++) {
    let at = 0;
    while (at < actual.length && (taken[at] || !matches(actual[at], expected[i]))) at++;
    if (at === actual.length) return false;
    taken[at] = true;
  }
  return true;
}

function sameSet(a, b, mode, trail) {
  const open = [];
  const expected = valuesOf(b);
  for (let i = 0; i < expected.length; i++) {
    if (SetPrototypeHas(a, expected[i])) continue;
    if (mode !== LOOSE && !isObject(expected[i])) return false;
    open[open.length] = expected[i];
  }
  if (open.length === 0) return true;
  const left = [];
  const actual = valuesOf(a);
  for (let i = 0; i < actual.length; i++) if (!SetPrototypeHas(b, actual[i])) left[left.length] = actual[i];
  return matchAll(open, left, (value, other) => equal(value, other, mode, trail));
}

function pairsOf(map) {
  const pairs = [];
  const iterator = MapPrototypeEntries(map);
  for (let step = iterator.next(); !step.done; step = iterator.next()) pairs[pairs.length] = step.value;
  return pairs;
}

function sameMap(a, b, mode, trail) {
  const open = [];
  const expected = pairsOf(b);
  const settled = (key, value) => MapPrototypeHas(a, key) && equal(MapPrototypeGet(a, key), value, mode, trail);
  for (let i = 0; i < expected.length; i++) {
    const { 0: key, 1: value } = expected[i];
    if (settled(key, value)) continue;
    if (mode !== LOOSE && !isObject(key)) return false;
    open[open.length] = expected[i];
  }
  if (open.length === 0) return true;
  const left = [];
  const actual = pairsOf(a);
  for (let i = 0; i < actual.length; i++) {
    const key = actual[i][0];
    if (!MapPrototypeHas(b, key) || !settled(key, MapPrototypeGet(b, key))) ArrayPrototypePush(left, actual[i]);
  }
  return matchAll(open, left, (pair, other) =>
    equal(pair[0], other[0], mode, trail) && equal(pair[1], other[1], mode, trail));
}

function isDeepEqual(a, b) {
  return equal(a, b, LOOSE, { left: [], right: [] });
}

/** Whether two values are deeply equal: same types, prototypes, properties and contents. */
function isDeepStrictEqual(a, b, options) {
  const mode = options === true || options?.skipPrototype ? PARTIAL : STRICT;
  if (mode === STRICT) return equal(a, b, STRICT, { left: [], right: [] });
  // Without regard to prototypes: each holds the other.
  return equal(a, b, PARTIAL, { left: [], right: [] }) && equal(b, a, PARTIAL, { left: [], right: [] });
}

function isPartialStrictEqual(actual, expected) {
  return equal(actual, expected, PARTIAL, { left: [], right: [] });
}

module.exports = { isDeepEqual, isDeepStrictEqual, isPartialStrictEqual };
