// Node: 24
// fs.F_OK and the like warn once, and aren't listed.
'use strict';
const fs = require('fs');
process.on('warning', (warning) => console.log(warning.name, warning.code, warning.message));
console.log(Object.keys(fs).filter((name) => name.endsWith('_OK')), 'W_OK' in fs);
console.log(fs.W_OK, fs.F_OK, fs.R_OK, fs.X_OK, fs.constants.W_OK);
const { get, ...rest } = Object.getOwnPropertyDescriptor(fs, 'F_OK');
console.log(typeof get, rest);
