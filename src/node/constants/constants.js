'use strict';
// `constants`, the old table of all: those of the system and of files. <https://nodejs.org/docs/latest-v24.x/api/deprecations.html#DEP0008>

const { ObjectAssign } = primordials;
const { dlopen, errno, priority, signals } = require('os').constants;

module.exports = ObjectAssign({}, dlopen, errno, priority, signals, require('fs').constants);
