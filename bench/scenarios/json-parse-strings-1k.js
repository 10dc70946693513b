// What: JSON.parse, an array of strings, 1 KB
// Group: json
// Measure: operations
// Unit: documents
// Result: 17000
'use strict';

require('./lib/documents').documents('parse', 'strings', 1024);
