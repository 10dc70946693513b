'use strict';
// Built-in modules that Node has and this runtime lacks. Programs may load them; what they use of them says what is missing
// when it is called.

const { ObjectDefineProperty, Proxy, SafeMap } = primordials;

const made = new SafeMap();

// Asked of every object that might be something else: a module has none of them.
const FOREIGN = new SafeMap([['then', 1], ['default', 1], ['__esModule', 1], ['toJSON', 1], ['constructor', 1], ['inspect', 1]]);

function member(module, name) {
  const missing = function(url) {
    const { nodeError } = binding('errors');
    // A URL is looked at first, and may be what is wrong.
    if (module === 'https' && typeof url === 'string') new (require('url').URL)(url);
    throw nodeError('ERR_METHOD_NOT_IMPLEMENTED', `${module}.${name}()`);
  };
  return ObjectDefineProperty(missing, 'name', { __proto__: null, value: name, configurable: true });
}

// What is there all the same.
const PRESENT = new SafeMap([['https.Agent', 'http/https_agent'], ['https.globalAgent', 'http/https_agent']]);

function present(module, name) {
  const file = PRESENT.get(`${module}.${name}`);
  return file === undefined ? undefined : require(file)[name];
}

function make(module) {
  return new Proxy({ __proto__: null }, {
    __proto__: null,
    get(members, name) {
      if (typeof name === 'symbol' || FOREIGN.has(name)) return members[name];
      return members[name] ??= present(module, name) ?? member(module, name);
    },
    ownKeys() {
      return [];
    },
  });
}

/** The exports of a module that isn't there. */
module.exports = function missing(name) {
  let exports = made.get(name);
  if (exports === undefined) {
    exports = make(name);
    made.set(name, exports);
  }
  return exports;
};
