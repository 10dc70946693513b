// What: JSON.stringify, an array of strings, 1 KB
// Group: json
// Measure: operations
// Unit: documents
// Result: 517000
'use strict';

require('./lib/documents').documents('stringify', 'strings', 1024);
