// What: JSON.stringify, an array of numbers, 1 MB
// Group: json
// Measure: operations
// Unit: documents
// Result: 1048577
'use strict';

require('./lib/documents').documents('stringify', 'numbers', 1048576);
