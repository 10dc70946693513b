'use strict';
// `module.SourceMap` and `module.findSourceMap`: <https://nodejs.org/docs/latest-v24.x/api/module.html#source-map-support>.
// The mappings are decoded natively. Stacks don't follow source maps.

const {
  ArrayIsArray, ArrayPrototypeSlice, JSONParse, MapPrototypeGet, MapPrototypeHas, MapPrototypeSet, ObjectDefineProperties,
  ObjectFreeze, ObjectKeys, SafeMap, StringPrototypeIndexOf, StringPrototypeSlice, StringPrototypeSplit,
  StringPrototypeStartsWith, StringPrototypeEndsWith, decodeURIComponent,
} = primordials;
const { validateBoolean, validateObject } = binding('validators');
const native = binding('source_maps');

const shown = { __proto__: null, enumerable: false };

// A copy as deep as the format: nobody who has the payload changes the map.
function copyOf(payload) {
  const copy = {};
  const keys = ObjectKeys(payload);
  for (let i = 0; i < keys.length; i++) {
    const value = payload[keys[i]];
    copy[keys[i]] = ArrayIsArray(value) ? ArrayPrototypeSlice(value) : value;
  }
  return copy;
}

/** A source map, revision 3. */
class SourceMap {
  #payload;
  #lineLengths;
  #decoded;
  // The maps of an index map, or the only one.
  #sections = [];

  /**
   * @param {object} payload the map
   * @param {object} [options]
   * @param {number[]} [options.lineLengths] of the generated code
   */
  constructor(payload, { lineLengths } = { __proto__: null }) {
    validateObject(payload, 'payload');
    this.#payload = copyOf(payload);
    this.#lineLengths = ArrayIsArray(lineLengths) ? lineLengths : undefined;
    this.#decoded = native.decoded();
    const { sections } = this.#payload;
    if (sections) {
      for (let i = 0; i < sections.length; i++) {
        const { offset, map } = sections[i];
        this.#add(map, offset.line, offset.column);
      }
    } else {
      this.#add(this.#payload, 0, 0);
    }
  }

  #add(map, line, column) {
    const { mappings, sources, names } = map;
    if (mappings.length === undefined) return;
    const at = this.#sections.length;
    this.#sections[at] = { __proto__: null, sources: sources.length === 0 ? [] : sources, names };
    native.add(this.#decoded, `${mappings}`, at, line, column);
  }

  /** The map that the constructor was given. */
  get payload() {
    return copyOf(this.#payload);
  }

  /** The lengths of the lines of the generated code, where they are known. */
  get lineLengths() {
    return this.#lineLengths === undefined ? undefined : ArrayPrototypeSlice(this.#lineLengths);
  }

  /**
   * The mapping that a place of the generated code falls under; lines and columns from 0.
   * @param {number} lineOffset
   * @param {number} columnOffset
   */
  findEntry(lineOffset, columnOffset) {
    const found = native.find(this.#decoded, lineOffset, columnOffset);
    if (found === undefined) return {};
    const {
      0: generatedLine, 1: generatedColumn, 2: section, 3: source, 4: originalLine, 5: originalColumn, 6: name,
    } = found;
    const map = section === undefined ? undefined : this.#sections[section];
    return {
      generatedLine,
      generatedColumn,
      originalSource: map?.sources[source],
      originalLine,
      originalColumn,
      name: name === undefined ? undefined : map?.names?.[name],
    };
  }

  /**
   * Where a place of the generated code, as stacks count, comes from; lines and columns from 1.
   * @param {number} lineNumber
   * @param {number} columnNumber
   */
  findOrigin(lineNumber, columnNumber) {
    const { originalSource, originalLine, originalColumn, generatedLine, generatedColumn, name } =
      this.findEntry(lineNumber - 1, columnNumber - 1);
    if (originalSource === undefined) return {};
    return {
      name,
      fileName: originalSource,
      lineNumber: lineNumber + originalLine - generatedLine,
      columnNumber: columnNumber + originalColumn - generatedColumn,
    };
  }
}
ObjectDefineProperties(SourceMap.prototype, { payload: shown, lineLengths: shown });

// ---- the maps of what was loaded

let support = ObjectFreeze({ __proto__: null, enabled: native.enabled, nodeModules: native.enabled, generatedCode: native.enabled });

function getSourceMapsSupport() {
  return support;
}

/**
 * Whether maps are looked for.
 * @param {boolean} enabled
 * @param {object} [options]
 * @param {boolean} [options.nodeModules] in `node_modules` too
 * @param {boolean} [options.generatedCode] of `eval` and `new Function` too: there is nothing to be found
 */
function setSourceMapsSupport(enabled, options = { __proto__: null }) {
  validateBoolean(enabled, 'enabled');
  validateObject(options, 'options');
  const { nodeModules = false, generatedCode = false } = options;
  validateBoolean(nodeModules, 'options.nodeModules');
  validateBoolean(generatedCode, 'options.generatedCode');
  support = ObjectFreeze({ __proto__: null, enabled, nodeModules, generatedCode });
}

const known = new SafeMap();

/**
 * The source map of a module that was loaded.
 * @param {string} path
 * @returns {SourceMap|undefined}
 */
function findSourceMap(path) {
  if (!support.enabled || typeof path !== 'string') return undefined;
  const { fileURLToPath } = require('url');
  const file = StringPrototypeStartsWith(path, 'file://') ? fileURLToPath(path) : path;
  if (!support.nodeModules && StringPrototypeIndexOf(file, 'node_modules') !== -1) return undefined;
  if (MapPrototypeHas(known, file)) return MapPrototypeGet(known, file);
  if (!native.hasLoaded(file)) return undefined;
  let map;
  try {
    map = mapOf(file);
  } catch {
    // A map that is missing or isn't one is no map.
  }
  MapPrototypeSet(known, file, map);
  return map;
}

function mapOf(file) {
  const { readFileSync } = require('fs');
  const { URL, pathToFileURL } = require('url');
  const text = readFileSync(file, 'utf8');
  const comment = binding('vm').magicComments(text)[1];
  if (comment === undefined) return undefined;
  const at = pathToFileURL(file);
  const isData = StringPrototypeStartsWith(comment, 'data:');
  const url = isData ? at : new URL(comment, at);
  const payload = JSONParse(isData ? textOfData(comment) : readFileSync(url, 'utf8'));
  const { sourceRoot = '', sources } = payload;
  if (sources) {
    for (let i = 0; i < sources.length; i++) sources[i] = new URL(`${sourceRoot}${sources[i]}`, url).href;
    payload.sourceRoot = '';
  }
  const lines = StringPrototypeSplit(text, '\n');
  const lineLengths = [];
  for (let i = 0; i < lines.length; i++) lineLengths[i] = lines[i].length;
  return new SourceMap(payload, { lineLengths });
}

function textOfData(url) {
  const comma = StringPrototypeIndexOf(url, ',');
  const type = StringPrototypeSlice(url, 0, comma);
  const data = StringPrototypeSlice(url, comma + 1);
  return StringPrototypeEndsWith(type, ';base64') ?
    require('buffer').Buffer.from(data, 'base64').toString('utf8') : decodeURIComponent(data);
}

module.exports = { SourceMap, findSourceMap, getSourceMapsSupport, setSourceMapsSupport };
