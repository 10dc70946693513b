'use strict';
// Must be ended by the memory limit: it would hold 2 GB.
const held = [];
const timer = setInterval(() => {
  held.push(Buffer.alloc(20 << 20, 1));
  if (held.length === 100) clearInterval(timer);
}, 10);
