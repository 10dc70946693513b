// What: a job that blocks for 5 ms, 64 in flight: a FIFO is read, to which the harness writes after that time
// Measure: operations
// Unit: jobs
// Result: x
'use strict';

const fs = require('fs');
const { measureEach } = require('../scenarios/lib/operations');

// Node 26 and Ouro read a file in one job of their pools, from open to close: the FIFOs are `0` to `63` of this folder,
// and each is of one read at a time.
const folder = process.env.OURO_BENCH_FIFOS;

measureEach({
  inFlight: 64,
  operation(index, slot) {
    return fs.promises.readFile(`${folder}/${slot}`, 'utf8');
  },
});
