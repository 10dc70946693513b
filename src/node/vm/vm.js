// vm: scripts and contexts. The native half compiles, runs and makes realms; here are the options and their checks.
'use strict';

const {
  ArrayPrototypeForEach, ObjectFreeze, ObjectKeys, ReflectApply, ReflectDefineProperty, ReflectDeleteProperty, ReflectGetOwnPropertyDescriptor, SafeMap,
  Symbol, TypeError,
} = primordials;
const { nodeError } = binding('errors');
const {
  validateArray, validateBoolean, validateFunction, validateInt32, validateObject, validateOneOf, validateString,
  validateStringArray, validateUint32,
} = binding('validators');
const { isArrayBufferView } = binding('types');
const native = binding('vm');

native.initialize(ReflectGetOwnPropertyDescriptor, ReflectDefineProperty, ReflectDeleteProperty);

const EMPTY = ObjectFreeze({ __proto__: null });
// validateObject: arrays are objects too, functions are too.
const ALLOW_ARRAY = 2;
const ALLOW_ANY = 6;

const constants = ObjectFreeze({
  __proto__: null,
  USE_MAIN_CONTEXT_DEFAULT_LOADER: Symbol('vm_dynamic_import_main_context_default'),
  DONT_CONTEXTIFY: Symbol('vm_context_no_contextify'),
});

// How import() in a script is served; the native half knows the numbers.
const NO_IMPORTS = 0;
const CALLBACK_IMPORTS = 1;
const DEFAULT_IMPORTS = 2;

let hasWarned = false;

function warnOnce() {
  if (hasWarned) return;
  hasWarned = true;
  const text = 'vm.USE_MAIN_CONTEXT_DEFAULT_LOADER is an experimental feature and might change at any time';
  require('process').emitWarning(text, 'ExperimentalWarning');
}

function importsOf(value, name, owner) {
  if (value === undefined) return NO_IMPORTS;
  if (value === constants.USE_MAIN_CONTEXT_DEFAULT_LOADER) {
    warnOnce();
    return DEFAULT_IMPORTS;
  }
  validateFunction(value, name);
  if (!native.modulesEnabled) return CALLBACK_IMPORTS;
  const key = ++lastKey;
  importers.set(key, { importer: value, owner });
  return -key;
}

// Who serves the imports of which text, by keys that the native half has put in the texts.
const importers = new SafeMap();
let lastKey = 0;

async function importFor(key, specifier, options) {
  const { importer, owner } = importers.get(key);
  const { namespaceFor } = require('vm/modules');
  const wanted = options?.with;
  const attributes = { __proto__: null };
  if (wanted !== undefined) ArrayPrototypeForEach(ObjectKeys(wanted), (name) => { attributes[name] = wanted[name]; });
  return namespaceFor(await importer(`${specifier}`, owner, attributes));
}

function validateData(data) {
  if (!isArrayBufferView(data)) {
    throw nodeError('ERR_INVALID_ARG_TYPE', 'options.cachedData', ['Buffer', 'TypedArray', 'DataView'], data);
  }
}

function validateContext(object) {
  if (!isContext(object)) {
    throw nodeError('ERR_INVALID_ARG_TYPE', 'contextifiedObject', 'vm.Context', object);
  }
}

function runOptions(options = EMPTY) {
  validateObject(options, 'options');
  const { timeout, displayErrors = true, breakOnSigint = false } = options;
  if (timeout !== undefined) validateUint32(timeout, 'options.timeout', true);
  validateBoolean(displayErrors, 'options.displayErrors');
  validateBoolean(breakOnSigint, 'options.breakOnSigint');
  return { timeout, displayErrors, breakOnSigint };
}

function codeGenerationOf(codeGeneration, name) {
  if (codeGeneration === undefined) return true;
  validateObject(codeGeneration, name);
  const { strings = true, wasm = true } = codeGeneration;
  validateBoolean(strings, `${name}.strings`);
  validateBoolean(wasm, `${name}.wasm`);
  return strings;
}

