// How many turns each kind of await takes.
const step = async (name, n) => {
  for (let i = 0; i < n; i++) {
    await null;
    console.log(name, i);
  }
};
const thenable = { then(resolve) { console.log('then called'); resolve('thenable'); } };
(async () => {
  console.log(await thenable);
  console.log(await new Promise((resolve) => resolve(Promise.resolve('nested'))));
})();
step('a', 4);
step('b', 6);
(async () => { try { await Promise.reject(new Error('x')); } catch (error) { console.log('caught', error.message); } finally { console.log('finally'); } })();
Promise.resolve().then(() => console.log('then 1')).then(() => console.log('then 2')).finally(() => console.log('finally 2'));
(async () => { for await (const x of [Promise.resolve(1), 2]) console.log('for await', x); })();
process.nextTick(() => console.log('tick'));
