'use strict';
// Must pass: else nothing can.
const common = require(process.env.OURO_TEST_COMMON);
const assert = require('assert');

setTimeout(common.mustCall(() => {
  Promise.resolve(1).then(common.mustCall((value) => assert.strictEqual(value, 1)));
}), 1);
