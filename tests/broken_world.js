'use strict';
// Breaks the world, then uses each public module that loads afterwards. Prints what went wrong, and `done`.
const { writeSync } = require('fs');
const print = (text) => writeSync(1, text);
const captured = { setTimeout, Promise };
const say = (text) => print(text + '\n');
const Error0 = TypeError;
const TypeError0 = RangeError;
const which = process.argv[2];

const E0 = Error;
const poisoned = (name) => function() { throw new E0(`poisoned ${name}`); };
function poison(object, name, keys) {
  for (const key of keys) {
    const d = Object.getOwnPropertyDescriptor(object, key);
    if (!d || typeof d.value !== 'function') { say('no ' + name + '.' + String(key)); continue; }
    list[list.length] = [object, key, poisoned(`${name}.${String(key)}`)];
  }
}
const list = [];
poison(Array.prototype, 'Array.prototype', ['push', 'pop', 'shift', 'unshift', 'slice', 'splice', 'concat', 'join', 'indexOf', 'includes', 'map', 'filter', 'forEach', 'reduce', 'some', 'every', 'find', 'sort', 'reverse', 'keys', 'entries', 'values', 'flat', 'fill', Symbol.iterator]);
poison(String.prototype, 'String.prototype', ['slice', 'indexOf', 'includes', 'startsWith', 'endsWith', 'split', 'replace', 'trim', 'toLowerCase', 'toUpperCase', 'charCodeAt', 'padStart', 'repeat', 'match', 'substring', Symbol.iterator]);
poison(Function.prototype, 'Function.prototype', ['call', 'apply', 'bind']);
poison(RegExp.prototype, 'RegExp.prototype', ['exec', 'test', Symbol.replace, Symbol.match, Symbol.split]);
poison(Map.prototype, 'Map.prototype', ['get', 'set', 'has', 'delete', 'forEach', 'keys', 'values', 'entries', Symbol.iterator]);
poison(Set.prototype, 'Set.prototype', ['add', 'has', 'delete', 'forEach', 'values', Symbol.iterator]);
poison(WeakMap.prototype, 'WeakMap.prototype', ['get', 'set', 'has']);
poison(Promise.prototype, 'Promise.prototype', ['then', 'catch', 'finally']);
poison(Promise, 'Promise', ['resolve', 'reject', 'all', 'race', 'allSettled', 'withResolvers']);
poison(Object, 'Object', ['keys', 'assign', 'create', 'defineProperty', 'defineProperties', 'getPrototypeOf', 'setPrototypeOf', 'freeze', 'entries', 'getOwnPropertyNames', 'getOwnPropertyDescriptor']);
poison(Object.prototype, 'Object.prototype', ['hasOwnProperty', 'toString']);
poison(Symbol, 'Symbol', ['for']);
poison(Reflect, 'Reflect', ['apply', 'construct', 'ownKeys', 'get', 'has', 'defineProperty']);
poison(JSON, 'JSON', ['parse', 'stringify']);
poison(Array, 'Array', ['from', 'isArray', 'of']);
poison(Math, 'Math', ['max', 'min', 'floor', 'trunc', 'random']);
poison(Number, 'Number', ['isInteger', 'isNaN', 'parseInt']);
const typed = Object.getPrototypeOf(Uint8Array);
poison(typed.prototype, 'TypedArray.prototype', ['set', 'subarray', 'slice', 'fill', Symbol.iterator]);
const define = Object.defineProperty;
const ArrayProto = Array.prototype, ObjectProto = Object.prototype;
const names = ['value', 'get', 'set', 'writable', 'enumerable', 'configurable', 'encoding', 'signal', 'code', 'highWaterMark', 'then', 'callback', 'type', 'port', 'flags'];
const g = globalThis;
for (const entry of list) entry[0][entry[1]] = entry[2];
for (let i = 0; i < names.length; i++) {
  const name = names[i];
  define(ObjectProto, name, { __proto__: null, configurable: true, set(value) { define(this, name, { __proto__: null, value, writable: true, enumerable: true, configurable: true }); }, get() { return undefined; } });
}
define(ArrayProto, 0, { __proto__: null, configurable: true, set(value) { define(this, 0, { __proto__: null, value, writable: true, enumerable: true, configurable: true }); }, get() { return undefined; } });
g.setTimeout = g.setImmediate = g.queueMicrotask = poisoned('timers');
g.Promise = g.Map = g.Set = g.Array = g.String = g.Error = g.Buffer = g.Symbol = g.RegExp = g.Uint8Array = undefined;