// What runInNewContext's options say about the context.
function contextOptions(options) {
  if (options === undefined) return EMPTY;
  validateObject(options, 'options');
  const { contextName: name, contextOrigin: origin, contextCodeGeneration: codeGeneration, microtaskMode } = options;
  if (name !== undefined) validateString(name, 'options.contextName');
  if (origin !== undefined) validateString(origin, 'options.contextOrigin');
  codeGenerationOf(codeGeneration, 'options.contextCodeGeneration');
  if (microtaskMode !== undefined) validateString(microtaskMode, 'options.microtaskMode');
  return { name, origin, codeGeneration, microtaskMode };
}

// The option that says which context's a syntax error is.
const kParsing = Symbol('parsingContext');

/** A text that has been compiled and can be run in any context, any number of times. */
class Script {
  #handle;
  #text;

  constructor(code, options = {}) {
    const text = `${code}`;
    if (typeof options === 'string') options = { filename: options };
    else validateObject(options, 'options');
    const {
      filename = 'evalmachine.<anonymous>', lineOffset = 0, columnOffset = 0, cachedData,
      produceCachedData = false, importModuleDynamically,
    } = options;
    validateString(filename, 'options.filename');
    validateInt32(lineOffset, 'options.lineOffset');
    validateInt32(columnOffset, 'options.columnOffset');
    if (cachedData !== undefined) validateData(cachedData);
    validateBoolean(produceCachedData, 'options.produceCachedData');
    const imports = importsOf(importModuleDynamically, 'options.importModuleDynamically', this);
    this.#text = text;
    this.#handle = native.compile(text, filename, lineOffset, columnOffset, imports, options[kParsing]);
    if (cachedData !== undefined) this.cachedDataRejected = !native.isCacheFor(text, cachedData);
    if (produceCachedData) {
      this.cachedData = native.cacheFor(text);
      this.cachedDataProduced = true;
    }
    const { 0: sourceURL, 1: sourceMapURL } = native.magicComments(text);
    this.sourceURL = sourceURL;
    this.sourceMapURL = sourceMapURL;
  }

