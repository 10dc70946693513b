// What: Mandelbrot set, 128 by 128 points, 50 iterations at most
// Group: compute
// Measure: operations
// Unit: points
// Result: 283846
'use strict';

const { measure } = require('./lib/operations');

const size = 128;
const limit = 50;

/** How often z = z² + c can be done before z is further than 2 from the origin. */
function iterations(cr, ci) {
  let zr = 0;
  let zi = 0;
  let count = 0;
  while (count < limit && zr * zr + zi * zi <= 4) {
    const next = zr * zr - zi * zi + cr;
    zi = 2 * zr * zi + ci;
    zr = next;
    count++;
  }
  return count;
}

measure({
  operations: size * size,
  batch() {
    let sum = 0;
    for (let y = 0; y < size; y++) {
      for (let x = 0; x < size; x++) {
        sum += iterations((3 * x) / size - 2, (2 * y) / size - 1);
      }
    }
    return sum;
  },
});
