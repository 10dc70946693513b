// Typed arrays: the methods that have natives of their own, and what is read of them in loops.
'use strict';

const a=new Uint8Array([1,2,3,4]); 
console.log(a.length,a.byteLength,a.byteOffset,a.buffer.byteLength, Buffer.from('abc').length);
for (const T of [Int8Array,Uint8Array,Uint8ClampedArray,Int16Array,Uint16Array,Int32Array,Uint32Array,Float32Array,Float64Array]) {
 const t=new T([1,2,3,300,-1.5]); t.set([7.9,-3],1); t.reverse(); console.log(T.name,[...t].join(),t.indexOf(3),t.includes(300),t.lastIndexOf(1));
 const u=new T(8); u.set(t,2); u.set(u.subarray(2,6),3); console.log([...u].join());
 try{u.set([1,2],7)}catch(e){console.log(e.name)}
 try{u.set(t,-1)}catch(e){console.log(e.name)}
}
const f=new Float64Array([NaN,-0,0,Infinity]); console.log(f.includes(NaN),f.indexOf(NaN),f.indexOf(0),f.includes(-0)); f.set([NaN,Infinity]); console.log(f.join());
const i=new Int32Array(3); i.set([NaN,Infinity,2**40+5]); console.log(i.join()); i.set([2**53+2,1e300,-(2**33)-1]); console.log(i.join());
const b=new BigInt64Array(2); b.set([1n,2n]); console.log(b.join(), b.length);
const ab=new ArrayBuffer(4,{maxByteLength:9}); const r=new Int16Array(ab); r.set([1,2]); r.reverse(); console.log(r.join(),r.length); ab.resize(7); console.log(r.length, r.includes(0));
class X extends Uint8Array{}; const x=new X(3); x.set([1,2,3]); console.log(x.length,x.reverse() instanceof X);
console.log(Object.getOwnPropertyNames(a), Reflect.ownKeys(Buffer.alloc(2)));
try{ Uint8Array.prototype.length }catch(e){console.log(e.name)}
try{ Buffer.prototype.length; console.log('no throw') }catch(e){console.log(e.name)}
const s=new Uint8Array(new SharedArrayBuffer(4)); s.set([1,2,3],1); console.log(s.join(), s.indexOf(3)); s.reverse(); console.log(s.join());
