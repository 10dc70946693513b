const qs=require('querystring');
for (const s of ['a=b&c=d','a=b&a=c&a=d','a','=','&&a=1&','a=b=c','a+b=c+d','%zz=%41','a=%E4%BD','a=%u2665+x','__proto__=1','x=%','a=b;c=d','=x&y='])console.log(s,JSON.stringify(qs.parse(s)),JSON.stringify(qs.parse(s,';',':')),qs.unescape(s),qs.unescapeBuffer(s).toString('hex'));
for (const o of [{a:'b',c:['x','y'],d:1,e:true,f:null,g:undefined,h:NaN,i:1e30,j:10n,k:{},l:[]},{'é ü':'&='},null,5,[1,2],{a:''}])console.log(qs.stringify(o),qs.stringify(o,';',':'));
try{qs.escape('\ud800')}catch(e){console.log(e.name,e.code,e.message)}
console.log(qs.escape(5),qs.escape({}),qs.escape("!'()*~"),qs.parse('a=1&b=2&c=3',null,null,{maxKeys:2}),qs.parse('a=1',null,null,{decodeURIComponent:(x)=>x+'!'}),qs.stringify({a:1},null,null,{encodeURIComponent:x=>x+'?'}),Object.keys(qs).join());
