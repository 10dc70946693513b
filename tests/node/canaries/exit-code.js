'use strict';
// Must fail, with the code 3.
require(process.env.OURO_TEST_COMMON);
setImmediate(() => { process.exitCode = 3; });
