// Structured clone: what is copied, what moves, what is refused.
// Node: 24
"use strict";
const t=(f)=>{try{console.log(f())}catch(e){console.log(e.constructor.name,e.name,e.code,e.message)}};
t(()=>structuredClone(1,1));t(()=>structuredClone(1,null));t(()=>structuredClone(1,{transfer:1}));t(()=>structuredClone(1,{transfer:{}}));t(()=>structuredClone(1,{transfer:[1]}));t(()=>structuredClone(1,{transfer:[{}]}));t(()=>structuredClone(1,{transfer:null}));
const ab=new ArrayBuffer(8);t(()=>structuredClone(ab,{transfer:[ab,ab]}));t(()=>structuredClone({a:ab,b:new Uint8Array(ab,2)},{transfer:[ab]}));t(()=>ab.byteLength);t(()=>structuredClone(1,{transfer:[ab]}));t(()=>structuredClone(ab));
t(()=>structuredClone(()=>{}));t(()=>structuredClone(Symbol("x")));t(()=>structuredClone(new DOMException("a","AbortError")).name);t(()=>structuredClone(new Blob(["x"])));t(()=>structuredClone(new File(["x"],"y",{lastModified:5})));
t(()=>structuredClone(new SharedArrayBuffer(3)).byteLength);t(()=>structuredClone(Buffer.from("hi")));t(()=>structuredClone(1,{transfer:[new SharedArrayBuffer(1)]}));
t(()=>structuredClone(new URL("http://x/")));
t(()=>structuredClone({get x(){throw new Error("hey")}}));
t(()=>structuredClone(1,{transfer:(function*(){yield ab})()}));
t(()=>structuredClone(1,{transfer:"ab"}));
const e=structuredClone(new RangeError("x",{cause:{a:1}}));console.log(e.message,e.cause,e.constructor===RangeError,typeof e.stack, Object.keys(e), e.toString());
const x=new Error("q");x.foo=1;x.name="Foo";console.log(Object.getOwnPropertyNames(structuredClone(x)).sort(),structuredClone(x).name);
for (const v of [new Promise(()=>{}),new WeakMap,new WeakSet,new WeakRef({}),(function(){return arguments})(1),(function*(){})(),[][Symbol.iterator](),new Map().entries(),new Proxy({},{}),async()=>{},Object(Symbol('q')),new FinalizationRegistry(()=>{})]) t(()=>structuredClone(v));
const cyc={m:new Map(),s:new Set()};cyc.m.set(cyc,cyc.s);cyc.s.add(cyc);const c2=structuredClone(cyc);console.log(c2!==cyc,c2.m.get(c2)===c2.s,c2.s.has(c2));
const er=new Error('a');er.cause=er;const er2=structuredClone(er);console.log(er2.cause===er2);
console.log(structuredClone([1,,3]), structuredClone({a:undefined,b:null,c:1n,d:new Date(5),e:/x/gi,f:Object('s'),g:Object(1n),h:-0,i:NaN}));
console.log(structuredClone(new (class Foo{constructor(){this.a=1}})), structuredClone(Object.create({x:1},{y:{value:2,enumerable:true},z:{value:3}})));
const two=[1,2];console.log((([a,b])=>a===b)(structuredClone([two,two])));
class Sub extends Array{};console.log(structuredClone(Sub.from([1,2])).constructor===Array);
const u=new Uint16Array(new ArrayBuffer(10),2,2);const u2=structuredClone(u);console.log(u2.byteOffset,u2.length,u2.buffer.byteLength);
console.log(structuredClone({__proto__:null,['__proto__']:5}), structuredClone(new Float32Array([1.5])),structuredClone(new DataView(new ArrayBuffer(4),1)).byteLength);

console.log(structuredClone("x"),1);
