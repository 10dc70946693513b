// Each kind of module from the other.
import('./lib/esm.mjs').then(async (ns) => {
  console.log('esm from cjs', ns.named, ns.default);
  const again = await import('./lib/named.cjs');
  console.log(again.one, again.default.two, again.default === require('./lib/named.cjs'));
});
console.log('sync', require('./lib/named.cjs').one);
