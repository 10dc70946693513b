// What: ES module with four imports, start to exit
// Group: start-up
// Measure: script
// Script: lib/module.mjs
// Prints: hello from module.mjs
