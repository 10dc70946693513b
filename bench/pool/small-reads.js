// What: files of 4 KB read whole, 64 in flight
// Script: ../scenarios/fs-read-small.js
// Measure: operations
// Unit: reads
// Result: true
