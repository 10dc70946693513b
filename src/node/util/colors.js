'use strict';
// Tables of `util.inspect`: `inspect.colors`, `inspect.styles`, and the names of the language's own classes.

const { ObjectDefineProperty, ObjectKeys, StringPrototypeSlice, StringPrototypeToUpperCase } = primordials;

const white = 39, background = 49;
const colors = {
  __proto__: null,
  reset: [0, 0], bold: [1, 22], dim: [2, 22], italic: [3, 23], underline: [4, 24], blink: [5, 25], inverse: [7, 27],
  hidden: [8, 28], strikethrough: [9, 29], doubleunderline: [21, 24],
};
const names = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'];
for (let i = 0; i < 8; i++) colors[names[i]] = [30 + i, white];
for (let i = 0; i < 8; i++) colors[`bg${capital(names[i])}`] = [40 + i, background];
colors.framed = [51, 54];
colors.overlined = [53, 55];
colors.gray = [90, white];
for (let i = 1; i < 8; i++) colors[`${names[i]}Bright`] = [90 + i, white];
colors.bgGray = [100, background];
for (let i = 1; i < 8; i++) colors[`bg${capital(names[i])}Bright`] = [100 + i, background];

function capital(name) {
  return StringPrototypeToUpperCase(name[0]) + StringPrototypeSlice(name, 1);
}

// Other names that people know some of them by.
const aliases = {
  grey: 'gray', blackBright: 'gray', bgGrey: 'bgGray', bgBlackBright: 'bgGray', faint: 'dim', crossedout: 'strikethrough',
  crossedOut: 'strikethrough', strikeThrough: 'strikethrough', conceal: 'hidden', swapColors: 'inverse',
  swapcolors: 'inverse', doubleUnderline: 'doubleunderline',
};
const aliasNames = ObjectKeys(aliases);
for (let i = 0; i < aliasNames.length; i++) {
  const target = aliases[aliasNames[i]];
  ObjectDefineProperty(colors, aliasNames[i], {
    __proto__: null, configurable: true, enumerable: false,
    get() {
      return colors[target];
    },
    set(value) {
      colors[target] = value;
    },
  });
}

const styles = {
  __proto__: null, special: 'cyan', number: 'yellow', bigint: 'yellow', boolean: 'yellow', undefined: 'grey', null: 'bold',
  string: 'green', symbol: 'green', date: 'magenta', regexp: 'red', module: 'underline',
};

module.exports = { colors, styles };
