// util beside inspect: promisify, callbackify, inherits, deprecate, parseArgs, MIMEType, styleText, types and the rest.
const util = require('util');

const tell = (label, call) => {
  try {
    console.log(label, call());
  } catch (error) {
    console.log(label, error.name, error.code, error.message);
  }
};

function Parent() {}
Parent.prototype.hello = function () { return 'hello'; };
function Heir() {}
util.inherits(Heir, Parent);
tell('inherits', () => [new Heir().hello(), Heir.super_ === Parent]);
tell('inherits null', () => util.inherits(null, Parent));
tell('isDeepStrictEqual', () => [util.isDeepStrictEqual({ a: [1] }, { a: [1] }), util.isDeepStrictEqual([1], ['1'])]);
tell('strip', () => util.stripVTControlCharacters('\u001b[31mred\u001b[39m \u001b]8;;http://x\u0007link\u001b]8;;\u0007'));
tell('usv', () => util.toUSVString('a\ud800b'));
tell('style', () => JSON.stringify(util.styleText('red', 'x', { validateStream: false })));
tell('style list', () => JSON.stringify(util.styleText(['bold', 'underline'], 'x', { validateStream: false })));
tell('error name', () => [util.getSystemErrorName(-2), util.getSystemErrorMap().get(-13)]);
tell('error name bad', () => util.getSystemErrorName(5));
tell('promisify bad', () => util.promisify(5));
tell('callbackify bad', () => util.callbackify('x'));
tell('names', () => [util.promisify(function read(a, cb) {}).name, util.callbackify(async function load(a) {}).name, util.callbackify(async function load(a) {}).length]);
tell('args', () => util.parseArgs({ args: ['-v', '--name', 'x', '--list=a', '--list', 'b', 'rest', '--', '-z'], options: { verbose: { type: 'boolean', short: 'v' }, name: { type: 'string' }, list: { type: 'string', multiple: true }, size: { type: 'string', default: '5' } }, allowPositionals: true }));
tell('args tokens', () => util.parseArgs({ args: ['-abc', '--d=1', 'p'], strict: false, tokens: true }).tokens);
tell('args unknown', () => util.parseArgs({ args: ['--nope'] }));
tell('args value', () => util.parseArgs({ args: ['--name'], options: { name: { type: 'string' } } }));
tell('args none', () => util.parseArgs({ args: ['--flag=1'], options: { flag: { type: 'boolean' } } }));
tell('args ambiguous', () => util.parseArgs({ args: ['--name', '-x'], options: { name: { type: 'string' } } }));
tell('args positional', () => util.parseArgs({ args: ['p'] }));
tell('args config', () => util.parseArgs({ args: [], options: { a: { type: 'number' } } }));
tell('mime', () => { const m = new util.MIMEType('Text/HTML; charset="utf-8"; q=1'); m.params.set('x', 'a b'); return [`${m}`, m.type, m.subtype, m.essence, m.params.get('charset'), [...m.params.keys()]]; });
tell('mime bad', () => new util.MIMEType('nope'));
tell('types', () => [util.types.isPromise(Promise.resolve()), util.types.isProxy(new Proxy({}, {})), util.types.isDate({}), util.types.isRegExp(/x/), util.types.isMap(new Map()), util.types.isGeneratorFunction(function* () {}), util.types.isBoxedPrimitive(Object(1)), util.types.isTypedArray(new Uint8Array(1))]);
tell('defaults', () => util.inspect.defaultOptions.depth);
tell('format options', () => util.formatWithOptions({ depth: 0 }, 'x', { a: {} }));
tell('debuglog', () => util.debuglog('nothing').enabled);

const old = util.deprecate(function old(a) { return a; }, 'old is old', 'DEP_TEST');
process.on('warning', (warning) => console.log('warning', warning.name, warning.code, warning.message));
console.log(old(1), old(2));

const later = util.promisify((value, callback) => setImmediate(callback, null, value));
const failing = util.promisify((callback) => setImmediate(callback, new Error('late')));
const custom = () => {};
custom[util.promisify.custom] = async () => 'custom';
later(5).then((value) => console.log('promisified', value));
failing().catch((error) => console.log('promisified', error.message));
util.promisify(custom)().then((value) => console.log('promisified', value));
util.callbackify(async (value) => value * 2)(4, (error, value) => console.log('callbackified', error, value));
util.callbackify(async () => { throw null; })((error) => console.log('callbackified', error.code, error.reason));
