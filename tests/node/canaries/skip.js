'use strict';
// Must count as skipped, though it ends with 0.
require(process.env.OURO_TEST_COMMON).skip('a canary');
