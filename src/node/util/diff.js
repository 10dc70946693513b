'use strict';
// The shortest edit script between two lists, after Eugene W. Myers, "An O(ND) Difference Algorithm and Its Variations"
// (1986): `util.diff`, and the messages of `assert`.

const { ArrayIsArray, StringPrototypeEndsWith, StringPrototypeSplit } = primordials;
const { validateString } = binding('validators');

const INSERTED = 1, DELETED = -1, KEPT = 0;

/**
 * The edits that make `expected` of `actual`, last one first: `[1, x]` only in actual, `[-1, x]` only in expected, `[0, x]`.
 * @param {(a: any, b: any) => boolean} same
 */
function edits(actual, expected, same) {
  const width = actual.length, height = expected.length;
  const max = width + height;
  const furthest = { __proto__: null, 1: 0 };
  const rounds = [];
  for (let round = 0; round <= max; round++) {
    rounds[round] = { __proto__: null, ...furthest };
    for (let diagonal = -round; diagonal <= round; diagonal += 2) {
      const before = furthest[diagonal - 1], after = furthest[diagonal + 1];
      let x = diagonal === -round || (diagonal !== round && before < after) ? after : before + 1;
      let y = x - diagonal;
      while (x < width && y < height && same(actual[x], expected[y])) {
        x++;
        y++;
      }
      furthest[diagonal] = x;
      if (x >= width && y >= height) return walkBack(rounds, actual, expected);
    }
  }
  return [];
}

function walkBack(rounds, actual, expected) {
  const script = [];
  let x = actual.length, y = expected.length;
  for (let round = rounds.length - 1; round >= 0; round--) {
    const furthest = rounds[round];
    const diagonal = x - y;
    const cameDown = diagonal === -round ||
      (diagonal !== round && furthest[diagonal - 1] < furthest[diagonal + 1]);
    const from = cameDown ? diagonal + 1 : diagonal - 1;
    const startX = furthest[from];
    const startY = startX - from;
    while (x > startX && y > startY) {
      const value = actual[x - 1];
      // Lines that differ only in a comma at their end count as the same; the one with the comma is shown.
      const shown = typeof value === 'string' && !StringPrototypeEndsWith(value, ',') ? expected[y - 1] : value;
      script[script.length] = [KEPT, shown];
      x--;
      y--;
    }
    if (round === 0) break;
    if (x > startX) script[script.length] = [INSERTED, actual[--x]];
    else script[script.length] = [DELETED, expected[--y]];
  }
  return script;
}

function lettersOf(value, name) {
  if (ArrayIsArray(value)) {
    for (let i = 0; i < value.length; i++) validateString(value[i], `${name}[${i}]`);
    return value;
  }
  validateString(value, name);
  return StringPrototypeSplit(value, '');
}

/**
 * What makes two texts, or two lists of texts, differ.
 * @returns {[number, string][]} pairs: -1 only in `expected`, 0 in both, 1 only in `actual`
 */
function diff(actual, expected) {
  if (actual === expected) return [];
  const left = lettersOf(actual, 'actual');
  const right = lettersOf(expected, 'expected');
  const script = edits(left, right, (a, b) => a === b);
  script.reverse();
  return script;
}

module.exports = { diff, edits };
