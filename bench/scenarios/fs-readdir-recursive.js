// What: fs.readdir of a tree of 100,000 files, recursive: sync, callback and promise
// Group: fs
// Measure: operations
// Unit: entries
// Result: 303300
'use strict';

require('./lib/tree').list({ recursive: true });
