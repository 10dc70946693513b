const texts = ['{"a":1,"a":2}', '[1,2,{"__proto__":{"x":1}}]', '"\\ud83d\\ude00\\n"', '1e400', '-0', ' [ ] ', 'nul', '{"a":}', '[1,]', '{\'a\':1}', '', '{"a":1', '"\u0001"', '01', '{"a" 1}', '[1 2]', 'true false', '"\\x"'];
for (const text of texts) {
  try { console.log(JSON.parse(text)); } catch (error) { console.log(error.name, error.message.replace(/ \(line.*\)/, '')); }
}
console.log(JSON.parse('{"a":[1,{"b":2}]}', function(key, value) { return typeof value === 'number' ? value * 2 : value; }));
const date = new Date(0);
console.log(JSON.stringify({ a: undefined, b: () => {}, c: Symbol(), d: NaN, e: -0, f: [undefined, () => {}], g: date, h: new Map(), i: 'é\u2028\ud800"\\', j: Object(1), k: { toJSON(key) { return key; } } }));
console.log(JSON.stringify([1, { a: [2, {}], b: [] }], null, 2), JSON.stringify({ a: 1, b: { c: 2, a: 3 } }, ['a', 'b'], '--'), JSON.stringify({ a: 1 }, (k, v) => (k === 'a' ? undefined : v)));
const circular = { x: { y: [] } }; circular.x.y.push(circular);
for (const bad of [circular, 1n, { a: 1n }]) { try { JSON.stringify(bad); } catch (error) { console.log(error.name, error.message); } }
console.log(JSON.stringify(undefined), JSON.stringify(null), JSON.stringify('x'), JSON[Symbol.toStringTag]);
