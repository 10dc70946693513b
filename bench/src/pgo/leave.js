// Loaded before a server that is being counted: it leaves by itself when its standard input ends, since a process writes
// what it has counted as it exits, and a killed one doesn't.
'use strict';

process.stdin.on('end', () => process.exit()).resume().unref();
