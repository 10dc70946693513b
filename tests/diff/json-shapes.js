'use strict';

// JSON.stringify knows objects of a shape again from one call to the next: what has changed meanwhile counts.

const make = (id, name) => ({ id, name, tags: ['a', id] });
const show = (...values) => console.log(...values.map((value) => JSON.stringify(value)));

show(make(1, 'one'), make(2, 'two'));

const hidden = make(3, 'three');
Object.defineProperty(hidden, 'name', { enumerable: false });
show(hidden, make(4, 'four'));

const getter = make(5, 'five');
Object.defineProperty(getter, 'name', { get: () => 'computed', enumerable: true });
show(getter, make(6, 'six'));

const less = make(7, 'seven');
delete less.id;
show(less, { ...less, id: 8 });

class Named {
  constructor(name) {
    this.name = name;
  }
}
show(new Named('x'));
Named.prototype.toJSON = function toJSON() {
  return `named ${this.name}`;
};
show(new Named('x'), [new Named('y')]);
delete Named.prototype.toJSON;
show(new Named('x'));

Object.prototype.toJSON = function toJSON() {
  return Object.keys(this).length;
};
show(make(9, 'nine'));
delete Object.prototype.toJSON;
show(make(9, 'nine'));

const own = { id: 1, toJSON: () => 'own' };
show(own);
own.toJSON = 'no function';
show(own);
own.toJSON = undefined;
show(own);

// One within another.
const nested = { name: 'outer', inner: { toJSON: () => JSON.stringify(make(10, 'ten')) } };
show(nested, make(11, 'eleven'));
show({ get a() { return JSON.stringify(make(12, 'twelve')); }, b: make(13, 'thirteen') });
try {
  show({ id: 1, inner: { toJSON() { throw new Error('stop'); } } });
} catch (error) {
  console.log(error.message);
}
show(make(14, 'fourteen'));

const keyed = make(15, 'fifteen');
keyed[7] = 'seven';
keyed['"quoted"'] = 1;
keyed.größe = 2;
keyed.世界 = 3;
show(keyed, keyed, make(16, 'sixteen'));

// More shapes than are remembered, twice.
for (let round = 0; round < 2; round++) {
  let length = 0;
  for (let index = 0; index < 200; index++) length += JSON.stringify({ [`key${index}`]: index, next: index + 1 }).length;
  console.log(length);
}
show(make(17, 'seventeen'), JSON.parse(JSON.stringify(make(18, 'eighteen'))));
console.log(JSON.stringify(make(19, 'nineteen'), null, 1), JSON.stringify(make(20, 'twenty'), ['name', 'id']));

// Keys and values that are escaped, in text that becomes wider on the way.
const odd = (value) => ({ 'a"b': value, größe: 'x', '\u0001': undefined, 世: value, 'after\\': [value, { größe: value }] });
for (const value of [1, 'é"\u0001\n', '世\u0002', undefined, null, () => {}, Symbol('x'), 2.5, '"'.repeat(40)]) {
  console.log(JSON.stringify(odd(value)), JSON.stringify(odd(value), null, '--'));
}
for (let at = 0; at < 40; at++) {
  const text = `${'x'.repeat(at)}\u001f"\\\x7f\x00é${'y'.repeat(40 - at)}\t`;
  const back = JSON.parse(JSON.stringify({ text, [text]: text }));
  if (back.text !== text || back[text] !== text) console.log('differs', at);
  console.log(JSON.stringify(text));
}
