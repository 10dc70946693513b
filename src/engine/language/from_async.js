'use strict';
// `Array.fromAsync`: <https://tc39.es/proposal-array-from-async/>

const { FunctionPrototypeCall, ObjectDefineProperty, SymbolAsyncIterator, SymbolIterator, TypeError } = primordials;

function isConstructor(value) {
  if (typeof value !== 'function') return false;
  try {
    primordials.ReflectConstruct(primordials.Object, [], value);
    return true;
  } catch {
    return false;
  }
}

function put(target, index, value) {
  ObjectDefineProperty(target, index, { __proto__: null, value, writable: true, enumerable: true, configurable: true });
}

async function fromAsync(items, mapper, thisArg) {
  if (mapper !== undefined && typeof mapper !== 'function') throw new TypeError(`${typeof mapper} is not a function`);
  let usingAsync = items[SymbolAsyncIterator];
  let usingSync;
  if (usingAsync === undefined || usingAsync === null) {
    usingAsync = undefined;
    usingSync = items[SymbolIterator];
  }
  const known = usingAsync ?? usingSync;
  if (known !== undefined && known !== null) {
    if (typeof known !== 'function') throw new TypeError('Spread syntax requires ...iterable[Symbol.iterator] to be a function');
    const target = isConstructor(this) ? new this() : [];
    let index = 0;
    const method = usingAsync === undefined ? SymbolIterator : SymbolAsyncIterator;
    const once = { __proto__: null, [method]: () => FunctionPrototypeCall(known, items) };
    for await (const value of once) {
      put(target, index, mapper === undefined ? value : await FunctionPrototypeCall(mapper, thisArg, value, index));
      index++;
    }
    target.length = index;
    return target;
  }
  const source = primordials.Object(items);
  const length = primordials.MathMin(primordials.MathMax(primordials.MathTrunc(source.length) || 0, 0), 2 ** 53 - 1);
  const target = isConstructor(this) ? new this(length) : new primordials.Array(length);
  for (let index = 0; index < length; index++) {
    let value = await source[index];
    if (mapper !== undefined) value = await FunctionPrototypeCall(mapper, thisArg, value, index);
    put(target, index, value);
  }
  target.length = length;
  return target;
}

module.exports = fromAsync;
