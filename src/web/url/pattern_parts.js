'use strict';
// The text of a `URLPattern`'s component: its tokens, the parts that they make, and these as an expression and as a
// pattern again. <https://urlpattern.spec.whatwg.org/#pattern-strings>

const {
  RegExpPrototypeExec, RegExpPrototypeSymbolReplace, SafeSet, StringFromCodePoint, StringPrototypeCodePointAt,
  StringPrototypeSlice,
} = primordials;
const { nodeError } = binding('errors');

const ALL = '.*';

const wrong = (text) => nodeError('ERR_INVALID_URL_PATTERN', `Failed to construct 'URLPattern': ${text}`);

// ---- tokens

const NAME_START = /[\p{ID_Start}$_]/u;
const NAME_PART = /[\p{ID_Continue}$\u200c\u200d]/u;
const matches = (pattern, text) => RegExpPrototypeExec(pattern, text) !== null;

/** `[{ type, index, value }]`; `lenient` makes what can't be understood a token of its own. */
function tokenize(input, lenient) {
  const points = [];
  for (let i = 0; i < input.length; i++) {
    const point = StringPrototypeCodePointAt(input, i);
    points[points.length] = { text: StringFromCodePoint(point), at: i };
    if (point > 0xffff) i++;
  }
  const offset = (i) => (i < points.length ? points[i].at : input.length);
  const tokens = [];
  const add = (type, from, to, valueFrom = from, valueTo = to) => {
    tokens[tokens.length] = { type, index: offset(from), value: StringPrototypeSlice(input, offset(valueFrom), offset(valueTo)) };
    return to;
  };
  const invalid = (from, to, what) => {
    if (!lenient) throw wrong(`Invalid pattern: ${what} at ${offset(from)} of ${input}`);
    return add('invalid', from, to);
  };
  for (let i = 0; i < points.length;) {
    const { text } = points[i];
    if (text === '*') {
      i = add('asterisk', i, i + 1);
    } else if (text === '+' || text === '?') {
      i = add('modifier', i, i + 1);
    } else if (text === '\\') {
      i = i === points.length - 1 ? invalid(i, i + 1, 'a backslash') : add('escaped', i, i + 2, i + 1);
    } else if (text === '{') {
      i = add('open', i, i + 1);
    } else if (text === '}') {
      i = add('close', i, i + 1);
    } else if (text === ':') {
      let end = i + 1;
      while (end < points.length && matches(end === i + 1 ? NAME_START : NAME_PART, points[end].text)) end++;
      i = end === i + 1 ? invalid(i, end, 'a name is missing') : add('name', i, end, i + 1);
    } else if (text === '(') {
      const end = expressionEnd(points, i);
      i = end === undefined ? invalid(i, i + 1, 'an expression') : add('regexp', i, end, i + 1, end - 1);
    } else {
      i = add('char', i, i + 1);
    }
  }
  add('end', points.length, points.length);
  return tokens;
}

/** Behind the parenthesis that closes an expression, if it is one that patterns may have. */
function expressionEnd(points, from) {
  let depth = 1;
  let i = from + 1;
  for (; i < points.length && depth > 0; i++) {
    const { text } = points[i];
    if (text > '\u007f') return undefined;
    if (i === from + 1 && text === '?') return undefined;
    if (text === '\\') {
      if (i === points.length - 1 || points[i + 1].text > '\u007f') return undefined;
      i++;
    } else if (text === ')') {
      depth--;
    } else if (text === '(') {
      depth++;
      // A group that would count among ours.
      if (i === points.length - 1 || points[i + 1].text !== '?') return undefined;
    }
  }
  return depth > 0 || i === from + 2 ? undefined : i;
}

// ---- parts

