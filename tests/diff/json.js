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

// Objects of one shape, of which some have a say; script that changes them meanwhile.
const like = (x) => ({ a: 1, x });
const guarded = (x) => ({ a: 1, get x() { return x; }, z: 2 });
const hidden = () => Object.defineProperty({ a: 1, z: 2 }, 'h', { value: 1, enumerable: false });
console.log(JSON.stringify([like(1), like(undefined), like(() => 1), like(like('é\n')), Object.assign(like(3), { toJSON() { return 'own'; } }), like(like(like(4)))]));
console.log(JSON.stringify([guarded(1), guarded(undefined), guarded([1]), hidden(), hidden(), { a: 1, z: 2 }, { 1: 'b', 0: 'a', z: 1 }, { 世: 1, 'q"': 2 }, { 世: 3, 'q"': 4 }]));
const shrinking = { a: { toJSON() { delete shrinking.b; shrinking.d = 5; return 1; } }, b: 2, c: 3 };
const cut = [{ toJSON() { cut.length = 2; return 0; } }, 2, 3];
const grown = [{ toJSON() { grown.push(9); grown[1] = 'x'; return 0; } }, 2];
console.log(JSON.stringify(shrinking), JSON.stringify(cut), JSON.stringify(grown), JSON.stringify([new Proxy({ a: 1 }, {}), Object.create(null), {}, new Proxy([1, 2], {})]));
const numbers = ['0.1', '123456.7890123', '999999999999999.5', '9007199254740993', '900719925474099.3', '1e22', '123e-20', '-1.25', '0.30000000000000004', '12345678901234567890', '-0.0', '4.35', '100000000.0'];
console.log(numbers.map((text) => JSON.stringify(JSON.parse(text))), numbers.map((text) => JSON.parse(`["世",${text}]`)[1]), JSON.stringify([1.5, 2.5, -0, 1e21, 2 ** 53, -(2 ** 31) - 1, 1e-7]));
const long = ['plain and longer than eight', 'quote at the 16th"', '1234567\\', 'é'.repeat(20) + '\u001f', '世界'.repeat(9) + '\n', '\u2022\u225c\uff22'];
console.log(long.map((text) => JSON.stringify(text)), long.map((text) => JSON.parse(JSON.stringify(text)) === text), JSON.parse('"\\u4e16 \\u00e9 a\\/b"'));
