'use strict';
// `assert.Assert`: an `assert` of one's own, with its own options.

const { Error, ObjectAssign, ObjectKeys, ReflectApply } = primordials;
const { validateObject, validateOneOf } = binding('validators');

const assert = require('assert');

/**
 * @param {{ diff?: 'simple'|'full', strict?: boolean, skipPrototype?: boolean }} [options]
 */
function Assert(options) {
  if (!new.target) throw binding('errors').nodeError('ERR_CONSTRUCT_CALL_REQUIRED', 'Assert');
  options = ObjectAssign({ __proto__: null, strict: true, skipPrototype: false }, options);
  validateObject(options, 'options');
  if (options.diff !== undefined) validateOneOf(options.diff, 'options.diff', ['simple', 'full']);
  const base = options.strict ? assert.strict : assert;
  const names = ObjectKeys(base);
  for (let i = 0; i < names.length; i++) {
    const name = names[i];
    if (name === 'strict' || name === 'AssertionError' || name === 'CallTracker' || name === 'Assert') continue;
    this[name] = base[name];
  }
  this.AssertionError = assert.AssertionError;
  if (options.skipPrototype) {
    const { isDeepStrictEqual } = require('util/comparisons');
    const check = (wanted, original) => function deepStrictEqual(actual, expected, ...rest) {
      if (arguments.length >= 2 && isDeepStrictEqual(actual, expected, true) === wanted) return;
      if (arguments.length < 2) ReflectApply(original, undefined, arguments);
      const operator = wanted ? 'deepStrictEqual' : 'notDeepStrictEqual';
      if (rest[0] instanceof Error) throw rest[0];
      throw new assert.AssertionError({ actual, expected, message: rest[0], operator, stackStartFn: deepStrictEqual });
    };
    this.deepStrictEqual = check(true, assert.deepStrictEqual);
    this.notDeepStrictEqual = check(false, assert.notDeepStrictEqual);
    if (options.strict) {
      this.deepEqual = this.deepStrictEqual;
      this.notDeepEqual = this.notDeepStrictEqual;
    }
  }
}

module.exports = { Assert };
