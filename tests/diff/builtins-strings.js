// Built-ins of strings that we replace: odd receivers, odd arguments, places before, behind and between.
'use strict';
const show = (name, f) => {
  let result;
  try { result = f(); } catch (error) { result = error.name; }
  console.log(name, typeof result === 'number' && Object.is(result, -0) ? '-0' : JSON.stringify(result));
};
const names = ['indexOf', 'lastIndexOf', 'includes', 'split', 'replace', 'replaceAll', 'padStart', 'padEnd', 'toLowerCase', 'toUpperCase'];
for (const name of names) {
  const f = String.prototype[name];
  const { writable, enumerable, configurable } = Object.getOwnPropertyDescriptor(String.prototype, name);
  console.log(name, f.name, f.length, writable, enumerable, configurable, 'prototype' in f, Function.prototype.toString.call(f), Object.getOwnPropertyNames(f).sort().join());
  try { new f(); } catch (error) { console.log(error.name); }
  for (const receiver of [null, undefined, 5, true, ['a', 'b'], new String('abcabc'), { toString: () => 'a,b' }, { toString() { throw new RangeError('no'); } }, 7n]) {
    show(name + ' on ' + typeof receiver, () => f.call(receiver, 'b', 1));
  }
  try { f.call(Symbol('x')); console.log('no error'); } catch (error) { console.log(error.name); }
}

// Thousands of lines: of each string the checksum, or with SHOW in the environment all of them.
let sum = 0;
const note = (...line) => {
  const text = line.join(' ');
  if (process.env.SHOW) console.log(text);
  for (let i = 0; i < text.length; i++) sum = Math.imul(sum ^ text.charCodeAt(i), 16777619) >>> 0;
};
const strings = ['', 'a', 'abcabc', 'aaaa', 'a,b,,c,', ',', 'été-été', 'x→y→z', '→→', 'a\u{1F600}b\u{1F600}', '\ud83d', '\ude00\ud83d', 'ABC ÀÉ', 'ßµÿ', 'Straße', 'İI', ' \t', 'a$b', '123', 'undefined', 'null'];
const needles = ['', 'a', 'b', 'abc', 'aa', ',', ',,', 'é', '→', '→y', '\ud83d', '\ude00', '\u{1F600}', 'bc', 'cab', 'zzz', undefined, null, 1, ['a'], { toString: () => 'b' }, 'abcabcabc'];
const places = [undefined, 0, 1, 2, 3, 100, -1, -100, NaN, Infinity, -Infinity, 1.7, -0.5, '2', null, { valueOf: () => 1 }, 2 ** 32, 2 ** 53];
for (const s of strings) {
  for (const n of needles) {
    for (const name of ['indexOf', 'lastIndexOf', 'includes', 'startsWith', 'endsWith']) {
      note(JSON.stringify(s), name, String(n), places.map(p => String(p === undefined ? s[name](n) : s[name](n, p))).join());
    }
    note('split', JSON.stringify(s.split(n)), places.concat(-2, 2 ** 32 + 1).map(p => JSON.stringify(s.split(n, p))).join(' '));
    for (const r of ['', 'X', '$&$&', '$$', '[$`|$\']', '$1$0$<a>$', '$', '→$&', undefined, null, 5]) {
      note(JSON.stringify([s.replace(n, r), s.replaceAll(n, r)]));
    }
    const calls = [];
    const by = function (...args) { calls.push(this === undefined, ...args); return calls.length; };
    note(JSON.stringify([s.replace(n, by), s.replaceAll(n, by), s.replaceAll(n, () => undefined), s.replaceAll(n, () => '$&'), calls]));
  }
  for (const length of [0, 1, 5, 8, -3, NaN, 7.9, '6', null, undefined]) {
    for (const fill of [undefined, '', 'x', 'ab', '→', 'é', null, 0, '\ud83d\ude00']) {
      note(JSON.stringify([s.padStart(length, fill), s.padEnd(length, fill)]));
    }
  }
  note(JSON.stringify([s.toLowerCase(), s.toUpperCase(), s.toUpperCase().toLowerCase()]));
  console.log(JSON.stringify(s), sum);
}
let all = '';
for (let i = 0; i < 256; i++) all += String.fromCharCode(i);
console.log(JSON.stringify(all.toLowerCase()), JSON.stringify(all.toUpperCase()), JSON.stringify(all.replace('µ', '').replace('ß', '').replace('ÿ', '').toUpperCase()));

// What a separator or pattern says for itself; what is evaluated, and in which order.
const order = [];
const spy = (name, value) => ({ toString() { order.push(name); return value; }, valueOf() { order.push(name + '#'); return value; } });
''.split.call(spy('this', 'a-b'), spy('separator', '-'), spy('limit', 1));
''.indexOf.call(spy('this', 'a-b'), spy('needle', '-'), spy('place', 1));
''.lastIndexOf.call(spy('this', 'a-b'), spy('needle', '-'), spy('place', 1));
''.includes.call(spy('this', 'a-b'), spy('needle', '-'), spy('place', 1));
''.replaceAll.call(spy('this', 'a-b'), spy('needle', '-'), spy('value', 1));
''.padStart.call(spy('this', 'a'), spy('length', 3), spy('fill', '-'));
console.log(order.join());
const custom = { [Symbol.split]: (...a) => ['split', ...a], [Symbol.replace]: (...a) => ['replace', ...a] };
console.log('abc'.split(custom, 3), 'abc'.replace(custom, 'x'), 'abc'.replaceAll(custom, 'y'));
show('includes', () => 'a'.includes(/a/));
show('replaceAll', () => 'a'.replaceAll(/a/, ''));
show('throws', () => 'aa'.replaceAll('a', () => { throw new TypeError('from the function'); }));
show('symbol', () => 'aa'.replaceAll('a', () => Symbol('x')));
show('symbol', () => 'aa'.replaceAll('a', Symbol('x')));
show('symbol', () => 'a'.padStart(5, Symbol('x')));
show('bigint', () => 'a'.indexOf('a', 1n));
show('bigint', () => 'a'.split('b', 1n));
show('symbol', () => 'a'.indexOf('a', Symbol('x')));

// Long ones.
const long = 'word '.repeat(40000);
console.log(long.split(' ').length, long.split('word').join('x').length, long.replaceAll('word', 'x').length, long.lastIndexOf('zz'), long.indexOf('word', 199990));
const wide = 'wörd→ '.repeat(20000);
console.log(wide.split(' ').length, wide.split('→')[5], wide.replaceAll('wörd', '').length, wide.lastIndexOf('wörd'), wide.indexOf('ö', 119990), wide.lastIndexOf('zz'));
console.log('→'.repeat(100000).indexOf('→'.repeat(1000) + 'x'), ('→'.repeat(100000) + 'x').indexOf('→'.repeat(1000) + 'x'));
const parts = 'a-b-c'.split('-');
parts.push(1);
parts.length = 2;
console.log(parts, Array.isArray(parts), Object.getOwnPropertyDescriptor(parts, 0), 'a'.padEnd(100000, 'bc').length);