  runInThisContext(options) {
    const { timeout, displayErrors, breakOnSigint } = runOptions(options);
    return native.run(this.#handle, undefined, timeout, displayErrors, breakOnSigint);
  }

  runInContext(contextifiedObject, options) {
    validateContext(contextifiedObject);
    const { timeout, displayErrors, breakOnSigint } = runOptions(options);
    return native.run(this.#handle, contextifiedObject, timeout, displayErrors, breakOnSigint);
  }

  runInNewContext(contextObject, options) {
    const context = createContext(contextObject, contextOptions(options));
    const { runInContext } = this;
    if (typeof runInContext !== 'function') throw new TypeError('this.runInContext is not a function');
    return ReflectApply(runInContext, this, [context, options]);
  }

  /** What `cachedData` takes. The engine keeps no compiled code: it spares no time, and fits this text only. */
  createCachedData() {
    return native.cacheFor(this.#text);
  }
}

/** Makes an object stand for a context: script that runs there has its properties for globals. */
function createContext(contextObject = {}, options = EMPTY) {
  const isVanilla = contextObject === constants.DONT_CONTEXTIFY;
  if (!isVanilla && isContext(contextObject)) return contextObject;
  validateObject(options, 'options');
  const { name, origin, codeGeneration, microtaskMode } = options;
  if (name !== undefined) validateString(name, 'options.name');
  if (origin !== undefined) validateString(origin, 'options.origin');
  const strings = codeGenerationOf(codeGeneration, 'options.codeGeneration');
  const { importModuleDynamically: importer } = options;
  if (importer !== undefined && importer !== constants.USE_MAIN_CONTEXT_DEFAULT_LOADER) {
    validateFunction(importer, 'options.importModuleDynamically');
  }
  validateOneOf(microtaskMode, 'options.microtaskMode', ['afterEvaluate', undefined]);
  const ownMicrotasks = microtaskMode === 'afterEvaluate';
  const loads = importer === constants.USE_MAIN_CONTEXT_DEFAULT_LOADER;
  return native.makeContext(isVanilla ? undefined : contextObject, strings, ownMicrotasks, loads);
}

function isContext(object) {
  validateObject(object, 'object', ALLOW_ARRAY);
  return native.isContext(object);
}

function createScript(code, options) {
  return new Script(code, options);
}

function named(options) {
  if (typeof options === 'string') return { filename: options };
  if (options !== undefined) validateObject(options, 'options');
  return options;
}

function runInContext(code, contextifiedObject, options) {
  validateContext(contextifiedObject);
  options = { ...named(options), [kParsing]: contextifiedObject };
  return createScript(code, options).runInContext(contextifiedObject, options);
}

function runInNewContext(code, contextObject, options) {
  options = named(options);
  const context = createContext(contextObject, contextOptions(options));
  options = { ...options, [kParsing]: context };
  return createScript(code, options).runInContext(context, options);
}

function runInThisContext(code, options) {
  options = named(options);
  return createScript(code, options).runInThisContext(options);
}

/** A function of a text, its parameters and objects whose properties are names in it. */
function compileFunction(code, params, options = EMPTY) {
  validateString(code, 'code');
  validateObject(options, 'options');
  if (params !== undefined) validateStringArray(params, 'params');
  const {
    filename = '', columnOffset = 0, lineOffset = 0, cachedData, produceCachedData = false, parsingContext,
    contextExtensions = [], importModuleDynamically,
  } = options;
  validateString(filename, 'options.filename');
  validateInt32(columnOffset, 'options.columnOffset');
  validateInt32(lineOffset, 'options.lineOffset');
  if (cachedData !== undefined) validateData(cachedData);
  validateBoolean(produceCachedData, 'options.produceCachedData');
  if (parsingContext !== undefined) {
    if (parsingContext === null || typeof parsingContext !== 'object' || !isContext(parsingContext)) {
      throw nodeError('ERR_INVALID_ARG_TYPE', 'options.parsingContext', 'Context', parsingContext);
    }
  }
  validateArray(contextExtensions, 'options.contextExtensions');
  for (let i = 0; i < contextExtensions.length; i++) {
    validateObject(contextExtensions[i], `options.contextExtensions[${i}]`, ALLOW_ANY);
  }
  const imports = importsOf(importModuleDynamically, 'options.importModuleDynamically');
  const made = native.compileFunction(code, filename, lineOffset, columnOffset, imports, parsingContext,
    contextExtensions, params);
  if (cachedData !== undefined) made.cachedDataRejected = !native.isCacheFor(code, cachedData);
  if (produceCachedData) {
    made.cachedDataProduced = true;
    made.cachedData = native.cacheFor(code);
  }
  const { 0: sourceURL, 1: sourceMapURL } = native.magicComments(code);
  made.sourceURL = sourceURL;
  made.sourceMapURL = sourceMapURL;
  return made;
}

/** Isn't there: the engine doesn't know which memory is whose. */
function measureMemory(options = EMPTY) {
  validateObject(options, 'options');
  const { mode = 'summary', execution = 'default' } = options;
  validateOneOf(mode, 'options.mode', ['summary', 'detailed']);
  validateOneOf(execution, 'options.execution', ['default', 'eager']);
  throw nodeError('ERR_METHOD_NOT_IMPLEMENTED', 'vm.measureMemory()');
}

module.exports = {
  Script,
  createContext,
  createScript,
  runInContext,
  runInNewContext,
  runInThisContext,
  isContext,
  compileFunction,
  measureMemory,
  constants,
};

if (native.modulesEnabled) {
  const modules = require('vm/modules');
  modules.importsOf = importsOf;
  modules.validateData = validateData;
  native.onImport(importFor);
  module.exports.Module = modules.Module;
  module.exports.SourceTextModule = modules.SourceTextModule;
  module.exports.SyntheticModule = modules.SyntheticModule;
}
