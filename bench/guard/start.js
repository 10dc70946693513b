// Hello, world: what it takes to start, print a line and end.
console.log('done 1');
