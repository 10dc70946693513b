'use strict';
// Must fail: the callback is never called.
const common = require(process.env.OURO_TEST_COMMON);

setTimeout(common.mustCall(), 1);
process.on('something', common.mustCall());
