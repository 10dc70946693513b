// What: JSON.stringify, an array of strings, 1 MB
// Group: json
// Measure: operations
// Unit: documents
// Result: 1048597
'use strict';

require('./lib/documents').documents('stringify', 'strings', 1048576);
