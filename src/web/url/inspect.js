'use strict';

// How `URL`, `URLSearchParams` and its iterators look in `util.inspect`.

const { ArrayFrom, ArrayPrototypeJoin, ArrayPrototypeMap, ObjectAssign, ObjectGetOwnPropertyDescriptor, ObjectGetPrototypeOf } = primordials;

function nameOf(value, fallback) {
  for (let at = value; at != null; at = ObjectGetPrototypeOf(at)) {
    const own = ObjectGetOwnPropertyDescriptor(at, 'constructor');
    if (own !== undefined && typeof own.value === 'function' && own.value.name !== '') return own.value.name;
  }
  return fallback;
}

function inspectFunction(inspect) {
  return typeof inspect === 'function' ? inspect : require('util').inspect;
}

function url(self, depth, options, inspect) {
  if (typeof depth === 'number' && depth < 0) return self;
  const { href, origin, protocol, username, password, host, hostname, port, pathname, search, searchParams, hash } = self;
  const name = nameOf(self, 'URL');
  const shown = {
    __proto__: { constructor: self.constructor },
    href, origin, protocol, username, password, host, hostname, port, pathname, search, searchParams, hash,
  };
  return inspectFunction(inspect)(shown, options).replace(/^[^{]*/, `${name} `);
}

function list(title, items, options) {
  let width = items.length * 2;
  for (let i = 0; i < items.length; i++) width += items[i].length;
  if (width > options.breakLength) return `${title} {\n  ${ArrayPrototypeJoin(items, ',\n  ')} }`;
  return `${title} { ${ArrayPrototypeJoin(items, ', ')} }`;
}

function deeper(depth, options) {
  const inner = ObjectAssign({}, options);
  if (depth !== null && depth !== undefined) inner.depth = depth - 1;
  return inner;
}

function params(self, depth, options, inspect) {
  if (typeof depth === 'number' && depth < 0) return options.stylize('[Object]', 'special');
  inspect = inspectFunction(inspect);
  const inner = deeper(depth, options);
  const items = ArrayPrototypeMap(ArrayFrom(self), (pair) => `${inspect(pair[0], inner)} => ${inspect(pair[1], inner)}`);
  const title = nameOf(self, 'URLSearchParams');
  return items.length === 0 ? `${title} {}` : list(title, items, options);
}

function iterator(rest, depth, options, inspect) {
  if (typeof depth === 'number' && depth < 0) return options.stylize('[Object]', 'special');
  inspect = inspectFunction(inspect);
  const inner = deeper(depth, options);
  return list('URLSearchParams Iterator', ArrayPrototypeMap(rest, (item) => inspect(item, inner)), options);
}

module.exports = { url, params, iterator };
