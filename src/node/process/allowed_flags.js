'use strict';
// `process.allowedNodeEnvironmentFlags`: <https://nodejs.org/docs/latest-v24.x/api/process.html#processallowednodeenvironmentflags>

const {
  ObjectDefineProperties, ObjectFreeze, ReflectApply, RegExpPrototypeSymbolReplace, SafeSet, Set, StringPrototypeIndexOf,
  StringPrototypeSlice, SymbolIterator,
} = primordials;

const allowed = binding('process').allowedFlags();
const names = new SafeSet();
for (let i = 0; i < allowed.length; i++) names.add(allowed[i]);

/** A Set of options that nothing changes, and that knows them in other spellings. */
class NodeEnvironmentFlagsSet extends Set {
  add() {
    return this;
  }

  delete() {
    return false;
  }

  clear() {}

  has(flag) {
    if (typeof flag !== 'string') return false;
    const value = StringPrototypeIndexOf(flag, '=');
    let name = value === -1 ? flag : StringPrototypeSlice(flag, 0, value);
    name = RegExpPrototypeSymbolReplace(/_/g, name, '-');
    if (name[0] === '-') return names.has(name);
    return names.has(name.length === 1 ? `-${name}` : `--${name}`);
  }

  get size() {
    return allowed.length;
  }

  forEach(callback, thisArg = undefined) {
    for (let i = 0; i < allowed.length; i++) ReflectApply(callback, thisArg, [allowed[i], allowed[i], this]);
  }

  entries() {
    return names.entries();
  }

  values() {
    return names.values();
  }
}
ObjectDefineProperties(NodeEnvironmentFlagsSet.prototype, {
  keys: { __proto__: null, configurable: true, writable: true, value: NodeEnvironmentFlagsSet.prototype.values },
  [SymbolIterator]: { __proto__: null, configurable: true, writable: true, value: NodeEnvironmentFlagsSet.prototype.values },
});
ObjectFreeze(NodeEnvironmentFlagsSet.prototype);
ObjectFreeze(NodeEnvironmentFlagsSet);

module.exports = ObjectFreeze(new NodeEnvironmentFlagsSet());
