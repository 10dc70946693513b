// Built-ins of arrays, maps, sets and regular expressions that we replace: holes, species, frozen and odd receivers.
'use strict';
const show = (name, f) => {
  let result;
  try { result = f(); } catch (error) { result = error.name; }
  console.log(name, result);
};
for (const [holder, names] of [[Array.prototype, ['indexOf', 'includes', 'slice', 'concat', 'reverse', 'unshift', 'splice', 'fill']], [Map.prototype, ['delete']], [Set.prototype, ['delete']], [RegExp.prototype, ['exec']]]) {
  for (const name of names) {
    const f = holder[name];
    const { writable, enumerable, configurable } = Object.getOwnPropertyDescriptor(holder, name);
    console.log(name, f.name, f.length, writable, enumerable, configurable, 'prototype' in f, Function.prototype.toString.call(f));
    show('new', () => new f());
    for (const receiver of [null, undefined, 5]) show(name, () => JSON.stringify(f.call(receiver, 1)));
  }
}

class Sub extends Array {}
const make = {
  empty: () => [],
  integers: () => [1, 2, 3, 2],
  numbers: () => [1.5, 2, NaN, -0],
  values: () => ['a', 1, null, undefined, true, 'a'],
  hole: () => [1, , 3],
  tail: () => { const a = [1, 2]; a.length = 5; return a; },
  sized: () => new Array(4),
  sub: () => Sub.from([1, 2, 3]),
  frozen: () => Object.freeze([1, 2, 3]),
  sealed: () => Object.seal([1, 2, 3]),
  closed: () => Object.preventExtensions([1, 2, 3]),
  fixed: () => Object.defineProperty([1, 2, 3], 'length', { writable: false }),
  getter: () => Object.defineProperty([1, 2, 3], 1, { get: () => 9, configurable: true, enumerable: true }),
  constructed: () => Object.assign([1, 2, 3], { constructor: undefined }),
  species: () => Object.assign([1, 2, 3], { constructor: { [Symbol.species]: Sub } }),
  like: () => ({ length: 3, 0: 'x', 2: 'z' }),
  proxy: () => new Proxy([1, 2, 3], {}),
  string: () => Object('abc'),
  typed: () => new Uint8Array([1, 2, 3]),
  spreadable: () => Object.assign([1, 2], { [Symbol.isConcatSpreadable]: false }),
  bare: () => Object.setPrototypeOf([1, 2, 3], null),
};
const places = [[], [0], [1], [-1], [-2, -1], [1, 3], [2, 1], [NaN], [Infinity], [-Infinity], [1.9], ['1'], [undefined, 2], [null], [0, undefined], [5], [-100, 100]];
const report = (name, f) => {
  let result;
  try { result = f(); } catch (error) { result = error.name; }
  const text = value => JSON.stringify(value, (_, v) => v === undefined ? 'undefined' : Object.is(v, -0) ? '-0' : v !== v ? 'NaN' : v);
  return name + ' ' + (Array.isArray(result) ? (result instanceof Sub) + text(result) + Object.keys(result) + result.length : text(result));
};
for (const kind in make) {
  const lines = [];
  const P = Array.prototype;
  for (const wanted of [1, 2, 3, 'a', null, undefined, NaN, 0, -0, 9, {}]) for (const p of places) {
    lines.push(report('indexOf', () => P.indexOf.call(make[kind](), wanted, ...p)), report('includes', () => P.includes.call(make[kind](), wanted, ...p)));
  }
  const change = (name, ...args) => {
    const array = make[kind]();
    lines.push(report(name, () => P[name].apply(array, args)), report('after', () => array));
  };
  for (const p of places) {
    change('slice', ...p);
    change('fill', 'f', ...p);
    change('splice', ...p);
    change('splice', ...p.slice(0, 1), 1, 'n');
    change('splice', ...p.slice(0, 1), 0, 'n', 'm', 2.5);
    change('splice', ...p.slice(0, 1), 2, 'n');
  }
  change('reverse'); change('unshift'); change('unshift', 'u'); change('unshift', 1, 2.5, null); change('fill');
  for (const other in make) change('concat', 'x', make[other](), 5);
  let sum = 0;
  for (const line of lines) {
    if (process.env.SHOW) console.log(kind, line);
    for (let i = 0; i < line.length; i++) sum = Math.imul(sum ^ line.charCodeAt(i), 16777619) >>> 0;
  }
  console.log(kind, lines.length, sum);
}

// What a program has changed is seen.
const { constructor } = Array.prototype;
Array.prototype.constructor = Sub;
console.log([1, 2].slice() instanceof Sub, [1].concat(2) instanceof Sub, [1].splice(0) instanceof Sub);
Array.prototype.constructor = constructor;
const species = Object.getOwnPropertyDescriptor(Array, Symbol.species);
Object.defineProperty(Array, Symbol.species, { get: () => Sub, configurable: true });
console.log([1, 2].slice() instanceof Sub, [1].concat(2) instanceof Sub, [1].splice(0) instanceof Sub);
Object.defineProperty(Array, Symbol.species, species);
Array.prototype[Symbol.isConcatSpreadable] = false;
console.log([1].concat([2]).length);
delete Array.prototype[Symbol.isConcatSpreadable];
Object.prototype[1] = 'inherited';
console.log([0, , 2].slice()[1], [0, , 2].indexOf('inherited'), Object.hasOwn([0, , 2].slice(), 1));
delete Object.prototype[1];
let seen;
Object.defineProperty(Array.prototype, 0, { set(v) { seen = v; }, get() { return 'g'; }, configurable: true });
console.log(new Array(1).fill(7).hasOwnProperty(0), seen, [].concat(5)[0]);
delete Array.prototype[0];
const grown = [1, 2, 3];
grown.unshift(0); grown.push(4); grown.splice(1, 1); grown.length = 3; grown.push('x');
console.log(grown, grown.length, Object.keys(grown));
const filled = new Array(1000).fill(1);
filled.push(2); filled[1] = 'x';
console.log(filled.length, filled.at(-1), filled[1], filled[999], filled.reduce((a, b) => a + b).length);

