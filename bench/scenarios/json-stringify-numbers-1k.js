// What: JSON.stringify, an array of numbers, 1 KB
// Group: json
// Measure: operations
// Unit: documents
// Result: 513500
'use strict';

require('./lib/documents').documents('stringify', 'numbers', 1024);
