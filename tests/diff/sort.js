// Sorting with every kind of comparison: what comes out, and which elements are compared in which order.
'use strict';

let state = 1;
function random() {
  state = (Math.imul(state, 1103515245) + 12345) >>> 0;
  return (state >>> 8) / 0x1000000;
}

function hash(numbers) {
  let sum = 17;
  for (const number of numbers) sum = (Math.imul(sum, 31) + number) >>> 0;
  return sum;
}

const lengths = [0, 1, 2, 3, 5, 16, 31, 32, 33, 63, 64, 65, 100, 127, 128, 129, 500, 1000, 4097];
const contents = {
  random: () => random() * 1e6 | 0,
  few: () => random() * 4 | 0,
  up: (_, i) => i,
  down: (_, i) => -i,
  'stretches up': (_, i) => i % 70,
  'stretches down': (_, i) => -(i % 90),
  'nearly up': (_, i) => (random() < 0.02 ? 0 : i),
  halves: (_, i) => (i % 2 ? i : 5000 - i),
};

console.log('--- order of comparisons');
for (const [name, make] of Object.entries(contents)) {
  for (const length of lengths) {
    const array = Array.from({ length }, make);
    const calls = [];
    array.sort((a, b) => { calls.push(a, b); return a - b; });
    console.log(name, length, calls.length / 2, hash(calls), hash(array));
  }
}

console.log('--- stable');
{
  const array = Array.from({ length: 1000 }, (_, i) => ({ key: random() * 10 | 0, i }));
  array.sort((a, b) => a.key - b.key);
  console.log(array.every((item, i) => i === 0 || array[i - 1].key < item.key ||
    (array[i - 1].key === item.key && array[i - 1].i < item.i)));
}

console.log('--- comparisons that contradict themselves');
for (const length of lengths) {
  for (const compare of [() => random() - 0.5, () => 1, () => -1, () => 0, () => NaN, () => true, (a, b) => a > b, () => random() < 0.95]) {
    const sorted = Array.from({ length }, (_, i) => i).sort(compare);
    const typed = Float64Array.from({ length }, (_, i) => i).sort(compare);
    console.log(length, hash(sorted), new Set(sorted).size, new Set(typed).size);
  }
}

console.log('--- without a comparison');
console.log([10, 9, 1, -1, 2.5, 1e21, NaN, Infinity, undefined, null, true, '', 'a', 'B', 3n].sort());
console.log(['é', 'z', 'a', '\u{1f600}', '\uffff', 'ä'].sort());
console.log([3, , 1, undefined, , 2].sort(), [3, , 1, undefined].toSorted());
{
  let calls = 0;
  const objects = [3, 1, 2].map((n) => ({ n, toString() { calls++; return String(n); } }));
  console.log(objects.sort().map((o) => o.n), calls);
}
console.log([[2, 1], [10], [1, 2]].sort());

console.log('--- holes, undefined, other objects');
console.log([5, undefined, 3, , 1].sort((a, b) => b - a));
console.log(Array.prototype.sort.call({ length: 4, 0: 'b', 2: 'a', 3: undefined, extra: 1 }));
console.log(Array.prototype.toSorted.call({ length: 3, 0: 'b', 2: 'a' }));
console.log(Array.prototype.sort.call('', () => 1));
{
  const inherits = Object.create({ 1: 'inherited' });
  Object.assign(inherits, { length: 3, 0: 'x', 2: 'a' });
  console.log(Array.prototype.sort.call(inherits), Object.keys(inherits));
}

console.log('--- what the comparison does');
{
  const array = [3, 2, 1];
  console.log(array.sort((a, b) => { array.push(9); return a - b; }).slice(0, 3), array.length > 3);
  const shorter = [3, 2, 1];
  console.log(shorter.sort((a, b) => { shorter.length = 1; return a - b; }));
  const frozen = [3, 2, 1];
  try { frozen.sort((a, b) => { Object.freeze(frozen); return a - b; }); } catch (e) { console.log(e.name, frozen); }
  const thrown = [3, 2, 1, 5, 4];
  let calls = 0;
  try { thrown.sort(() => { if (++calls === 3) throw new Error('third'); return 1; }); } catch (e) { console.log(e.message, calls, thrown); }
}
try { [2, 1].sort(() => 1n); } catch (e) { console.log(e.name); }
try { [Symbol('a'), 1].sort(); } catch (e) { console.log(e.name); }
console.log([2, 1].sort(() => ({ valueOf: () => 1 })), [2, 1].sort(() => '1'), [2, 1].sort((a, b) => new Number(a - b)));

console.log('--- arguments');
for (const wrong of [null, 5, 'x', {}]) {
  for (const list of [[2, 1], new Int8Array([2, 1])]) {
    for (const method of ['sort', 'toSorted']) {
      try { list[method](wrong); console.log('no error'); } catch (e) { console.log(e.name); }
    }
  }
}
for (const f of [Array.prototype.sort, Array.prototype.toSorted, Int8Array.prototype.sort, Int8Array.prototype.toSorted]) {
  console.log(f.name, f.length, Object.keys(f));
  for (const value of [undefined, null]) try { f.call(value, () => 1); } catch (e) { console.log(e.name); }
}
try { Array.prototype.toSorted.call({ length: 2 ** 32 }, () => 1); } catch (e) { console.log(e.name, e.message); }

console.log('--- typed arrays');
for (const Type of [Int8Array, Uint8ClampedArray, Uint32Array, Float32Array, Float64Array, BigInt64Array]) {
  const one = Type === BigInt64Array ? BigInt : Number;
  const array = Type.from([3, 1, 100, 2, 7], one);
  const copy = array.toSorted((a, b) => (a < b ? 1 : -1));
  console.log(copy, array.sort((a, b) => (a < b ? 1 : -1)) === array, array, Type.from([3, 1, 2], one).sort());
}
console.log(new Float64Array([NaN, 0, -0, -Infinity, 5]).sort(), Buffer.from('hello').sort((a, b) => b - a).toString());
{
  const buffer = new ArrayBuffer(8, { maxByteLength: 16 });
  const array = new Uint8Array(buffer);
  array.set([8, 7, 6, 5, 4, 3, 2, 1]);
  array.sort((a, b) => { if (buffer.byteLength === 8) buffer.resize(4); return a - b; });
  console.log(array);
}
