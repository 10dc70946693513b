'use strict';
// Node: 24
// `module.SourceMap`, and the maps of modules that were loaded.

const fs = require('fs');
const os = require('os');
const path = require('path');
const module_ = require('module');

const { SourceMap, findSourceMap } = module_;

function show(what, run) {
  try {
    console.log(what, run());
  } catch (error) {
    console.log(what, error.name, error.code, error.message);
  }
}

const find = (mappings, line, column, more) => new SourceMap({ sources: ['a', 'b'], names: [], mappings, ...more })
  .findEntry(line, column);

show('first', () => find('AAAA', 0, 0));
show('before', () => find('EAAA', 0, 1));
show('after', () => find('AAAA', 5, 3));
show('generated only', () => find('A,EAAAA', 0, 0));
show('with a name', () => find('A,EAAAA', 0, 5, { names: ['n'] }));
show('second source', () => find('AAAA;;ACAA', 2, 0));
show('no such source', () => find('AGAA', 0, 0));
show('short', () => find('AAA', 0, 1));
show('nothing', () => find(';;;;', 0, 1));
show('unsorted', () => find('UAAA,FAAE,FAAE', 0, 8));
show('index', () => new SourceMap({
  sections: [
    { offset: { line: 1, column: 4 }, map: { mappings: 'AAAA;AACA', sources: ['x'] } },
    { offset: { line: 5, column: 2 }, map: { mappings: 'CAAA', sources: ['y'] } },
  ],
}).findEntry(5, 9));
show('origin', () => new SourceMap({ mappings: 'AAAA,EAEE', sources: ['a'] }).findOrigin(1, 5));
show('no origin', () => new SourceMap({ mappings: 'A,KAAA', sources: ['a'] }).findOrigin(1, 2));
show('payload', () => new SourceMap(5));
show('lengths', () => new SourceMap({ mappings: '', sources: [] }, { lineLengths: [1, 2] }).lineLengths);

const payload = { mappings: 'AAAA', sources: ['a'] };
const map = new SourceMap(payload);
payload.sources[0] = 'changed';
show('copied', () => [map.payload, map.payload === map.payload, map.lineLengths]);

show('support', () => module_.getSourceMapsSupport());
show('enabled', () => module_.setSourceMapsSupport(1));
show('options', () => module_.setSourceMapsSupport(true, { nodeModules: 1 }));

const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'source-map-')));
const text = { version: 3, sourceRoot: 'src/', sources: ['one.ts'], names: [], mappings: 'AAAA;AACA' };
const write = (name, comment) => fs.writeFileSync(path.join(folder, name), `exports.a = 1;\nexports.b = 2;\n${comment}`);
write('file.js', '//# sourceMappingURL=file.map');
fs.writeFileSync(path.join(folder, 'file.map'), JSON.stringify(text));
const data = Buffer.from(JSON.stringify(text)).toString('base64');
write('data.js', `//# sourceMappingURL=data:application/json;base64,${data}\n`);
write('gone.js', '//# sourceMappingURL=no.map');
write('none.js', '');
write('unloaded.js', '//# sourceMappingURL=file.map');

require(path.join(folder, 'file.js'));
show('not asked for', () => findSourceMap(path.join(folder, 'file.js')));
fs.renameSync(path.join(folder, 'file.js'), path.join(folder, 'again.js'));
module_.setSourceMapsSupport(true, { nodeModules: true });
for (const name of ['again.js', 'data.js', 'gone.js', 'none.js']) require(path.join(folder, name));
for (const name of ['again.js', 'data.js', 'gone.js', 'none.js', 'unloaded.js']) {
  show(name, () => {
    const found = findSourceMap(path.join(folder, name));
    if (found === undefined) return found;
    const { fileName, lineNumber, columnNumber } = found.findOrigin(2, 3);
    return [path.relative(folder, new URL(fileName).pathname), lineNumber, columnNumber, found.lineLengths.length];
  });
}
show('support', () => module_.getSourceMapsSupport());
fs.rmSync(folder, { recursive: true });