const uses = { __proto__: null,
  events() { const E = require('events'); const e = new E(); let n = 0; e.on('x', (a) => { n += a; }); e.once('x', () => { n++; }); e.emit('x', 2); e.emit('x', 2); return n === 5 && e.listenerCount('x') === 1 && e.eventNames().length === 1; },
  buffer() { const { Buffer } = require('buffer'); return Buffer.from('héllo').toString('hex') === '68c3a96c6c6f' && Buffer.concat([Buffer.from('a'), Buffer.alloc(1, 'b')]).toString() === 'ab' && Buffer.from('abc').indexOf('c') === 2 && Buffer.from('YWI=', 'base64').equals(Buffer.from('ab')); },
  string_decoder() { const { StringDecoder } = require('string_decoder'); const { Buffer } = require('buffer'); const d = new StringDecoder('utf8'); return d.write(Buffer.from([0xc3])) + d.write(Buffer.from([0xa9])) + d.end() === 'é'; },
  util() { const u = require('util'); return u.inspect({ a: 1, b: 'x' }) === "{ a: 1, b: 'x' }" && u.format('%s %d %j', 'a', 1, { x: 1 }) === 'a 1 {"x":1}' && u.isDeepStrictEqual({ a: 1 }, { a: 1 }) && u.inspect(new Error0('x')).length > 5 && u.types.isRegExp(/x/); },
  'util.parseArgs'() { const r = require('util').parseArgs({ args: ['--foo', 'x', '-b'], options: { foo: { type: 'string' }, bar: { type: 'boolean', short: 'b' } } }); return r.values.foo === 'x' && r.values.bar === true; },
  'util.promisify'() { const p = require('util').promisify((a, cb) => cb(null, a)); return then(p(4), (v) => v === 4); },
  'util.MIMEType'() { return `${new (require('util').MIMEType)('text/html; charset=utf-8')}` === 'text/html;charset=utf-8'; },
  path() { const p = require('path'); return p.join('/a', '..', 'b') === '/b' && p.resolve('/x', 'y') === '/x/y' && p.parse('/a/b.c').ext === '.c'; },
  url() { const u = require('url'); return new u.URL('http://a/b?c=d').searchParams.get('c') === 'd' && u.parse('http://a:80/b?c#d').port === '80' && u.format({ protocol: 'http', host: 'x' }) === 'http://x' && u.fileURLToPath('file:///a') === '/a'; },
  querystring() { const q = require('querystring'); return q.parse('a=b&c=d%20e').c === 'd e' && q.stringify({ a: 'b c', d: ['e', 'f'] }) === 'a=b%20c&d=e&d=f'; },
  punycode() { return require('punycode').toASCII('mañana.com') === 'xn--maana-pta.com'; },
  os() { const os = require('os'); return typeof os.hostname() === 'string' && os.cpus().length > 0 && typeof os.EOL === 'string'; },
  assert() { const a = require('assert'); a.strictEqual(1, 1); a.deepStrictEqual({ a: [1] }, { a: [1] }); try { a.deepStrictEqual({ a: 1 }, { a: 2 }); return false; } catch (e) { if (e.code !== 'ERR_ASSERTION') throw e; } a.throws(() => { throw new TypeError0('x'); }, TypeError0); return true; },
  timers() { const t = require('timers'); return promise((ok) => t.setTimeout(() => t.setImmediate(() => ok(true)), 1)); },
  'timers/promises'() { return then(require('timers/promises').setTimeout(1, 'v'), (v) => v === 'v'); },
  stream() { const { Readable, Writable, Transform, pipeline } = require('stream'); const out = []; return promise((ok) => pipeline(new Readable({ read() { this.push('a'); this.push(null); } }), new Transform({ transform(c, e, cb) { cb(null, c + 'b'); } }), new Writable({ write(c, e, cb) { out[out.length] = `${c}`; cb(); } }), (error) => ok(error ?? out[0] === 'ab'))); },
  'stream.from'() { const { Readable } = require('stream'); return then(Readable.from(gen()).toArray(), (v) => v.length === 2); },
  'stream/consumers'() { const { Readable } = require('stream'); return then(require('stream/consumers').text(new Readable({ read() { this.push('t'); this.push(null); } })), (v) => v === 't'); },
  'stream/promises'() { const { PassThrough } = require('stream'); const p = new PassThrough(); p.end(); p.resume(); return then(require('stream/promises').finished(p), () => true); },
  'stream/web'() { const w = require('stream/web'); const ts = new w.TransformStream(); const r = new w.ReadableStream({ start(c) { c.enqueue(1); c.close(); } }).pipeThrough(ts).getReader(); return then(r.read(), (v) => v.value === 1); },
  'stream.toWeb'() { const { Readable } = require('stream'); const r = Readable.toWeb(new Readable({ read() { this.push('t'); this.push(null); } })).getReader(); return then(r.read(), (v) => v.value.length === 1); },
  console() { const { Console } = require('console'); const { Writable } = require('stream'); let text = ''; const c = new Console(new Writable({ write(ch, e, cb) { text += ch; cb(); } })); c.log('a %s', 'b'); c.table([{ a: 1 }]); c.group(); c.error('x'); c.groupEnd(); return text.length > 30; },
  fs() { const fs = require('fs'); const f = `/tmp/poison-${process.pid}`; fs.writeFileSync(f, 'x'); const ok = fs.readFileSync(f, 'utf8') === 'x' && fs.statSync(f).isFile(); fs.unlinkSync(f); return ok && promise((done) => fs.readFile(__filename, (e, d) => done(e ?? d.length > 0))); },
  'fs/promises'() { return then(require('fs/promises').readFile(__filename, 'utf8'), (v) => v.length > 1); },
  'fs.streams'() { const fs = require('fs'); return promise((ok) => { let n = 0; const s = fs.createReadStream(__filename); s.on('data', (d) => { n += d.length; }); s.on('end', () => ok(n > 0)); s.on('error', ok); }); },
  net() { const net = require('net'); return promise((ok) => { const s = net.createServer((c) => { c.end('hi'); }); s.listen(0, '127.0.0.1', () => { const c = net.connect(s.address().port, '127.0.0.1'); let t = ''; c.on('error', ok); c.on('data', (d) => { t += d; }); c.on('end', () => { s.close(); ok(t === 'hi'); }); }); }); },
  dgram() { const d = require('dgram'); return promise((ok) => { const a = d.createSocket('udp4'); a.on('message', (m) => { a.close(); ok(`${m}` === 'x'); }); a.bind(0, '127.0.0.1', () => a.send('x', a.address().port, '127.0.0.1')); }); },
  dns() { return promise((ok) => require('dns').lookup('127.0.0.1', (e, a) => ok(e ?? a === '127.0.0.1'))); },
  child_process() { const c = require('child_process'); if (`${c.execFileSync('echo', ['a'])}` !== 'a\n') return false; return promise((ok) => c.exec('echo b', (e, o) => ok(e ?? o === 'b\n'))); },
  readline() { const { Readable } = require('stream'); return promise((ok) => require('readline').createInterface({ input: new Readable({ read() { this.push('l1\nl2\n'); this.push(null); } }) }).once('line', (l) => ok(l === 'l1'))); },
  async_hooks() { const { AsyncLocalStorage } = require('async_hooks'); const a = new AsyncLocalStorage(); return a.run(5, () => promise((ok) => require('timers').setTimeout(() => ok(a.getStore() === 5), 1))); },
  diagnostics_channel() { const d = require('diagnostics_channel'); let n = 0; d.subscribe('x', () => { n++; }); d.channel('x').publish({}); return n === 1; },
  perf_hooks() { const { performance } = require('perf_hooks'); performance.mark('a'); return performance.measure('b', 'a').duration >= 0 && performance.now() > 0; },
  vm() { return new (require('vm').Script)('1+1').runInThisContext() === 2; },
  v8() { const v = require('v8'); return v.deserialize(v.serialize({ a: 1 })).a === 1; },
  module() { return require('module').isBuiltin('fs') && typeof require('module').createRequire(__filename)('path').join === 'function'; },
  tty() { return require('tty').isatty(99) === false; },
  constants() { return require('constants').O_RDONLY === 0; },
  process() { return process.uptime() > 0 && process.hrtime().length === 2 && typeof process.memoryUsage().rss === 'number'; },
  'web.events'() { const t = new EventTarget(); let n = 0; t.addEventListener('x', () => { n++; }); t.dispatchEvent(new Event('x')); const c = new AbortController(); c.signal.addEventListener('abort', () => { n++; }); c.abort(); return n === 2; },
  'web.blob'() { return then(new Blob(['a', 'b']).text(), (v) => v === 'ab'); },
  'web.clone'() { return structuredClone({ a: { b: 1 } }).a.b === 1 && new TextDecoder().decode(new TextEncoder().encode('x')) === 'x' && atob(btoa('x')) === 'x'; },
};

const P = captured.Promise;
function promise(f) { return new P(f); }
async function then(p, f) { return f(await p); }
function* gen() { yield 'a'; yield 'b'; }
(async () => {
  for (const name in uses) {
    if (typeof uses[name] !== 'function' || (which && name !== which)) continue;
    let result;
    try { result = await withinTime(uses[name]()); } catch (e) { result = e; }
    if (result !== true) say(`${name}: ${result && result.stack || result}`);
  }
  say('done');
  process.exit();
})();
function withinTime(value) { return new P((ok, no) => { (async () => { try { ok(await value); } catch (e) { no(e); } })(); captured.setTimeout(() => no('TIMEOUT'), 4000); }); }
