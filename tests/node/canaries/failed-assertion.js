'use strict';
// Must fail, at once.
require(process.env.OURO_TEST_COMMON);
require('assert').strictEqual(1, 2);
