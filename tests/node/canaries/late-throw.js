'use strict';
// Must fail: nothing catches what a callback of a later turn throws.
require(process.env.OURO_TEST_COMMON);

setImmediate(() => setTimeout(() => { throw new Error('late'); }, 1));
