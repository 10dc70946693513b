'use strict';
// `util.types` and the module `util/types`: the checks are native.

module.exports = binding('types');
