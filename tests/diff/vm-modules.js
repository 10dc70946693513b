// Flags: --experimental-vm-modules --no-warnings
'use strict';
// vm's modules: linking, statuses, synthetic modules, import() that the program answers.
const vm = require('vm');

const attempt = async (label, run) => {
  try {
    console.log(label, await run());
  } catch (error) {
    console.log(label, 'throws', error?.name, error?.code, error?.message ?? error);
  }
};
const none = () => { throw new Error('nothing to link'); };

(async () => {
  const context = vm.createContext({ log: [] });
  const made = new vm.SyntheticModule(['default', 'two words'], function() {
    this.setExport('default', 'first');
    this.setExport('two words', 2);
  }, { context, identifier: 'made' });
  const root = new vm.SourceTextModule(
    'import value, { "two words" as two } from "made"; import * as again from "made"; export let sum = value + two;' +
    'export const keys = Object.keys(again).join(); log.push(typeof process, import.meta.here);',
    { context, identifier: 'root', initializeImportMeta(meta, module) { meta.here = module.identifier; } },
  );
  console.log(root.status, root.dependencySpecifiers, root.identifier, root.context === context);
  await attempt('too early', () => root.evaluate());
  await attempt('namespace too early', () => root.namespace);
  await root.link((specifier, module, extra) => {
    console.log('link', specifier, module === root, Object.keys(extra.attributes).length);
    return made;
  });
  console.log(root.status, made.status);
  await attempt('evaluate', () => root.evaluate());
  console.log(root.status, made.status, root.namespace.sum, root.namespace.keys, context.log);
  made.setExport('default', 'changed');
  console.log(made.namespace.default, made.namespace['two words']);
  await attempt('link again', () => root.link(none));
  await attempt('no such export', () => made.setExport('none', 1));
  await attempt('error of none', () => root.error);

  console.log(root, [root.hasTopLevelAwait?.(), made.constructor.name].length);

  const failing = new vm.SourceTextModule('throw new RangeError("failed")');
  await failing.link(none);
  await attempt('failing', () => failing.evaluate());
  await attempt('failing again', () => failing.evaluate());
  console.log(failing.status, failing.error.message);
  await attempt('no module', () => new vm.SourceTextModule('import "x"').link(() => 5));
  await attempt('other context', () => new vm.SourceTextModule('import "x"').link(() => made));
  await attempt('syntax', () => new vm.SourceTextModule('export { missing }').status);
  await attempt('abstract', () => new vm.Module());
  await attempt('code', () => new vm.SourceTextModule(5));
  await attempt('names', () => new vm.SyntheticModule(['a', 'a'], () => {}));
  await attempt('callback', () => new vm.SyntheticModule([]));
  await attempt('context', () => new vm.SourceTextModule('', { context: {} }));

  const waiting = new vm.SourceTextModule('export const value = await new Promise((done) => setTimeout(done, 1, "late"))', {
    context: vm.createContext({ setTimeout }),
  });
  await waiting.link(none);
  await waiting.evaluate();
  console.log(waiting.namespace.value);

  const script = new vm.Script('import("wanted", { with: { kind: "own" } })', {
    async importModuleDynamically(specifier, owner, attributes) {
      console.log(specifier, owner === script, { ...attributes });
      await null;
      return waiting;
    },
  });
  console.log((await script.runInThisContext()).value, (await script.runInNewContext()) === waiting.namespace);
  const wrong = vm.compileFunction('return import("wanted")', [], { importModuleDynamically: () => 5 });
  await attempt('wrong', wrong);
})();
