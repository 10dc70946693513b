// What: JSON.parse, an array of strings, 1 MB
// Group: json
// Measure: operations
// Unit: documents
// Result: 31283
'use strict';

require('./lib/documents').documents('parse', 'strings', 1048576);
