'use strict';
// `assert.Assert`: an `assert` of one's own, with its own options.

const { ObjectAssign, ObjectDefineProperty } = primordials;
const { nodeError } = binding('errors');
const { validateOneOf } = binding('validators');

const assert = require('assert');
const { kOptions, checkOk } = require('assert/failure');

/**
 * @param {{ diff?: 'simple'|'full', strict?: boolean, skipPrototype?: boolean }} [options]
 */
function Assert(options) {
  if (!new.target) throw nodeError('ERR_CONSTRUCT_CALL_REQUIRED', 'Assert');
  options = ObjectAssign({ __proto__: null, strict: true, skipPrototype: false }, options);
  if (options.diff !== undefined) validateOneOf(options.diff, 'options.diff', ['simple', 'full']);
  this.AssertionError = assert.AssertionError;
  ObjectDefineProperty(this, kOptions, { __proto__: null, value: options });
  if (options.strict) {
    this.equal = this.strictEqual;
    this.deepEqual = this.deepStrictEqual;
    this.notEqual = this.notStrictEqual;
    this.notDeepEqual = this.notDeepStrictEqual;
  }
}

const { prototype } = Assert;
prototype.fail = assert.fail;
const ok = binding('assert').ok((...args) => checkOk(ok, args.length, ...args));
prototype.ok = ok;
const names = [
  'equal', 'notEqual', 'deepEqual', 'notDeepEqual', 'deepStrictEqual', 'notDeepStrictEqual', 'strictEqual', 'notStrictEqual',
  'partialDeepStrictEqual', 'throws', 'rejects', 'doesNotThrow', 'doesNotReject', 'ifError', 'match', 'doesNotMatch',
];
for (let i = 0; i < names.length; i++) prototype[names[i]] = assert[names[i]];

module.exports = { Assert };
