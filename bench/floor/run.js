'use strict';

// One of the loops of cases.js under a runtime: `run.js NAME`.

const cases = require('./cases');
const { measure } = require('../scenarios/lib/operations');

const operations = 100000;
const loop = cases[process.argv[2]];

measure({ operations, batch: () => loop(operations) });