// Maps and sets, through many sizes, with iterators under way.
for (const [Kind, put] of [[Map, 'set'], [Set, 'add']]) {
  const m = new Kind();
  const model = [];
  let state = 12345;
  const next = n => (state = (state * 1103515245 + 12345) % 2147483648) % n;
  for (let i = 0; i < 6000; i++) {
    const k = i < 3000 ? 'k' + i : 'k' + next(6000);
    if (next(i < 3000 ? 20 : 4) > 0 && i < 4000) {
      m[put](k, i);
      if (!model.includes(k)) model.push(k);
    } else {
      const key = model.length && next(2) ? model[next(model.length)] : k;
      const at = model.indexOf(key);
      if (m.delete(key) !== at >= 0) console.log('differs', i);
      if (at >= 0) model.splice(at, 1);
    }
    if (i % 500 === 0) console.log(i, m.size, model.length === m.size && [...m.keys()].every((k, i) => k === model[i]));
    if (i === 3500) { const it = m.keys(); it.next(); }
  }
  for (const k of [...m.keys()]) m.delete(k);
  console.log(m.size, [...m], m.delete('none'));
  for (let i = 0; i < 200; i++) m[put](i, i);
  m[put](-0, 'zero');
  const visited = [];
  for (const k of m.keys()) { visited.push(k); m.delete(k); if (k < 10) m[put](k + 1000, 1); if (k === 150) m.delete(151); }
  console.log(visited.length, visited.includes(151), m.size, m.delete(-0), m.delete(NaN));
  for (let i = 0; i < 300; i++) m[put](i, i);
  for (let i = 0; i < 300; i++) { const k = m.keys().next().value; if (k !== i) console.log('order', k, i); m.delete(k); m[put](i + 300, i); }
  console.log(m.size, [...m.keys()].slice(0, 3), m.forEach((v, k) => m.delete(k)), m.size);
  m.clear();
  m[put]('a', 1);
  console.log(m.size, m.delete('a'), m.size);
}

// Long strings and expressions that are used on them again and again.
const text = 'the word wörd Word, '.repeat(100);
const again = /(?<first>w)(.)rd(x)?/gi;
let count = 0, last;
for (let m; (m = again.exec(text));) { count++; last = m; }
console.log(count, [...last], last.index, last.groups, last.input === text, again.lastIndex, last[0].length, last[0] === 'Word', { Word: 1 }[last[0]], JSON.stringify(last[0]));
console.log(text.match(/w.rd/g).length, text.replace(/w(.)rd/g, '$1').length, text.split(/,? /).length, [...text.matchAll(/word/gi)].length, text.search(/,/), text.replace(/Word/g, m => m.toUpperCase()).slice(0, 40));
const sticky = /\w+|\W+/y;
const tokens = [];
for (let m; (m = sticky.exec(text));) tokens.push(m[0]);
console.log(tokens.length, tokens.slice(0, 6), new Set(tokens).size, tokens.join('') === text, Buffer.from(tokens[0]), parseInt('12' + text) === 12);
const both = /x/g;
both.lastIndex = 1e9;
console.log(both.exec(text), both.lastIndex, RegExp.prototype.exec.call(/t/y, text).index);
show('no regexp', () => RegExp.prototype.exec.call({}, text));
show('no regexp', () => RegExp.prototype.exec.call({}, text));
class Loud extends RegExp { exec(s) { const m = super.exec(s); if (m) m[0] = 'loud'; return m; } }
console.log(text.slice(0, 40).replace(new Loud('word', ''), 'x'), new Loud('zz').test(text));

// Array.from of arrays: a copy, unless somebody has a say in how they are iterated.
{
  class Listed extends Array {}
  const own = [1, 2];
  own[Symbol.iterator] = function*() { yield 9; };
  console.log(Array.from([1, 'a', { b: 1 }, 1.5]), Array.from([1, , 3]), Array.from(own), Array.from([1, 2], (x) => x * 2), Array.from(Listed.of(1)), Listed.from([1]));
  const source = [1];
  const copied = Array.from(source);
  copied.push(2);
  const iterators = Object.getPrototypeOf([][Symbol.iterator]());
  const { next } = iterators;
  let steps = 0;
  iterators.next = function() { steps++; return next.call(this); };
  const counted = Array.from([1, 2]);
  iterators.next = next;
  const { values } = Array.prototype;
  Array.prototype[Symbol.iterator] = function*() { yield 7; };
  const seven = Array.from(source);
  Array.prototype[Symbol.iterator] = values;
  console.log(source, copied, counted, steps, seven, Array.from.call(Object, [1]).length, Array.from.length);
}
