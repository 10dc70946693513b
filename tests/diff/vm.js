'use strict';
// vm: contexts, scripts, functions from text, what goes wrong and where it says so.
const vm = require('vm');

const attempt = (label, run) => {
  try {
    console.log(label, run());
  } catch (error) {
    console.log(label, 'throws', error?.name, error?.code, error?.message ?? error);
  }
};
// The place, the line and the caret at the head of a stack.
const placed = (label, run, lines = 5) => {
  try {
    console.log(label, run());
  } catch (error) {
    console.log(label, error.stack.split('\n').slice(0, lines));
  }
};

// A context's globals are the properties of its object.
const sandbox = { a: 1, log: [], inner: { deep: true } };
sandbox.self = sandbox;
const context = vm.createContext(sandbox);
console.log(context === sandbox, vm.isContext(sandbox), vm.isContext({}), vm.createContext(sandbox) === sandbox);
console.log(vm.runInContext('b = a + 1; var c = 3; function d() { return b + c } let e = 5; d() + e', context));
console.log(sandbox.b, sandbox.c, typeof sandbox.d, 'e' in sandbox, vm.runInContext('e', context));
console.log(vm.runInContext('[this === globalThis, self === globalThis, typeof process, typeof require]', context).join());
attempt('delete', () => vm.runInContext('delete b; typeof b + typeof inner', context));
attempt('undeclared', () => vm.runInContext('"use strict"; undeclared = 1', context));
attempt('missing', () => vm.runInContext('missing', context));
attempt('declared twice', () => vm.runInContext('let e = 6', context));
console.log(Object.keys(sandbox).join());
console.log(vm.runInContext('Object.keys(globalThis).sort().join()', context));
sandbox.later = 'added';
console.log(vm.runInContext('later', context), vm.runInContext('"later" in globalThis', context));

// Its intrinsics are its own.
const theirs = vm.runInContext('({ Array, Error, Object, list: [1], f() {} })', vm.createContext());
console.log(theirs.Array === Array, theirs.list instanceof Array, Array.isArray(theirs.list), theirs.f instanceof Function);
console.log(theirs.list instanceof theirs.Array, Object.getPrototypeOf(theirs.list) === theirs.Array.prototype);
const language = vm.runInNewContext(`({
  source: new RegExp(/[/]\\//.source).source,
  loop: (() => { const text = 'ab '.repeat(200); const any = /b/g; let n = 0; while (any.exec(text)) n++; return n; })(),
  slice: [1, 2, 3].slice(1) instanceof Array,
  map: (() => { const map = new Map(); for (let i = 0; i < 300; i++) map.set(i, i); for (let i = 0; i < 299; i++) map.delete(i); return [...map].join(); })(),
  species: (() => { Object.defineProperty(Array, Symbol.species, { value: Object }); const made = [1].slice(); return made instanceof Array; })(),
  of(list) { return Array.prototype.slice.call(list) instanceof Array; },
  split: 'a,b'.split(',') instanceof Array,
})`);
console.log(language.source, language.loop, language.slice, language.map, language.species, language.of([1]), language.split,
  [1].slice() instanceof Array);
attempt('their error', () => vm.runInNewContext('null.x'));
try {
  vm.runInNewContext('throw new RangeError("out")');
} catch (error) {
  console.log(error instanceof Error, error instanceof RangeError, error.constructor.name, String(error));
}
attempt('thrown value', () => vm.runInNewContext('throw { any: "value" }.any'));

// Accessors, fixed properties, symbols.
const mark = Symbol('mark');
const traced = [];
const guarded = vm.createContext({
  get seen() { traced.push('get'); return 'seen'; },
  set seen(value) { traced.push(`set ${value}`); },
  mark,
});
Object.defineProperty(guarded, 'fixed', { value: 'fixed' });
console.log(vm.runInContext('seen = 1; seen', guarded), traced.join());
console.log(vm.runInContext('fixed = 2; fixed', guarded));
console.log(vm.runInContext('JSON.stringify(Object.getOwnPropertyDescriptor(globalThis, "fixed"))', guarded));
vm.runInContext('Object.defineProperty(globalThis, "defined", { get: () => 7, configurable: true })', guarded);
console.log(guarded.defined, typeof Object.getOwnPropertyDescriptor(guarded, 'defined').get);
console.log(vm.runInContext('globalThis[mark] = 1; globalThis[mark]', guarded));

