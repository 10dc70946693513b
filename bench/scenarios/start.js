// What: server script, start to first answer
// Measure: first-answer
// Script: ../../tests/servers/hello.js
// Answer: Hello, world!\n