/** The parts of a component: `{ type, name, prefix, value, suffix, modifier }`. */
function parse(input, options, canonical) {
  const tokens = tokenize(input, false);
  const segment = `[^${escapeExpression(options.delimiter)}]+?`;
  const parts = [];
  const names = new SafeSet();
  let pending = '';
  let next = 0;
  let index = 0;
  const take = (type) => (tokens[index].type === type ? tokens[index++] : undefined);
  const takeModifier = () => take('modifier') ?? take('asterisk');
  const flush = () => {
    if (pending === '') return;
    parts[parts.length] = { type: 'fixed', name: '', prefix: '', value: canonical(pending), suffix: '', modifier: '' };
    pending = '';
  };
  const takeText = () => {
    let text = '';
    for (let token; (token = take('char') ?? take('escaped')) !== undefined;) text += token.value;
    return text;
  };
  function add(prefix, name, expression, suffix, modifierToken) {
    const modifier = modifierToken === undefined ? '' : modifierToken.value;
    if (name === undefined && expression === undefined && modifier === '') {
      pending += prefix;
      return;
    }
    flush();
    if (name === undefined && expression === undefined) {
      if (prefix === '') return;
      parts[parts.length] = { type: 'fixed', name: '', prefix: '', value: canonical(prefix), suffix: '', modifier };
      return;
    }
    let value = expression === undefined ? segment : expression.type === 'asterisk' ? ALL : expression.value;
    let type = 'regexp';
    if (value === segment) {
      type = 'segment';
      value = '';
    } else if (value === ALL) {
      type = 'full';
      value = '';
    }
    const key = name !== undefined ? name.value : expression !== undefined ? next++ : '';
    if (names.has(key)) throw wrong(`Duplicate name in pattern: ${key}`);
    names.add(key);
    parts[parts.length] = { type, name: key, prefix: canonical(prefix), value, suffix: canonical(suffix), modifier };
  }
  while (index < tokens.length) {
    const char = take('char');
    let name = take('name');
    let expression = take('regexp') ?? (name === undefined ? take('asterisk') : undefined);
    if (name !== undefined || expression !== undefined) {
      let prefix = char === undefined ? '' : char.value;
      if (prefix !== '' && prefix !== options.prefix) {
        pending += prefix;
        prefix = '';
      }
      flush();
      add(prefix, name, expression, '', takeModifier());
      continue;
    }
    const fixed = char ?? take('escaped');
    if (fixed !== undefined) {
      pending += fixed.value;
      continue;
    }
    if (take('open') !== undefined) {
      const prefix = takeText();
      name = take('name');
      expression = take('regexp') ?? (name === undefined ? take('asterisk') : undefined);
      const suffix = takeText();
      if (take('close') === undefined) throw wrong(`Invalid pattern: a group isn't closed in ${input}`);
      add(prefix, name, expression, suffix, takeModifier());
      continue;
    }
    flush();
    if (take('end') === undefined) throw wrong(`Invalid pattern: ${tokens[index].value} at ${tokens[index].index} of ${input}`);
  }
  return parts;
}

function escapeExpression(text) {
  return RegExpPrototypeSymbolReplace(/[.+*?^${}()[\]|/\\]/g, text, '\\$&');
}

function escapePattern(text) {
  return RegExpPrototypeSymbolReplace(/[+*?:{}()\\]/g, text, '\\$&');
}

/** `{ source, names }` */
function expressionOf(parts, options) {
  const names = [];
  const segment = `[^${escapeExpression(options.delimiter)}]+?`;
  let source = '^';
  for (let i = 0; i < parts.length; i++) {
    const { type, name, prefix, value, suffix, modifier } = parts[i];
    if (type === 'fixed') {
      source += modifier === '' ? escapeExpression(value) : `(?:${escapeExpression(value)})${modifier}`;
      continue;
    }
    names[names.length] = name;
    const inner = type === 'segment' ? segment : type === 'full' ? ALL : value;
    const before = escapeExpression(prefix);
    const after = escapeExpression(suffix);
    if (prefix === '' && suffix === '') {
      source += modifier === '' || modifier === '?' ? `(${inner})${modifier}` : `((?:${inner})${modifier})`;
    } else if (modifier === '' || modifier === '?') {
      source += `(?:${before}(${inner})${after})${modifier}`;
    } else {
      const optional = modifier === '*' ? '?' : '';
      source += `(?:${before}((?:${inner})(?:${after}${before}(?:${inner}))*)${after})${optional}`;
    }
  }
  return { source: `${source}$`, names };
}

/** The parts as a pattern again, in its plainest form. */
function patternOf(parts, options) {
  let text = '';
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i];
    const { type, name, prefix, value, suffix, modifier } = part;
    if (type === 'fixed') {
      text += modifier === '' ? escapePattern(value) : `{${escapePattern(value)}}${modifier}`;
      continue;
    }
    const previous = parts[i - 1];
    const following = parts[i + 1];
    const named = typeof name === 'string';
    let group = suffix !== '' || (prefix !== '' && prefix !== options.prefix);
    if (!group && named && type === 'segment' && modifier === '' && following !== undefined &&
      following.prefix === '' && following.suffix === '') {
      group = following.type === 'fixed' ? matches(NAME_PART, following.value[0] ?? '') : typeof following.name === 'number';
    }
    if (!group && prefix === '' && previous?.type === 'fixed' && options.prefix !== '' &&
      previous.value[previous.value.length - 1] === options.prefix) {
      group = true;
    }
    if (group) text += '{';
    text += escapePattern(prefix);
    if (named) text += `:${name}`;
    if (type === 'regexp') {
      text += `(${value})`;
    } else if (type === 'segment' && !named) {
      text += `([^${escapeExpression(options.delimiter)}]+?)`;
    } else if (type === 'full') {
      const bare = !named && (previous === undefined || previous.type === 'fixed' || previous.modifier !== '' || group || prefix !== '');
      text += bare ? '*' : `(${ALL})`;
    }
    if (type === 'segment' && named && suffix !== '' && matches(NAME_PART, suffix[0])) text += '\\';
    text += escapePattern(suffix);
    if (group) text += '}';
    text += modifier;
  }
  return text;
}

module.exports = { escapePattern, expressionOf, matches, parse, patternOf, tokenize, wrong };
