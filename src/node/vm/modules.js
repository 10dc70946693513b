// The modules of vm, there with --experimental-vm-modules: the program answers each import itself.
'use strict';

const {
  ArrayPrototypeForEach, ArrayPrototypeMap, ArrayPrototypeSome, JSONStringify, ObjectFreeze, ReferenceError, ReflectApply,
  SafeMap, SafeSet, SafeWeakMap, Symbol, SymbolFor, TypeError,
} = primordials;
const { nodeError } = binding('errors');
const {
  validateArray, validateBoolean, validateFunction, validateInt32, validateObject, validateString, validateUint32,
} = binding('validators');
const native = binding('vm');

const kMake = Symbol('make');
let hasWarned = false;

function warnOnce() {
  if (hasWarned) return;
  hasWarned = true;
  const text = 'VM Modules is an experimental feature and might change at any time';
  require('process').emitWarning(text, 'ExperimentalWarning');
}

// How many modules without a name each context has.
const modulesMade = new SafeWeakMap();

function nextName(context = modulesMade) {
  const made = modulesMade.get(context) ?? 0;
  modulesMade.set(context, made + 1);
  return `vm:module(${made})`;
}

let isModule;
let stateOf;

/** What source text and synthetic modules have in common. */
class Module {
  // number, requests, dependencies, status, error, context, identifier
  #state;

  static {
    isModule = (value) => typeof value === 'object' && value !== null && #state in value && value.#state !== undefined;
    stateOf = (module) => {
      if (!isModule(module)) throw nodeError('ERR_INVALID_ARG_TYPE', 'this', 'Module', module);
      return module.#state;
    };
  }

