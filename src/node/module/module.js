'use strict';

// The `Module` class. The loader itself is native: this file only gives its functions the shape that programs know and patch.
// It loads when a program first asks for `require('module')` or `module.constructor`.

const { ObjectDefineProperty, ObjectFreeze } = primordials;
const natives = binding('modules');

/**
 * A CommonJS module.
 *
 * @param {string} [id] usually the file name
 * @param {Module} [parent] the module that required it first
 */
function Module(id = '', parent) {
  natives.initialize(this, id, parent);
}

const wrapper = natives.wrapper;
const wrap = (script) => wrapper[0] + script + wrapper[1];

Module.prototype = natives.prototype;

Module._stat = natives._stat;
Module._cache = natives._cache;
Module._pathCache = natives._pathCache;
Module._extensions = natives._extensions;
Module.globalPaths = natives.globalPaths;
Module.wrap = wrap;
Module.wrapper = wrapper;
Module._debug = function _debug() {};
Module.isBuiltin = natives.isBuiltin;
Module._findPath = natives._findPath;
Module._nodeModulePaths = natives._nodeModulePaths;
Module._resolveLookupPaths = natives._resolveLookupPaths;
Module._load = natives._load;
Module._resolveFilename = natives._resolveFilename;
Module.createRequire = natives.createRequire;
Module._initPaths = function _initPaths() {
  const { env, platform } = require('process');
  Module.globalPaths = natives.initPaths(env.NODE_PATH, platform === 'win32' ? env.USERPROFILE : env.HOME);
};
Module._preloadModules = function _preloadModules(requests) {
  const parent = new Module('internal/preload', null);
  parent.paths = Module._nodeModulePaths('.');
  for (let i = 0; i < requests.length; i++) parent.require(requests[i]);
};
Module.syncBuiltinESMExports = natives.syncBuiltinESMExports;
Module.Module = Module;
Module.builtinModules = ObjectFreeze(natives.builtinModules);
Module.runMain = natives.runMain;
Module.findPackageJSON = natives.findPackageJSON;

Module.constants = ObjectFreeze({
  __proto__: null,
  compileCacheStatus: ObjectFreeze({ __proto__: null, FAILED: 0, ENABLED: 1, ALREADY_ENABLED: 2, DISABLED: 3 }),
});
// The engine has no code cache.
Module.enableCompileCache = function enableCompileCache() {
  return { status: 3 };
};
Module.flushCompileCache = function flushCompileCache() {};
Module.getCompileCacheDir = function getCompileCacheDir() {};

// Few programs ask for source maps: what is about them loads then.
function sourceMaps() {
  return require('module/source_map');
}
Module.findSourceMap = function findSourceMap(path) { return sourceMaps().findSourceMap(path); };
Module.getSourceMapsSupport = function getSourceMapsSupport() { return sourceMaps().getSourceMapsSupport(); };
Module.setSourceMapsSupport = function setSourceMapsSupport(enabled, options) {
  return sourceMaps().setSourceMapsSupport(enabled, options);
};
ObjectDefineProperty(Module, 'SourceMap', {
  __proto__: null,
  configurable: true,
  enumerable: true,
  get() { return sourceMaps().SourceMap; },
});

// What isn't there says so when it is used.
const absent = ['register', 'registerHooks', 'stripTypeScriptTypes'];
for (let i = 0; i < absent.length; i++) {
  const name = absent[i];
  Module[name] = ObjectDefineProperty(function() {
    const { nodeError } = binding('errors');
    throw nodeError('ERR_METHOD_NOT_IMPLEMENTED', `module.${name}()`);
  }, 'name', { __proto__: null, value: name });
}

natives.setClass(Module);
module.exports = Module;
