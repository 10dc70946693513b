'use strict';
// `console.table`: rows and columns in a frame.

const {
  ArrayIsArray, ArrayPrototypeJoin, ArrayPrototypeMap, MapPrototypeEntries, MathMax, ObjectKeys,
  ObjectPrototypeHasOwnProperty, SafeMap, SetPrototypeValues, StringPrototypeRepeat,
} = primordials;
const { kind, previewEntries, width } = binding('util');
const { inspect } = require('util/inspect');

const SET = 2, MAP = 3, MAP_ITERATOR = 5, SET_ITERATOR = 6;

/** The text of a table of `data`; `properties` names the columns to show. */
function table(data, properties, options) {
  const show = (value) => {
    const deep = value !== null && typeof value === 'object' && !ArrayIsArray(value) && ObjectKeys(value).length > 2;
    return inspect(value, { maxArrayLength: 3, breakLength: Infinity, colors: false, ...options, depth: deep ? -1 : 0 });
  };
  const sort = kind(data);
  if (sort === MAP || sort === SET || sort === MAP_ITERATOR || sort === SET_ITERATOR) {
    const { keys, values } = entriesOf(data, sort);
    const index = ArrayPrototypeMap(values, (_, i) => `${i}`);
    const shown = ArrayPrototypeMap(values, show);
    return keys === undefined ? draw(['(iteration index)', 'Values'], [index, shown]) :
      draw(['(iteration index)', 'Key', 'Values'], [index, ArrayPrototypeMap(keys, show), shown]);
  }

  const rows = ObjectKeys(data);
  const columns = new SafeMap();
  if (properties !== undefined) for (let i = 0; i < properties.length; i++) columns.set(properties[i], []);
  const plain = [];
  let anyPlain = false;
  for (let i = 0; i < rows.length; i++) {
    const row = data[rows[i]];
    const isPlain = row === null || (typeof row !== 'function' && typeof row !== 'object');
    if (isPlain) {
      if (properties === undefined) {
        anyPlain = true;
        plain[i] = show(row);
      }
      continue;
    }
    const keys = properties ?? ObjectKeys(row);
    for (let j = 0; j < keys.length; j++) {
      const key = keys[j];
      let column = columns.get(key);
      if (column === undefined) columns.set(key, column = []);
      column[i] = ObjectPrototypeHasOwnProperty(row, key) ? show(row[key]) : '';
    }
  }
  const head = ['(index)'];
  const body = [rows];
  columns.forEach((cells, name) => {
    head[head.length] = `${name}`;
    body[body.length] = cells;
  });
  if (anyPlain) {
    head[head.length] = 'Values';
    body[body.length] = plain;
  }
  return draw(head, body);
}

function entriesOf(data, sort) {
  const keys = [], values = [];
  if (sort === MAP) {
    const iterator = MapPrototypeEntries(data);
    for (let step = iterator.next(); !step.done; step = iterator.next()) {
      keys[keys.length] = step.value[0];
      values[values.length] = step.value[1];
    }
    return { keys, values };
  }
  if (sort === SET) {
    const iterator = SetPrototypeValues(data);
    for (let step = iterator.next(); !step.done; step = iterator.next()) values[values.length] = step.value;
    return { keys: undefined, values };
  }
  const preview = previewEntries(data);
  if (preview === undefined) return { keys: undefined, values };
  if (!preview[1]) return { keys: undefined, values: preview[0] };
  for (let i = 0; i < preview[0].length; i += 2) {
    keys[keys.length] = preview[0][i];
    values[values.length] = preview[0][i + 1];
  }
  return { keys, values };
}

function draw(head, columns) {
  const widths = [];
  let height = 0;
  for (let i = 0; i < columns.length; i++) {
    height = MathMax(height, columns[i].length);
  }
  for (let i = 0; i < columns.length; i++) {
    let widest = width(head[i], true);
    for (let row = 0; row < height; row++) widest = MathMax(widest, width(columns[i][row] ?? '', true));
    widths[i] = widest + 2;
  }
  const bars = ArrayPrototypeMap(widths, (size) => StringPrototypeRepeat('─', size));
  const lines = [`┌${ArrayPrototypeJoin(bars, '┬')}┐`, rowOf(head, widths), `├${ArrayPrototypeJoin(bars, '┼')}┤`];
  for (let row = 0; row < height; row++) {
    lines[lines.length] = rowOf(ArrayPrototypeMap(columns, (column) => column[row] ?? ''), widths);
  }
  lines[lines.length] = `└${ArrayPrototypeJoin(bars, '┴')}┘`;
  return ArrayPrototypeJoin(lines, '\n');
}

function rowOf(cells, widths) {
  const padded = [];
  for (let i = 0; i < cells.length; i++) {
    padded[i] = ` ${cells[i]}${StringPrototypeRepeat(' ', widths[i] - width(cells[i], true) - 1)}`;
  }
  return `│${ArrayPrototypeJoin(padded, '│')}│`;
}

module.exports = { table };
