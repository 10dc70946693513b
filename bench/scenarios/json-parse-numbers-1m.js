// What: JSON.parse, an array of numbers, 1 MB
// Group: json
// Measure: operations
// Unit: documents
// Result: 77775
'use strict';

require('./lib/documents').documents('parse', 'numbers', 1048576);
