'use strict';
// Members of `process` that few programs touch: <https://nodejs.org/docs/latest-v24.x/api/process.html>

const {
  FunctionPrototypeCall, MapPrototypeForEach, ObjectKeys, SafeSet, StringPrototypeIncludes, SymbolFor, WeakRef,
} = primordials;
const process = require('process');
const { nodeError } = binding('errors');
const { validateArray, validateBoolean, validateFunction, validateObject, validateString } = binding('validators');
const native = binding('process');

// ---- process.binding

const kinds = [
  'isAnyArrayBuffer', 'isArrayBuffer', 'isArrayBufferView', 'isAsyncFunction', 'isDataView', 'isDate', 'isExternal', 'isMap',
  'isMapIterator', 'isNativeError', 'isPromise', 'isRegExp', 'isSet', 'isSetIterator', 'isTypedArray', 'isUint8Array',
];

/** The errors of the system, by number and by name. */
function uvBinding() {
  const { errname, getErrorMap } = binding('errors');
  const uv = {
    errname(errno) {
      if (native.warningOptions().pendingDeprecation) {
        process.emitWarning('Directly calling process.binding(\'uv\').errname(<val>) is being deprecated. Please make sure to ' +
          'use util.getSystemErrorName() instead.', 'DeprecationWarning', 'DEP0119');
      }
      return errname(errno);
    },
    getErrorMap,
  };
  MapPrototypeForEach(getErrorMap(), (known, errno) => {
    uv[`UV_${known[0]}`] = errno;
  });
  return uv;
}

/** The bindings that are of use without Node's insides: `util` and `uv`. */
function processBinding(module) {
  if (native.warningOptions().pendingDeprecation) {
    process.emitWarning('process.binding() is deprecated. Please use public APIs instead.', 'DeprecationWarning', 'DEP0111');
  }
  if (`${module}` === 'uv') return uvBinding();
  if (`${module}` !== 'util') return native.noBinding(module);
  const types = require('util/types');
  const found = {};
  for (let i = 0; i < kinds.length; i++) found[kinds[i]] = types[kinds[i]];
  return found;
}

// ---- the environment, and other programs

/** Adds the variables of a file to `process.env`; those that are there stay. */
function loadEnvFile(path = undefined) {
  const file = path ?? '.env';
  const text = require('fs').readFileSync(file, 'utf8');
  const { parseEnv } = binding('util');
  const found = parseEnv(text);
  const names = ObjectKeys(found);
  const { env } = process;
  for (let i = 0; i < names.length; i++) {
    if (env[names[i]] === undefined) env[names[i]] = found[names[i]];
  }
}

/** Runs another program in the place of this one. */
function execve(execPath, args = [], env = undefined) {
  if (process.platform === 'win32') throw nodeError('ERR_FEATURE_UNAVAILABLE_ON_PLATFORM', 'process.execve');
  validateString(execPath, 'execPath');
  validateArray(args, 'args');
  for (let i = 0; i < args.length; i++) {
    if (typeof args[i] !== 'string' || StringPrototypeIncludes(args[i], '\u0000')) {
      throw nodeError('ERR_INVALID_ARG_VALUE', `args[${i}]`, args[i], 'must be a string without null bytes');
    }
  }
  const environment = env ?? process.env;
  validateObject(environment, 'env');
  const names = ObjectKeys(environment);
  const list = [];
  for (let i = 0; i < names.length; i++) {
    const value = environment[names[i]];
    if (typeof value !== 'string' || StringPrototypeIncludes(value, '\u0000') || StringPrototypeIncludes(names[i], '\u0000')) {
      throw nodeError('ERR_INVALID_ARG_VALUE', 'env', environment, 'must be an object with string keys and values without null bytes');
    }
    list[i] = `${names[i]}=${value}`;
  }
  native.execve(execPath, args, list);
}

// ---- handles

function callOn(value, symbol, old, name) {
  const method = value?.[SymbolFor(symbol)] ?? value?.[SymbolFor(old)] ?? value?.[name];
  if (typeof method === 'function') FunctionPrototypeCall(method, value);
}

/** Makes a handle keep the process alive, if it is one that can. */
function ref(maybeRefable) {
  callOn(maybeRefable, 'nodejs.ref', 'node:ref', 'ref');
}

/** The opposite of `ref`. */
function unref(maybeRefable) {
  callOn(maybeRefable, 'nodejs.unref', 'node:unref', 'unref');
}

// ---- finalization

const registered = { exit: new SafeSet(), beforeExit: new SafeSet() };

function listen(event) {
  process.on(event, () => {
    const entries = registered[event];
    registered[event] = new SafeSet();
    entries.forEach(({ holder, callback }) => {
      const object = holder.deref();
      if (object !== undefined) callback(object, event);
    });
  });
}

function register(event, object, callback) {
  if (object === null || (typeof object !== 'object' && typeof object !== 'function')) {
    throw nodeError('ERR_INVALID_ARG_TYPE', 'obj', 'Object', object);
  }
  validateFunction(callback, 'fn');
  if (registered[event].size === 0) listen(event);
  registered[event].add({ holder: new WeakRef(object), callback });
}

/** Callbacks at the end of the process for objects that are still alive then. */
const finalization = {
  register: (object, callback) => register('exit', object, callback),
  registerBeforeExit: (object, callback) => register('beforeExit', object, callback),
  unregister(object) {
    const events = ['exit', 'beforeExit'];
    for (let i = 0; i < events.length; i++) {
      const entries = registered[events[i]];
      entries.forEach((entry) => {
        const known = entry.holder.deref();
        if (known === undefined || known === object) entries.delete(entry);
      });
    }
  },
};

// ---- what isn't there

const noReport = () => {
  throw nodeError('ERR_FEATURE_UNAVAILABLE_ON_PLATFORM', 'process.report');
};
const report = { writeReport: noReport, getReport: noReport };

let warned = false;

/** Stacks don't follow source maps: whoever asks for it hears so, once. */
function setSourceMapsEnabled(enabled) {
  validateBoolean(enabled, 'enabled');
  require('module/source_map').setSourceMapsSupport(enabled, { __proto__: null, nodeModules: enabled, generatedCode: enabled });
  if (!enabled || warned) return;
  warned = true;
  process.emitWarning('Source maps are not supported: positions in stacks are those of the code that runs');
}

module.exports = {
  'binding': processBinding, execve, finalization, loadEnvFile, ref, report, setSourceMapsEnabled, unref,
};
