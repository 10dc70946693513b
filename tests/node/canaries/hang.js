'use strict';
// Must be ended by the time limit.
require(process.env.OURO_TEST_COMMON);
setInterval(() => {}, 1000);