  constructor(key, options, make) {
    if (key !== kMake) throw new TypeError('Module is not a constructor');
    warnOnce();
    const { identifier, context } = options;
    if (identifier !== undefined) validateString(identifier, 'options.identifier');
    if (context !== undefined && (typeof context !== 'object' || context === null || !native.isContext(context))) {
      throw nodeError('ERR_INVALID_ARG_TYPE', 'options.context', 'vm.Context', context);
    }
    const name = identifier ?? nextName(context);
    const { 0: number, 1: requests } = make(this, name, context);
    this.#state = {
      number, requests, dependencies: [], status: 'unlinked', error: undefined, context, identifier: name, promise: undefined,
    };
  }

  get identifier() {
    return stateOf(this).identifier;
  }

  get context() {
    return stateOf(this).context;
  }

  get namespace() {
    const { status, number } = stateOf(this);
    if (status === 'unlinked' || status === 'linking') throw nodeError('ERR_VM_MODULE_STATUS', 'must not be unlinked or linking');
    return native.namespaceOf(number);
  }

  get status() {
    return stateOf(this).status;
  }

  get error() {
    if (stateOf(this).status !== 'errored') throw nodeError('ERR_VM_MODULE_STATUS', 'must be errored');
    return stateOf(this).error;
  }

  [SymbolFor('nodejs.util.inspect.custom')](depth, options) {
    const { status, identifier, context } = stateOf(this);
    if (typeof depth === 'number' && depth < 0) return `[${this.constructor.name}]`;
    const shown = require('util/inspect').inspect({ status, identifier, context }, { ...options, customInspect: false });
    return `${this.constructor.name} ${shown}`;
  }

  async link(linker) {
    const state = stateOf(this);
    validateFunction(linker, 'linker');
    if (state.status === 'linked') throw nodeError('ERR_VM_MODULE_ALREADY_LINKED');
    if (state.status !== 'unlinked') throw nodeError('ERR_VM_MODULE_STATUS', 'must be unlinked');
    await resolve(this, linker);
    native.instantiate(state.number);
    ArrayPrototypeForEach(graphOf(this), (module) => {
      if (module.#state.status === 'linking') module.#state.status = 'linked';
    });
  }

  async evaluate(options = { __proto__: null }) {
    validateObject(options, 'options');
    const { timeout, breakOnSigint = false } = options;
    if (timeout !== undefined) validateUint32(timeout, 'options.timeout', true);
    validateBoolean(breakOnSigint, 'options.breakOnSigint');
    const state = stateOf(this);
    if (state.status === 'errored') throw state.error;
    if (state.status === 'evaluated') return state.promise;
    if (state.status !== 'linked') throw nodeError('ERR_VM_MODULE_STATUS', 'must be one of linked, evaluated, or errored');
    const graph = graphOf(this);
    const settle = (status) => ArrayPrototypeForEach(graph, (module) => {
      if (module.#state.status === 'evaluating') module.#state.status = status;
    });
    ArrayPrototypeForEach(graph, (module) => {
      if (module.#state.status === 'linked') module.#state.status = 'evaluating';
    });
    try {
      state.promise = native.evaluateModule(state.number, timeout, breakOnSigint);
      // As V8's, a module that awaits counts as evaluated.
      settle('evaluated');
      await state.promise;
      state.promise = undefined;
    } catch (error) {
      settle('linked');
      state.status = 'errored';
      state.error = error;
      throw error;
    }
  }
}

// A module and all that it imports.
function graphOf(root) {
  const seen = new SafeSet();
  const list = [root];
  seen.add(root);
  for (let i = 0; i < list.length; i++) {
    ArrayPrototypeForEach(stateOf(list[i]).dependencies, (module) => {
      if (seen.has(module)) return;
      seen.add(module);
      list[list.length] = module;
    });
  }
  return list;
}

// Asks for what a module imports, and what that imports.
async function resolve(module, linker) {
  const state = stateOf(module);
  state.status = 'linking';
  try {
    for (let i = 0; i < state.requests.length; i++) {
      const { 0: specifier, 1: attributes } = state.requests[i];
      const found = await linker(specifier, module, { attributes, assert: attributes });
      if (!isModule(found)) throw nodeError('ERR_VM_MODULE_NOT_MODULE');
      const other = stateOf(found);
      if (other.context !== state.context) throw nodeError('ERR_VM_MODULE_DIFFERENT_CONTEXT');
      if (other.status === 'errored') {
        throw nodeError('ERR_VM_MODULE_LINK_FAILURE', `request for '${specifier}' resulted in an errored module`, other.error);
      }
      state.dependencies[i] = found;
      native.answerRequest(state.number, i, other.number);
      if (other.status === 'unlinked') await resolve(found, linker);
    }
  } catch (error) {
    state.status = 'errored';
    state.error = error;
    throw error;
  }
}

class SourceTextModule extends Module {
  #text;
  #specifiers;
  #requests;

  constructor(sourceText, options = { __proto__: null }) {
    validateString(sourceText, 'sourceText');
    validateObject(options, 'options');
    const { lineOffset = 0, columnOffset = 0, initializeImportMeta, importModuleDynamically, cachedData } = options;
    validateInt32(lineOffset, 'options.lineOffset');
    validateInt32(columnOffset, 'options.columnOffset');
    if (initializeImportMeta !== undefined) validateFunction(initializeImportMeta, 'options.initializeImportMeta');
    if (cachedData !== undefined) {
      exports.validateData(cachedData);
      if (!native.isCacheFor(sourceText, cachedData)) throw nodeError('ERR_VM_MODULE_CACHED_DATA_REJECTED');
    }
    let self;
    super(kMake, options, (module, identifier, context) => {
      self = module;
      const imports = exports.importsOf(importModuleDynamically, 'options.importModuleDynamically', module);
      const meta = initializeImportMeta && ((object) => { initializeImportMeta(object, self); });
      return native.makeModule(sourceText, identifier, lineOffset, columnOffset, imports, context, meta);
    });
    this.#text = sourceText;
  }

  get dependencySpecifiers() {
    const { requests } = stateOf(this);
    return this.#specifiers ??= ObjectFreeze(ArrayPrototypeMap(requests, (request) => request[0]));
  }

  get moduleRequests() {
    const { requests } = stateOf(this);
    return this.#requests ??= ObjectFreeze(ArrayPrototypeMap(requests, (request) => ObjectFreeze({
      __proto__: null, specifier: request[0], attributes: request[1], phase: 'evaluation',
    })));
  }

  /** Says at once which module each of `moduleRequests` is. */
  linkRequests(modules) {
    const state = stateOf(this);
    if (state.status !== 'unlinked') throw nodeError('ERR_VM_MODULE_STATUS', 'must be unlinked');
    validateArray(modules, 'modules');
    const { requests } = state;
    if (modules.length !== requests.length) {
      throw nodeError('ERR_MODULE_LINK_MISMATCH', `Expected ${requests.length} modules, got ${modules.length}`);
    }
    ArrayPrototypeForEach(modules, (module) => {
      if (!isModule(module)) throw nodeError('ERR_VM_MODULE_NOT_MODULE');
      if (stateOf(module).context !== state.context) throw nodeError('ERR_VM_MODULE_DIFFERENT_CONTEXT');
    });
    ArrayPrototypeForEach(modules, (module, i) => {
      state.dependencies[i] = module;
      native.answerRequest(state.number, i, stateOf(module).number);
    });
  }

  /** Links what `linkRequests` has put together. */
  instantiate() {
    const state = stateOf(this);
    if (state.status !== 'unlinked') throw nodeError('ERR_VM_MODULE_STATUS', 'must be unlinked');
    native.instantiate(state.number);
    ArrayPrototypeForEach(graphOf(this), (module) => {
      const other = stateOf(module);
      if (other.status === 'unlinked') other.status = 'linked';
    });
  }

  hasTopLevelAwait() {
    stateOf(this);
    return native.hasTopLevelAwait(this.#text);
  }

  hasAsyncGraph() {
    const { status } = this;
    if (status === 'unlinked' || status === 'linking') throw nodeError('ERR_VM_MODULE_STATUS', 'must be instantiated');
    return ArrayPrototypeSome(graphOf(this), (module) => #text in module && module.hasTopLevelAwait());
  }

  createCachedData() {
    const { status } = this;
    if (status === 'evaluating' || status === 'evaluated' || status === 'errored') {
      throw nodeError('ERR_VM_MODULE_CANNOT_CREATE_CACHED_DATA');
    }
    return native.cacheFor(this.#text);
  }
}

class SyntheticModule extends Module {
  #setters;

  constructor(exportNames, evaluateCallback, options = { __proto__: null }) {
    validateArray(exportNames, 'exportNames');
    const seen = new SafeSet();
    ArrayPrototypeForEach(exportNames, (name, i) => {
      validateString(name, `exportNames[${i}]`);
      if (seen.has(name)) throw nodeError('ERR_INVALID_ARG_VALUE', `exportNames.${name}`, name, 'is duplicated');
      seen.add(name);
    });
    validateFunction(evaluateCallback, 'evaluateCallback');
    validateObject(options, 'options');
    // Two texts: one holds the values, which can be set from the beginning, and is evaluated at once; the other exports them
    // under their names, and is evaluated where the program's callback is to be called.
    let declared = '';
    let held = '';
    let exported = '';
    let setters = '';
    ArrayPrototypeForEach(exportNames, (name, i) => {
      declared += `let $${i};`;
      held += `$${i},`;
      exported += `$${i} as ${JSONStringify(name)},`;
      setters += `(value) => { $${i} = value; },`;
    });
    const values = `${declared}export{${held}};import.meta.begin([${setters}]);`;
    const names = `export{${exported}}from"values";import.meta.begin();`;
    const found = new SafeMap();
    let self;
    super(kMake, options, (module, identifier, context) => {
      self = module;
      const { 0: holder } = native.makeModule(values, identifier, 0, 0, 0, context, (meta) => {
        meta.begin = (functions) => ArrayPrototypeForEach(exportNames, (name, i) => found.set(name, functions[i]));
      });
      native.instantiate(holder);
      native.evaluateModule(holder);
      const made = native.makeModule(names, identifier, 0, 0, 0, context, (meta) => {
        meta.begin = () => { ReflectApply(evaluateCallback, self, []); };
      });
      native.answerRequest(made[0], 0, holder);
      native.instantiate(made[0]);
      return [made[0], []];
    });
    stateOf(this).status = 'linked';
    this.#setters = found;
  }

  /** There is nothing to link. */
  link() {}

  setExport(name, value) {
    stateOf(this);
    validateString(name, 'name');
    const set = this.#setters.get(name);
    if (set === undefined) throw new ReferenceError(`Export '${name}' is not defined in module`);
    set(value);
  }
}

exports.Module = Module;
exports.SourceTextModule = SourceTextModule;
exports.SyntheticModule = SyntheticModule;

/** The namespace that an import() got from the program's function. */
exports.namespaceFor = (found) => {
  if (require('util/types').isModuleNamespaceObject(found)) return found;
  if (!isModule(found)) throw nodeError('ERR_VM_MODULE_NOT_MODULE');
  if (found.status === 'errored') throw found.error;
  return found.namespace;
};
