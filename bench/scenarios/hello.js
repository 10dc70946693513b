// What: hello-world script, start to exit
// Measure: script
// Prints: hello world
console.log('hello world');
