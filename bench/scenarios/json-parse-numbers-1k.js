// What: JSON.parse, an array of numbers, 1 KB
// Group: json
// Measure: operations
// Unit: documents
// Result: 43500
'use strict';

require('./lib/documents').documents('parse', 'numbers', 1024);