// One script, many contexts.
const counter = new vm.Script('count = (typeof count === "number" ? count : 0) + 1');
const counts = [{ count: 10 }, {}].map((object) => vm.createContext(object));
for (const one of counts) console.log(counter.runInContext(one), counter.runInContext(one));
console.log(counter.runInNewContext({ count: 41 }), counter.runInThisContext(), globalThis.count);
attempt('script again', () => {
  const once = new vm.Script('const once = 1; once');
  return [once.runInNewContext(), once.runInThisContext(), once.runInThisContext()];
});
console.log(vm.runInThisContext('typeof require'), vm.runInThisContext('this === globalThis'));

// A plain global object.
const vanilla = vm.createContext(vm.constants.DONT_CONTEXTIFY);
console.log(vm.runInContext('globalThis', vanilla) === vanilla, vm.isContext(vanilla), Object.keys(vanilla).length);
vm.runInContext('Object.freeze(globalThis); free = 1', vanilla);
console.log(vanilla.free);

// compileFunction.
const add = vm.compileFunction('return a + b + base', ['a', 'b'], { contextExtensions: [{ base: 100 }] });
console.log(add(1, 2), add.length, add.name, add.toString());
console.log(vm.compileFunction('return later', [], { parsingContext: sandbox })());
attempt('closes too much', () => vm.compileFunction('}); (function() {'));
attempt('bad parameter', () => vm.compileFunction('', ['a', 5]));
attempt('bad context', () => vm.compileFunction('', [], { parsingContext: {} }));

// Cached data is for one text.
const data = counter.createCachedData();
console.log(Buffer.isBuffer(data), new vm.Script('1', { cachedData: data }).cachedDataRejected);
const text = 'count = (typeof count === "number" ? count : 0) + 1';
console.log(new vm.Script(text, { cachedData: data }).cachedDataRejected);
console.log(new vm.Script('1 //# sourceMappingURL=map.json').sourceMapURL, new vm.Script('1').sourceMapURL);

// Where it went wrong.
placed('syntax', () => new vm.Script('let ok;\nvar 5;', 'syntax.js'));
placed('moved', () => new vm.Script('\n@', { filename: 'moved.js', lineOffset: 10 }));
placed('thrown', () => vm.runInThisContext('let v1 = 1;\n  throw new Error("here")', 'thrown.js'));
placed('offsets', () => vm.runInNewContext(' throw new Error("there")', {}, { filename: 'at.js', lineOffset: 32, columnOffset: 123 }));
placed('plain', () => vm.runInThisContext('throw new Error("plain")', { filename: 'x.js', displayErrors: false }), 2);
placed('name', () => vm.runInNewContext('1 + nobody', {}, 'name.js'));

// Limits of time.
attempt('timeout', () => vm.runInNewContext('while (true) {}', {}, { timeout: 20 }));
attempt('for', () => vm.runInNewContext('try { for (;;); } finally { done = 1 }', sandbox, { timeout: 20 }));
attempt('in time', () => vm.runInNewContext('let n = 0; for (let i = 0; i < 10; i++) n += i; do n++; while (n < 50); n', {}, { timeout: 60000 }));
console.log('done' in sandbox);

// Microtasks of its own.
const order = [];
vm.runInNewContext('Promise.resolve().then(() => order.push("theirs"))', { order }, { microtaskMode: 'afterEvaluate' });
order.push('after');
console.log(order.join());

// Arguments.
attempt('code generation', () => vm.runInNewContext('eval("1")', {}, { contextCodeGeneration: { strings: false } }));
attempt('no context', () => vm.runInContext('1', {}));
attempt('no object', () => vm.createContext(1));
attempt('options', () => new vm.Script('1', 1));
attempt('filename', () => new vm.Script('1', { filename: 1 }));
attempt('offset', () => new vm.Script('1', { lineOffset: 1.5 }));
attempt('cached data', () => new vm.Script('1', { cachedData: 'x' }));
attempt('time', () => vm.runInThisContext('1', { timeout: 0 }));
attempt('display', () => vm.runInThisContext('1', { displayErrors: 1 }));
attempt('microtasks', () => vm.createContext({}, { microtaskMode: 'never' }));
attempt('callback', () => new vm.Script('1', { importModuleDynamically: 1 }));

// import().
const report = (label) => (error) => console.log(label, error.code, error.message);
vm.runInThisContext('import("fs")').catch(report('none'))
  .then(() => vm.runInThisContext('import("fs")', { importModuleDynamically() {} }).catch(report('flag')));
